import type { Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { Lock } from '../model/lock.ts'
import type { LockFileDocument } from '../model/manifest.gen.ts'
import { explain } from './explain.ts'
import type { Finding, Findings } from './findings.ts'
import type { Part } from './parts.ts'
import { isRefusal, readPart } from './read.ts'
import { asMap, field } from './schema.ts'
import { SCHEMAS } from './schemas.gen.ts'
import { decodeSingle, refusesEmpty } from './single.ts'
import { textOf } from './text.ts'

/** Larger lock files are refused, as larger files of documents are. */
const MAX_LOCK = 32 * 1024 * 1024

const FORMAT = 1

/**
 * What the lock files of the sources say; `undefined` where there is none, or where one has problems, which are reported
 * as errors: what was accepted is never guessed. `isWhole`: all documents of the sources were read.
 */
export function lockIn(documents: readonly Document[], report: Report, isWhole = true): Lock | undefined {
  if (documents.length === 0) return undefined
  const services = new Map<Address, readonly string[]>()
  const files = new Map<Address, Document>()
  let isSound = true
  const refuse: Report = problem => {
    isSound = false
    report(problem)
  }
  for (const document of documents) {
    for (const [address, accepted] of decodeLock(document, refuse) ?? []) {
      const other = files.get(address)
      if (other !== undefined) refuse(listedTwice(address, document, other))
      services.set(address, accepted)
      files.set(address, document)
    }
  }
  return isSound ? { services, files, isWhole } : undefined
}

function listedTwice(address: Address, document: Document, other: Document): Problem {
  return {
    severity: 'error',
    code: 'lock-duplicate',
    message: `${address} is listed in ${other.file} as well`,
    cure: 'Run `tenon lock`, or take it out of the file of the source that does not declare it.',
    place: { document, index: 0, path: ['services', address], key: true },
  }
}

/** Reads one lock file. Everything wrong with it goes to `report`, and then nothing of it is used: `undefined`. */
export function decodeLock(document: Document, report: Report): ReadonlyMap<Address, readonly string[]> | undefined {
  const text = textOf(document)
  const merge = typeof text === 'string' ? conflictIn(text) : undefined
  if (merge !== undefined) {
    report({ ...CONFLICT, file: document.file, ...merge })
    return undefined
  }
  const services = decodeSingle(document, { empty: refusesEmpty(EMPTY), second: SECOND, read: readLock }, report)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema has accepted the keys
  return services && new Map(Object.entries(services) as [Address, readonly string[]][])
}

/** Where Git, or another tool, left both sides of a merge for somebody to choose. */
function conflictIn(text: string): { readonly line: number; readonly column: number } | undefined {
  const found = /^(?:<{7}|>{7}|\|{7}|={7})(?=[ \r\n]|$)/m.exec(text)
  if (found === null) return undefined
  return { line: text.slice(0, found.index).split('\n').length, column: 1 }
}

const CONFLICT: Problem = {
  severity: 'error',
  code: 'lock-conflict',
  message: 'a merge left a conflict in this file',
  cure: 'Keep the operations that both sides accept, take out the marks of the merge, and look at `tenon lock --check`.',
}

const EMPTY = {
  code: 'lock-empty',
  message: 'the lock file is empty, so that nobody could tell what was accepted',
  cure: 'Remove it, or write it with `tenon lock`.',
}

const SECOND = {
  code: 'lock-documents',
  offset: 0,
  message: 'the file holds more than one document',
  cure: 'Keep one, or write it with `tenon lock`.',
}

function readLock(part: Part, findings: Findings): LockFileDocument['services'] {
  const read = readPart(part, MAX_LOCK)
  findings.faults(part, read.faults, read.faultCount)
  if (isRefusal(read)) return {}
  const { value } = read
  const format = field(asMap(value) ?? {}, 'formatVersion')
  if (value === null) findings.found(() => ({ ...EMPTY, path: [] }))
  else if (typeof format === 'number' && Number.isInteger(format) && format > FORMAT)
    findings.found(() => newer(format))
  else explain(SCHEMAS.lockFile, value, findings.found)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- used only if nothing was found against the schema
  return (value as LockFileDocument | null)?.services ?? {}
}

function newer(format: number): Finding {
  const message = `the lock file has format ${format}, which this version of Tenon does not know`
  return { code: 'lock-format', message, cure: 'Use a newer Tenon, or write the file again.', path: ['formatVersion'] }
}
