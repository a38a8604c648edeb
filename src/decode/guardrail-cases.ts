import type { Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { GuardrailCasesDocument } from '../model/manifest.gen.ts'
import { explain } from './explain.ts'
import type { Findings } from './findings.ts'
import type { Part } from './parts.ts'
import { isRefusal, readPart } from './read.ts'
import { asMap, field } from './schema.ts'
import { SCHEMAS } from './schemas.gen.ts'
import { decodeSingle, refusesEmpty } from './single.ts'

/** What the file of a document says, or a document written out in place of it. */
export type CaseDocument = string | Readonly<Record<string, unknown>>

type Case = GuardrailCasesDocument['cases'][number]

/** Cases with documents that are either files or written out. */
export interface GuardrailCases extends Omit<GuardrailCasesDocument, 'shared' | 'cases'> {
  readonly shared?: readonly CaseDocument[]
  readonly cases: readonly (Omit<Case, 'before' | 'after'> & {
    readonly before?: readonly CaseDocument[]
    readonly after?: readonly CaseDocument[]
  })[]
}

/** Reads a `*.guardrail-cases.yaml`. Everything wrong with it goes to `report`, and then nothing of it is used: `undefined`. */
export function decodeGuardrailCases(document: Document, report: Report): GuardrailCases | undefined {
  return decodeSingle(document, { empty: refusesEmpty(EMPTY), second: SECOND, read: readCases }, report)
}

const EMPTY = { code: 'cases-empty', message: 'the file holds no cases', cure: 'Remove it, or write cases.' }

const SECOND = {
  code: 'cases-documents',
  offset: 0,
  message: 'the file holds more than one document',
  cure: 'Keep one: it may hold many cases.',
}

function readCases(part: Part, findings: Findings): GuardrailCases | undefined {
  const read = readPart(part)
  findings.faults(part, read.faults, read.faultCount)
  if (isRefusal(read)) return undefined
  if (read.value === null) findings.found(() => ({ ...EMPTY, path: [] }))
  else explain(SCHEMAS.guardrailCases, read.value, findings.found)
  checkDocuments(asMap(read.value) ?? {}, findings)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- used only if nothing was found against the schema
  return read.value as GuardrailCases | undefined
}

type Map = Readonly<Record<string, unknown>>

/** The schema cannot say that an entry is either of two types. */
function checkDocuments(value: Map, findings: Findings): void {
  checkList(field(value, 'shared'), ['shared'], findings)
  const cases = field(value, 'cases')
  for (const [index, each] of Array.isArray(cases) ? cases.entries() : []) {
    for (const side of ['before', 'after']) {
      checkList(field(asMap(each) ?? {}, side), ['cases', index, side], findings)
    }
  }
}

function checkList(list: unknown, path: readonly (string | number)[], { found }: Findings): void {
  for (const [index, each] of Array.isArray(list) ? list.entries() : []) {
    if (typeof each === 'string' || asMap(each) !== undefined) continue
    found(() => ({
      code: 'invalid-type',
      message: 'an entry is neither the path of a file nor a document',
      cure: 'Write a path relative to this file, or a document with apiVersion, kind, metadata and spec.',
      path: [...path, index],
    }))
  }
}
