import { createHmac, hash as digestOf, timingSafeEqual } from 'node:crypto'
import stringify from 'fast-json-stable-stringify'
import type { AuditRecord } from '../model/store.ts'
import { framed } from './envelope.ts'

/** An audit record before it has its place in the chain. */
export type AuditEntry = Omit<AuditRecord, 'sequence' | 'previous' | 'hash'>

/** A record in the chain; the one that closes a revision is sealed. */
export interface Link {
  readonly record: AuditRecord
  readonly seal: string | undefined
}

/** The end of the chain, kept beside the store's revision. */
export interface Head {
  readonly sequence: number
  readonly hash: string
}

/** Where the chain of an installation begins, so that no chain can be put in place of another one's. */
export function genesis(installation: string): Head {
  return { sequence: 0, hash: `sha256:${digestOf('sha256', framed(['tenon audit', installation]), 'hex')}` }
}

/** Appends entries to the chain. Whoever lacks the key can rewrite hashes, but not the seals of a rewritten chain. */
export function chain(head: Head, entries: readonly AuditEntry[], key: Buffer): Link[] {
  let { sequence, hash } = head
  return entries.map(entry => {
    sequence++
    const unhashed = { ...entry, sequence, previous: hash }
    hash = hashOf(unhashed)
    const record: AuditRecord = { ...unhashed, hash }
    return { record, seal: entry.action === 'apply' ? sealOf(key, record) : undefined }
  })
}

/** `sha256:` and hex over the canonical JSON of the record, `previous` included. */
export function hashOf(record: Omit<AuditRecord, 'hash'>): string {
  return `sha256:${digestOf('sha256', stringify({ ...record, hash: undefined }), 'hex')}`
}

/** The seal of a record that closes a revision. */
export function sealOf(key: Buffer, record: AuditRecord): string {
  return hmac(key, ['apply', String(record.sequence), record.hash])
}

/**
 * The seal of the chain's end. It differs from the record's own, so that cutting off the newest revisions cannot reuse
 * that one. Putting back an older copy of the whole store is not noticed here: only a copy of the head elsewhere would.
 */
export function headSeal(key: Buffer, head: Head, revision: number): string {
  return hmac(key, ['head', String(head.sequence), head.hash, String(revision)])
}

/** Compares seals in constant time. */
export function sameSeal(a: string | undefined, b: string): boolean {
  const [left, right] = [Buffer.from(a ?? ''), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}

function hmac(key: Buffer, parts: readonly string[]): string {
  return createHmac('sha256', key).update(framed(parts)).digest('base64')
}
