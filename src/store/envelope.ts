import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes, timingSafeEqual } from 'node:crypto'

/** A key-encryption key: an id that records name, and two keys derived from its 32 bytes. */
export interface Key {
  readonly id: string
  readonly wrapping: Buffer
  readonly committing: Buffer
}

/** Where a record belongs. A record that is moved to another place does not open. */
export interface RecordPlace {
  readonly installation: string
  readonly address: string
  /** Never twice the same for one address. */
  readonly version: number
}

const FORMAT = 1
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16

/** The key with this id made of 32 secret bytes: each use has a key of its own. */
export function deriveKey(id: string, secret: Uint8Array): Key {
  return { id, wrapping: derive(secret, 'tenon wrap v1'), committing: derive(secret, 'tenon commit v1') }
}

/** 32 bytes for one purpose, by HKDF-SHA256 (RFC 5869) without a salt. */
export function derive(secret: Uint8Array, purpose: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', purpose, KEY_BYTES))
}

/** Parts, each behind its length: no two lists of parts give the same bytes. */
export function framed(parts: readonly (string | Uint8Array)[]): Buffer {
  const pieces: Uint8Array[] = []
  for (const part of parts) {
    const bytes = typeof part === 'string' ? Buffer.from(part) : part
    const length = Buffer.alloc(4)
    length.writeUInt32BE(bytes.length)
    pieces.push(length, bytes)
  }
  return Buffer.concat(pieces)
}

/**
 * Seals bytes for one place: AES-256-GCM under a fresh data key, which is wrapped by AES-256-GCM under `key`. GCM alone
 * would let one ciphertext open under two keys; the HMAC over the whole record commits it to this one. The wrapping is
 * bound to place and key; the content to the place alone, so that `rewrap` needs only the wrapping.
 */
export function seal(key: Key, place: RecordPlace, content: Uint8Array): string {
  const dataKey = randomBytes(KEY_BYTES)
  const body = encrypt(dataKey, contentBinding(place), content)
  const record = close(key, place, dataKey, body)
  dataKey.fill(0)
  return record
}

/** The bytes that `seal` sealed, or `undefined` when the record was not sealed by this key for this place. */
export function unseal(key: Key, place: RecordPlace, record: string): Buffer | undefined {
  const opened = open(key, place, record)
  if (opened === undefined) return undefined
  const content = decrypt(opened.dataKey, contentBinding(place), opened.body)
  opened.dataKey.fill(0)
  return content
}

/** The record with its data key wrapped by another key, or `undefined` when `from` does not open it. */
export function rewrap(from: Key, to: Key, place: RecordPlace, record: string): string | undefined {
  const opened = open(from, place, record)
  if (opened === undefined) return undefined
  const rewrapped = close(to, place, opened.dataKey, opened.body)
  opened.dataKey.fill(0)
  return rewrapped
}

/** The id of the key that a record needs, or `undefined` for text that is no record. */
export function keyIdOf(record: string): string | undefined {
  return parse(record)?.key
}

interface Sealed {
  readonly key: string
  readonly wrapped: Buffer
  readonly body: Buffer
  readonly commitment: Buffer
}

function close(key: Key, place: RecordPlace, dataKey: Buffer, body: Buffer): string {
  const wrapped = encrypt(key.wrapping, wrapBinding(key, place), dataKey)
  const commitment = commit(key, place, wrapped, body)
  const [wrappedText, bodyText, commitmentText] = [wrapped, body, commitment].map(bytes => bytes.toString('base64'))
  return JSON.stringify({ v: FORMAT, key: key.id, wrapped: wrappedText, body: bodyText, commitment: commitmentText })
}

function open(key: Key, place: RecordPlace, record: string): { dataKey: Buffer; body: Buffer } | undefined {
  const sealed = parse(record)
  if (sealed === undefined || sealed.key !== key.id) return undefined
  if (!timingSafeEqual(sealed.commitment, commit(key, place, sealed.wrapped, sealed.body))) return undefined
  const dataKey = decrypt(key.wrapping, wrapBinding(key, place), sealed.wrapped)
  return dataKey === undefined ? undefined : { dataKey, body: sealed.body }
}

/** Reads a record and holds every part to its length: Node would accept a tag cut down to four bytes. */
function parse(record: string): Sealed | undefined {
  const fields = fieldsOf(record)
  const [wrapped, body, commitment] = [fields.wrapped, fields.body, fields.commitment].map(bytesOf)
  if (fields.v !== FORMAT || typeof fields.key !== 'string') return undefined
  if (wrapped?.length !== IV_BYTES + KEY_BYTES + TAG_BYTES || commitment?.length !== KEY_BYTES) return undefined
  if (body === undefined || body.length < IV_BYTES + TAG_BYTES) return undefined
  return { key: fields.key, wrapped, body, commitment }
}

function fieldsOf(record: string): Readonly<Partial<Record<'v' | keyof Sealed, unknown>>> {
  try {
    return Object(JSON.parse(record))
  } catch {
    return {}
  }
}

function bytesOf(text: unknown): Buffer | undefined {
  return typeof text === 'string' ? Buffer.from(text, 'base64') : undefined
}

function contentBinding({ installation, address, version }: RecordPlace): Buffer {
  return framed(['tenon content', installation, address, String(version), String(FORMAT)])
}

function wrapBinding(key: Key, { installation, address, version }: RecordPlace): Buffer {
  return framed(['tenon key', installation, address, String(version), key.id, String(FORMAT)])
}

function commit(key: Key, place: RecordPlace, wrapped: Buffer, body: Buffer): Buffer {
  const parts = framed([wrapBinding(key, place), wrapped, body])
  return createHmac('sha256', key.committing).update(parts).digest()
}

/** IV, ciphertext and tag in one. */
function encrypt(key: Buffer, binding: Buffer, content: Uint8Array): Buffer {
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES }).setAAD(binding)
  return Buffer.concat([iv, cipher.update(content), cipher.final(), cipher.getAuthTag()])
}

function decrypt(key: Buffer, binding: Buffer, sealed: Buffer): Buffer | undefined {
  const iv = sealed.subarray(0, IV_BYTES)
  const ciphertext = sealed.subarray(IV_BYTES, -TAG_BYTES)
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(binding).setAuthTag(sealed.subarray(-TAG_BYTES))
  try {
    return Buffer.concat([decipher.update(ciphertext), decipher.final()])
  } catch {
    return undefined
  }
}
