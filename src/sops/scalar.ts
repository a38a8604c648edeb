import { isInt64, parseFloat64 } from './number.ts'
import { parseYamlTimestamp } from './time.ts'
import type { Clear } from './tree.ts'

const WORDS: ReadonlyMap<string, Clear> = new Map<string, Clear>([
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['.nan', '.NaN', '.NAN'].map(word => [word, NaN] as const),
  ...['.inf', '.Inf', '.INF', '+.inf', '+.Inf', '+.INF'].map(word => [word, Infinity] as const),
  ...['-.inf', '-.Inf', '-.INF'].map(word => [word, -Infinity] as const),
])

const FLOAT = /^[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?$/
const MAX_UINT = 2n ** 64n - 1n

/** sops refuses integers from 2^63 to 2^64-1: go-yaml makes them `uint64`, which it cannot walk. */
export const UNTYPABLE = Symbol('untypable')

/**
 * The value of a plain (unquoted, untagged) YAML scalar as go-yaml v3 resolves it, because the MAC is over that value
 * and not over the text (go.yaml.in/yaml/v3 `resolve.go`): `0755` and `0o755` are 493, `1_000` is 1000, `yes` is a string.
 */
export function resolvePlain(text: string): Clear | typeof UNTYPABLE {
  const word = WORDS.get(text)
  if (word !== undefined) return word
  const first = text.charAt(0)
  if (first === '.') return unsignedFloat(text)
  return /[-+0-9]/.test(first) ? resolveNumber(text) : text
}

/** A scalar that starts with a point goes to `strconv.ParseFloat` as it is, other numbers without their underscores. */
function unsignedFloat(text: string): number | string {
  return /^\.[0-9]/.test(text) ? (parseFloat64(text) ?? text) : text
}

function resolveNumber(text: string): Clear | typeof UNTYPABLE {
  if (/^\d{4}-/.test(text)) {
    const time = parseYamlTimestamp(text)
    if (time !== undefined) return { time: time.nano }
  }
  const plain = text.replaceAll('_', '')
  const integer = parseAnyBase(plain)
  if (integer !== undefined && isInt64(integer)) return integer
  if (integer !== undefined && integer <= MAX_UINT && /^\d/.test(plain)) return UNTYPABLE
  return (FLOAT.test(plain) ? parseFloat64(plain) : undefined) ?? oddBinary(plain) ?? text
}

const BASES: readonly (readonly [pattern: RegExp, prefix: string])[] = [
  [/^0[xX]([0-9a-fA-F]+)$/, '0x'],
  [/^0[bB]([01]+)$/, '0b'],
  [/^0[oO]?([0-7]+)$/, '0o'],
  [/^(0|[1-9][0-9]*)$/, ''],
]

/** Go's `strconv.ParseInt(text, 0, 64)` without its limit: base 2, 8, 10 or 16 by prefix, a leading zero is octal. */
function parseAnyBase(text: string): bigint | undefined {
  const negative = text.startsWith('-')
  const unsigned = text.replace(/^[-+]/, '')
  for (const [pattern, prefix] of BASES) {
    const digits = pattern.exec(unsigned)?.[1]
    // Beyond 64 binary digits plus some leading zeros it is a float or a string anyway.
    if (digits !== undefined) return digits.length > 400 ? undefined : BigInt(prefix + digits) * (negative ? -1n : 1n)
  }
  return undefined
}

/** go-yaml cuts `0b` or `0o` off and parses the rest, sign included: `0b-101` is -5. */
function oddBinary(text: string): bigint | undefined {
  const match = /^0([bo])([-+][0-7]+)$/.exec(text)
  const [, base, digits = ''] = match ?? []
  if (base === undefined || digits.length > 70 || (base === 'b' && /[2-7]/.test(digits))) return undefined
  const value = BigInt(`0${base}${digits.slice(1)}`) * (digits.startsWith('-') ? -1n : 1n)
  return isInt64(value) ? value : undefined
}
