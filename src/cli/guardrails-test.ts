import path from 'node:path'
import { compare, type SideRun } from '../compare.ts'
import { decodeConfig } from '../decode/config.ts'
import { decodeGuardrailCases, type CaseDocument, type GuardrailCases } from '../decode/guardrail-cases.ts'
import { locate } from '../decode/positions.ts'
import type { Diagnostic, Problem } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { Judgement } from '../model/judgement.ts'
import { openApiReader, type OpenApiReader } from '../resolve/openapi/operations.ts'
import { resolveContext } from './resolve-context.ts'
import { source, type Source } from '../source/files.ts'
import { CASES_SUFFIX, MAX_FILE_BYTES } from '../source/selection.ts'
import { operationCache } from './operation-cache.ts'
import { dayOf } from './day.ts'
import { casesFiles } from './guardrails-files.ts'
import { compareVerdicts, type TriedCase } from './guardrails-verdicts.ts'
import { InvalidInput } from './invalid-input.ts'
import type { Io } from './io.ts'
import type { CommonOptions } from './options.ts'

export interface CasesOptions extends CommonOptions {
  readonly asOf?: string
  readonly allowEndpoint: readonly string[]
}

/** One file of cases, tried. */
export interface TriedFile {
  readonly file: string
  readonly cases: readonly TriedCase[]
}

/** Tries all cases of the files. Throws `InvalidInput` for what cannot be read or does not fit together. */
export async function testCases(
  paths: readonly string[],
  options: CasesOptions,
  io: Io,
): Promise<readonly TriedFile[]> {
  const files = casesFiles(paths, io)
  if (files.length === 0) throw new InvalidInput([nothingFound(paths)])
  const openApi = openApiReader({ cacheFolder: operationCache(io) })
  try {
    const tried: TriedFile[] = []
    for (const file of files) tried.push({ file, cases: await tryFile(file, { options, io, openApi }) })
    return tried
  } finally {
    await openApi.close()
  }
}

function nothingFound(paths: readonly string[]): Diagnostic {
  return {
    severity: 'error',
    code: 'no-cases',
    message: `no files called *${CASES_SUFFIX} were found in ${paths.join(', ')}`,
    cure: `Write one beside the guardrails; "GuardrailCases" in the field reference says what stands in it.`,
  }
}

interface Surroundings {
  readonly options: CasesOptions
  readonly io: Io
  readonly openApi: OpenApiReader
}

/** A file of cases with all that trying them needs. */
interface Opened extends Surroundings {
  readonly found: Source
  readonly document: Document
  readonly cases: GuardrailCases
  readonly namespace: string
}

async function tryFile(file: string, around: Surroundings): Promise<readonly TriedCase[]> {
  const opened = open(file, around)
  const guardrails = await read(opened, opened.cases.guardrails, 'guardrails')
  const shared = await read(opened, opened.cases.shared, 'shared')
  const tried: TriedCase[] = []
  for (const [index, each] of opened.cases.cases.entries()) {
    const [before, after] = [
      await read(opened, each.before, `cases[${index}].before`),
      await read(opened, each.after, `cases[${index}].after`),
    ]
    const common = [...guardrails, ...shared]
    const judgements = await judged(opened, [...common, ...before], { ...each, documents: [...common, ...after] })
    tried.push(compareVerdicts(each, judgements, opened))
  }
  return tried
}

function open(file: string, around: Surroundings): Opened {
  const found = source([file], around.io)
  const problems: Problem[] = [...found.problems]
  const [document] = found.documents
  const report = (problem: Problem): void => void problems.push(problem)
  const cases = document && decodeGuardrailCases(document, report)
  const [config] = found.configs
  const namespace = cases?.namespace ?? (config && decodeConfig(config, report))?.namespace ?? 'default'
  if (document === undefined || cases === undefined || problems.length > 0) {
    throw new InvalidInput(locate(problems), found.documents)
  }
  return { ...around, found, document, cases, namespace }
}

/** Files beside the cases, and documents written out in them. Throws `InvalidInput` for files that cannot be had. */
async function read(
  { found, document }: Opened,
  documents: readonly CaseDocument[] | undefined,
  where: string,
): Promise<readonly Document[]> {
  const all: Document[] = []
  for (const [index, each] of (documents ?? []).entries()) {
    if (typeof each !== 'string') {
      const bytes = Buffer.from(JSON.stringify(each))
      all.push({ ...document, file: `${document.file} (${where}[${index}])`, bytes })
      continue
    }
    const result = await found.readBeside(document, each, MAX_FILE_BYTES)
    if (result.kind === 'refused') {
      const { code, message, cure } = result
      throw new InvalidInput([
        { severity: 'error', code, message: `${where}[${index}]: ${message}`, cure, file: document.file },
      ])
    }
    all.push({ ...document, ...result, path: path.posix.join(path.posix.dirname(document.path), each) })
  }
  return all
}

/** What the guardrails say of one case. */
async function judged(
  opened: Opened,
  before: readonly Document[],
  {
    name,
    asOf,
    documents: after,
  }: { readonly name: string; readonly asOf?: string; readonly documents: readonly Document[] },
): Promise<readonly Judgement[]> {
  const day = dayOf(asOf ?? opened.options.asOf, opened.io)
  const compared = await compare({
    before: sideRun(opened, before, day),
    after: sideRun(opened, after, day),
    strict: true,
    asOf: day,
    say: () => {},
  })
  if (compared.kind === 'reviewed') return compared.review.judgements
  const named = compared.diagnostics.map(each =>
    Object.assign({}, each, { message: `case "${name}": ${each.message}` }),
  )
  throw new InvalidInput(named, [...before, ...after])
}

function sideRun(
  { found, namespace, options, openApi }: Opened,
  documents: readonly Document[],
  today: string,
): SideRun {
  return {
    documents,
    problems: [],
    defaultNamespace: namespace,
    guards: { owner: undefined, requireBinding: false, limits: undefined, lock: undefined },
    context: resolveContext({
      readBeside: found.readBeside,
      openApi,
      allowEndpoint: options.allowEndpoint,
      config: {},
      today,
    }),
  }
}
