import { compare, type SideRun } from '../compare.ts'
import { decodeConfig } from '../decode/config.ts'
import type { Diagnostic, Problem } from '../model/diagnostic.ts'
import type { ConfigDocument } from '../model/manifest.gen.ts'
import type { ReviewReport } from '../model/review.ts'
import { lockIn } from '../decode/lock.ts'
import { openApiReader, type OpenApiReader } from '../resolve/openapi/operations.ts'
import { readOnce } from '../resolve/openapi/read-once.ts'
import { gate, type FailOn } from '../review/gate.ts'
import { resolveContext } from './resolve-context.ts'
import { approvedDigests } from './approved.ts'
import { operationCache } from './operation-cache.ts'
import { dayOf } from './day.ts'
import { InvalidInput } from './invalid-input.ts'
import { progress, type Io } from './io.ts'
import type { CommonOptions } from './options.ts'
import { reviewSides, type SideSource } from './review-source.ts'
import { VERSION } from './version.ts'

/** The flags that say what is reviewed, and by which rules. */
export interface ReviewOptions extends CommonOptions {
  readonly base?: string
  readonly head?: string
  readonly file: readonly string[]
  readonly mergeResult: boolean
  readonly live?: string
  readonly env?: string
  readonly failOn: FailOn
  readonly approved: readonly string[]
  readonly asOf?: string
  readonly defaultNamespace?: string
  readonly strict: boolean
  readonly allowEndpoint: readonly string[]
}

/**
 * Compares what the flags name. Throws `InvalidInput` for what could not be evaluated, `WorldError` for revisions that are
 * not there.
 */
export async function reviewReport(options: ReviewOptions, io: Io): Promise<ReviewReport> {
  const asOf = dayOf(options.asOf, io)
  const shown = progress(io, options.quiet)
  const sides = await reviewSides(options, io)
  const openApi = readOnce(openApiReader({ cacheFolder: operationCache(io) }))
  try {
    const after = sideRun(sides.head, { options, openApi, asOf })
    const before = sideRun(sides.base, { options, openApi, asOf })
    const compared = await compare({
      // An export has neither tenon.yaml nor lock file: nothing is said about them.
      before: sides.base.isRedacted === true ? { ...before, guards: after.guards } : before,
      after,
      strict: options.strict,
      asOf,
      say: shown.say,
    })
    const documents = [sides.base, sides.head].flatMap(({ documents: ours, configs }) => ours.concat(configs))
    if (compared.kind === 'invalid') throw new InvalidInput(compared.diagnostics, documents)
    const { review, diagnostics } = compared
    const empty = nothingFound(compared.documents)
    if (empty !== undefined) throw new InvalidInput([...diagnostics, empty], documents)
    return {
      review,
      diagnostics,
      verdict: gate(review, { failOn: options.failOn, approved: approvedDigests(options.approved) }),
      comparison: {
        base: { label: sides.base.label, commit: sides.base.commit, documents: compared.documents.before },
        head: { label: sides.head.label, commit: sides.head.commit, documents: compared.documents.after },
        isMergeResult: sides.isMergeResult,
        asOf,
        environment: options.env,
        version: VERSION,
      },
    }
  } finally {
    shown.done()
    await openApi.close()
    await sides.close()
  }
}

interface SideOptions {
  readonly options: ReviewOptions
  readonly openApi: OpenApiReader
  readonly asOf: string
}

/** A side with its own `tenon.yaml` and lock file, and with what the program brings along. */
function sideRun(side: SideSource, { options, openApi, asOf }: SideOptions): SideRun {
  const problems: Problem[] = [...side.problems]
  const report = (problem: Problem): void => void problems.push(problem)
  const config = configOf(side, report)
  const lock = lockIn(side.lockFiles, report)
  return {
    documents: side.documents,
    problems,
    defaultNamespace: options.defaultNamespace ?? config.namespace ?? 'default',
    guards: {
      owner: config.owner,
      requireBinding: config.credentials?.requireBinding ?? false,
      limits: config.guards,
      lock: lock?.services,
    },
    context: {
      ...resolveContext({
        readBeside: side.readBeside,
        openApi,
        allowEndpoint: options.allowEndpoint,
        config,
        today: asOf,
      }),
      ...(lock && { lock }),
      ...(side.isRedacted === true && { isRedacted: true }),
    },
  }
}

function configOf(side: SideSource, report: (problem: Problem) => void): ConfigDocument {
  const [config] = side.configs
  return (config && decodeConfig(config, report)) ?? {}
}

/** Nothing to compare is not the same as nothing that differs: a wrong path must not look like a harmless change. */
function nothingFound({ before, after }: { before: number; after: number }): Diagnostic | undefined {
  if (after > 0) return undefined
  return {
    severity: 'error',
    code: 'no-documents',
    message: before > 0 ? 'no documents are left after the change' : 'no documents were found on either side',
    cure: 'Check the folder given with -f: documents have an apiVersion that begins with tenon.dev/.',
  }
}
