import type { Problem } from '../../model/diagnostic.ts'
import type { Place } from '../../model/document.ts'
import type { OperationTable } from '../../model/operation.ts'
import { cacheIn, type Kept } from './cache.ts'
import { refusalMemory } from './refusals.ts'
import type { Facts } from './facts.ts'
import type { Fault } from './fault.ts'
import { operationTable } from './table.ts'
import { OpenApiProcess } from './process.ts'

export { operationTable }

const MAX_BYTES = 20 * 1024 * 1024

/** What a document comes to. Problems of a document that could be read are warnings; errors make it `invalid`. */
export type OpenApiResult =
  | {
      readonly kind: 'read'
      readonly table: OperationTable
      /** Version, first server and the names of the security schemes. */
      readonly facts: Facts
      readonly problems: readonly Problem[]
    }
  | { readonly kind: 'invalid'; readonly problems: readonly Problem[] }

/** Reads OpenAPI 3.0 to 3.2 and Swagger 2.0 without ever opening another file or an address. */
export interface OpenApiReader {
  /** Reads a file's bytes, JSON or YAML; problems carry its line and column. */
  read(bytes: Uint8Array, options: { readonly file: string }): Promise<OpenApiResult>
  /** Reads a description written inside another document; problems carry their place there, if it is given. */
  readInline(value: unknown, options: { readonly file: string; readonly place?: Place }): Promise<OpenApiResult>
  /** Ends the process. Until then it is kept warm, but keeps this one from nothing. */
  close(): Promise<void>
}

export interface OpenApiReaderOptions {
  /** Where answers are kept by the digest of the document; nothing is kept without it. */
  readonly cacheFolder?: string
  /** Time for one document. */
  readonly deadlineMs?: number
  /** Memory for one document. */
  readonly memoryMb?: number
}

type Shown = (fault: Fault) => Problem

/** A reader with a process of its own, started at the first document that no cache knows. */
export function openApiReader(options: OpenApiReaderOptions = {}): OpenApiReader {
  const { cacheFolder, deadlineMs = 10_000, memoryMb = 512 } = options
  const reader = new OpenApiProcess({ deadlineMs, memoryMb })
  const underWay = new Set<Promise<OpenApiResult>>()
  const cache = cacheFolder === undefined ? undefined : cacheIn(cacheFolder)
  const refusals = refusalMemory()
  const read = async (bytes: Uint8Array, shown: Shown): Promise<OpenApiResult> => {
    if (bytes.length > MAX_BYTES) return { kind: 'invalid', problems: [shown(tooLarge(bytes.length))] }
    const known = await cache?.load(bytes)
    if (known !== undefined) return resultOf(known, shown)
    const refused = refusals.load(bytes)
    if (refused !== undefined) return { kind: 'invalid', problems: refused.map(shown) }
    const answer = await reader.read(bytes)
    if (answer.kind === 'invalid') {
      refusals.save(bytes, answer.faults)
      return { kind: 'invalid', problems: answer.faults.map(shown) }
    }
    const kept = { table: operationTable(answer.operations), facts: answer.facts, faults: answer.faults }
    await cache?.save(bytes, kept)
    return resultOf(kept, shown)
  }
  const tracked = async (reading: Promise<OpenApiResult>): Promise<OpenApiResult> => {
    underWay.add(reading)
    return reading.finally(() => underWay.delete(reading))
  }
  return {
    read: (bytes, { file }) => tracked(read(bytes, fault => inFile(fault, file))),
    readInline: (value, { file, place }) => tracked(read(jsonOf(value), fault => inDocument(fault, file, place))),
    close: async () => {
      await Promise.allSettled(underWay)
      await reader.close()
    },
  }
}

function resultOf({ table, facts, faults }: Kept, shown: Shown): OpenApiResult {
  return { kind: 'read', table, facts, problems: faults.map(shown) }
}

function inFile({ path: _path, key: _key, ...said }: Fault, file: string): Problem {
  return { ...said, file }
}

/** The lines of a fault in inline text are those of our own rendering: nobody could find them. */
function inDocument(fault: Fault, file: string, place: Place | undefined): Problem {
  const { path = [], key, line: _line, column: _column, ...said } = fault
  if (place === undefined) return { ...said, file }
  return { ...said, place: { ...place, path: [...place.path, ...path], ...(key === true && { key }) } }
}

/** Integers beyond 2^53 lose digits, as in every other reader of JSON; no operation depends on one. */
function jsonOf(value: unknown): Uint8Array {
  const text = JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? Number(member) : member))
  return new TextEncoder().encode(text)
}

function tooLarge(size: number): Fault {
  return {
    severity: 'error',
    code: 'openapi-too-large',
    message: `the document has ${size} bytes, more than the ${MAX_BYTES} that are read`,
    cure: 'Split the service, or keep only the paths that your integrations use.',
  }
}
