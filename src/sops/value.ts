import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto'
import { parseFloat64, formatFloat, parseInt64 } from './number.ts'
import { parseRfc3339 } from './time.ts'
import type { Clear } from './tree.ts'

export type SopsType = 'str' | 'int' | 'float' | 'bool' | 'bytes' | 'time' | 'comment'

/** What can be encrypted; sops leaves null in clear. */
export type Sealable = Exclude<Clear, null> | Uint8Array

/** A decrypted value: its type, and its bytes as the MAC hashes them. */
export interface Opened {
  readonly type: SopsType
  readonly bytes: Uint8Array
}

const START = 'ENC[AES256_GCM,'
const FIELDS = ['data:', 'iv:', 'tag:', 'type:'] as const
const IV_BYTES = 32
const TAG_BYTES = 16

/** Data, IV, tag and type. Split by hand: a pattern runs out of stack on megabytes. */
function fieldsOf(text: string): readonly string[] | undefined {
  if (!text.startsWith(START) || !text.endsWith(']')) return undefined
  const parts = text.slice(START.length, -1).split(',', FIELDS.length + 1)
  const named = parts.length === FIELDS.length && FIELDS.every((name, index) => parts[index]?.startsWith(name))
  return named ? parts.map((part, index) => part.slice(FIELDS[index]?.length)) : undefined
}

interface Sealed {
  readonly data: Uint8Array
  readonly iv: Uint8Array
  readonly tag: Uint8Array
  readonly type: SopsType
}

function parseSealed(text: string): Sealed | undefined {
  const [data, iv, tag, type = ''] = fieldsOf(text)?.map((field, index) => (index < 3 ? decode(field) : field)) ?? []
  if (!(data instanceof Buffer && iv instanceof Buffer && tag instanceof Buffer)) return undefined
  if (typeof type !== 'string' || !isType(type)) return undefined
  const whole = data.length > 0 && iv.length === IV_BYTES && tag.length === TAG_BYTES
  return whole ? { data, iv, tag, type } : undefined
}

/** Go's `base64.StdEncoding`: padded, no other alphabet; Node alone would skip what it does not know. */
function decode(base64: string): Buffer | undefined {
  if (base64.length % 4 !== 0 || /[^A-Za-z0-9+/=]|=[^=]|===/.test(base64)) return undefined
  return Buffer.from(base64, 'base64')
}

/**
 * Decrypts `ENC[AES256_GCM,…]` (getsops/sops `aes/cipher.go`) with its path as additional data; `undefined` where the text
 * has another form, does not authenticate, or does not parse as its type. Stricter: anchored at both ends, tag exactly
 * 16 bytes (else GCM takes short ones), IV exactly 32.
 */
export function openValue(text: string, key: Uint8Array, additionalData: string): Opened | undefined {
  const sealed = parseSealed(text)
  if (sealed === undefined) return undefined
  const { data, iv, tag, type } = sealed
  const decipher = createDecipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  decipher.setAAD(Buffer.from(additionalData)).setAuthTag(tag)
  try {
    const bytes = RESPELL[type](Buffer.concat([decipher.update(data), decipher.final()]))
    return bytes === undefined ? undefined : { type, bytes }
  } catch {
    return undefined
  }
}

/** Encrypts a value under a fresh IV; an empty text stays in clear, since sops leaves it so. Bytes are sealed as text. */
export function sealValue(value: Sealable, key: Uint8Array, additionalData: string): string {
  const plain = value instanceof Uint8Array ? value : hashedBytes(value)
  if (plain.length === 0) return ''
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(Buffer.from(additionalData))
  const data = Buffer.concat([cipher.update(plain), cipher.final()])
  const parts = [data, iv, cipher.getAuthTag()].map(part => part.toString('base64'))
  return `ENC[AES256_GCM,data:${parts[0]},iv:${parts[1]},tag:${parts[2]},type:${typeOf(value)}]`
}

/** The bytes that the MAC hashes for a value in clear, and that encryption starts from (`sops.go`, ToBytes). */
export function hashedBytes(value: Exclude<Clear, null>): Uint8Array {
  if (typeof value === 'number') return Buffer.from(formatFloat(value))
  if (typeof value === 'boolean') return Buffer.from(value ? 'True' : 'False')
  return Buffer.from(typeof value === 'object' ? value.time : String(value))
}

function typeOf(value: Sealable): SopsType {
  if (value instanceof Uint8Array) return 'str'
  switch (typeof value) {
    case 'string':
      return 'str'
    case 'bigint':
      return 'int'
    case 'number':
      return 'float'
    case 'boolean':
      return 'bool'
    default:
      return 'time'
  }
}

/** Typed values are serialised again for the MAC: `007` of type int is hashed as `7`. */
const RESPELL: Readonly<Record<SopsType, (plain: Buffer) => Uint8Array | undefined>> = {
  str: plain => plain,
  bytes: plain => plain,
  comment: plain => plain,
  int: plain => asBytes(parseInt64(plain.toString())?.toString()),
  float: plain => {
    const value = parseFloat64(plain.toString())
    return value === undefined ? undefined : asBytes(formatFloat(value))
  },
  bool: plain => asBytes(BOOLS.get(plain.toString())),
  time: plain => asBytes(parseRfc3339(plain.toString())?.nano),
}

function isType(type: string): type is SopsType {
  return Object.hasOwn(RESPELL, type)
}

/** Go's `strconv.ParseBool`. */
const BOOLS: ReadonlyMap<string, string> = new Map([
  ...['1', 't', 'T', 'TRUE', 'true', 'True'].map(word => [word, 'True'] as const),
  ...['0', 'f', 'F', 'FALSE', 'false', 'False'].map(word => [word, 'False'] as const),
])

function asBytes(value: string | undefined): Uint8Array | undefined {
  return value === undefined ? undefined : Buffer.from(value)
}
