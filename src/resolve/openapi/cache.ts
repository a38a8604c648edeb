import { createHash, randomUUID } from 'node:crypto'
import { constants } from 'node:fs'
import { mkdir, open, rename, rm, writeFile, type FileHandle } from 'node:fs/promises'
import path from 'node:path'
import type { OperationTable } from '../../model/operation.ts'
import type { Facts } from './facts.ts'
import type { Fault } from './fault.ts'
import { type Fields, isFields, own, strings } from './fields.ts'
import { operationTable } from './table.ts'

/** Raised whenever reading a document changes what comes out of it, so that no answer of an older program is used. */
const FORMAT = 1
const MAX_BYTES = 64 * 1024 * 1024
const OTHERS = 0o077

/** What is kept of a document that could be read. */
export interface Kept {
  readonly table: OperationTable
  readonly facts: Facts
  readonly faults: readonly Fault[]
}

export interface Cache {
  load(bytes: Uint8Array): Promise<Kept | undefined>
  save(bytes: Uint8Array, kept: Kept): Promise<void>
}

/**
 * Answers by the digest of the document's bytes, one file each: the SHA-256 of everything after the first line, then
 * JSON. A cache can be missing, broken, foreign or read-only without anybody noticing more than the time it takes.
 *
 * A forged file could hide operations from a review. Its digests would fit, so what counts is who wrote it: a file that
 * others may read or write, as a checkout of a repository makes them, is not ours. (Windows keeps no such bits.)
 */
export function cacheIn(folder: string): Cache {
  const fileOf = (bytes: Uint8Array): string => path.join(folder, `${sha256(bytes)}.v${FORMAT}`)
  return {
    load: async bytes => {
      try {
        return decode(await readOwn(fileOf(bytes)))
      } catch {
        return undefined
      }
    },
    save: async (bytes, kept) => {
      const file = fileOf(bytes)
      const temporary = `${file}.${randomUUID()}.tmp`
      try {
        await mkdir(folder, { recursive: true, mode: 0o700 })
        await writeFile(temporary, encode(kept), { flag: 'wx', mode: 0o600 })
        await rename(temporary, file)
      } catch {
        await rm(temporary, { force: true }).catch(() => undefined)
      }
    },
  }
}

function encode(kept: Kept): string {
  const body = JSON.stringify(kept)
  return `${sha256(body)}\n${body}`
}

function decode(bytes: Buffer): Kept | undefined {
  const end = bytes.indexOf('\n')
  const body = bytes.subarray(end + 1)
  if (bytes.toString('latin1', 0, Math.max(0, end)) !== sha256(body)) return undefined
  const kept: unknown = JSON.parse(body.toString())
  return isKept(kept) && operationTable(kept.table.operations).digest === kept.table.digest ? kept : undefined
}

/** The digest says that these are the bytes that were written; this much says that they mean an answer. */
function isKept(value: unknown): value is Kept {
  if (!isFields(value)) return false
  const table = own(value, 'table')
  const facts = own(value, 'facts')
  const listed = isFields(table) && Array.isArray(own(table, 'operations'))
  return listed && isFacts(facts) && Array.isArray(own(value, 'faults'))
}

function isFacts(value: unknown): value is Fields {
  if (!isFields(value)) return false
  const schemes = own(value, 'securitySchemes')
  return (
    typeof own(value, 'version') === 'string' && Array.isArray(schemes) && strings(schemes).length === schemes.length
  )
}

async function readOwn(file: string): Promise<Buffer> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
  try {
    await refuseForeign(handle)
    return await handle.readFile()
  } finally {
    await handle.close()
  }
}

async function refuseForeign(handle: FileHandle): Promise<void> {
  const found = await handle.stat()
  const foreign = process.platform !== 'win32' && ((found.mode & OTHERS) !== 0 || found.uid !== process.getuid?.())
  if (!found.isFile() || found.size > MAX_BYTES || foreign) throw new Error('not a file that this program wrote')
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex')
}
