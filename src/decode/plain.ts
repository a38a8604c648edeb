/** What a plain (unquoted) scalar means under the core schema of YAML 1.2. */
export type Plain = string | number | boolean | null

/** Why a plain scalar is refused: Kubernetes (sigs.k8s.io/yaml, a YAML 1.1 reader), or this one, may read something else. */
export interface Ambiguity {
  readonly why: string
  readonly cure: string
}

const FOR_SWITCHES = 'Put it in quotes if it is text; write true or false if it is a switch.'
const FOR_NUMBERS = 'Put it in quotes if it is text; write plain decimal digits if it is a number.'

const WORDS: ReadonlyMap<string, Plain | Ambiguity> = new Map<string, Plain | Ambiguity>([
  ...['', '~', 'null', 'Null', 'NULL'].map(word => [word, null] as const),
  ...['true', 'True', 'TRUE'].map(word => [word, true] as const),
  ...['false', 'False', 'FALSE'].map(word => [word, false] as const),
  ...['y', 'Y', 'yes', 'Yes', 'YES', 'on', 'On', 'ON'].map(word => [word, switchWord(word, 'true')] as const),
  ...['n', 'N', 'no', 'No', 'NO', 'off', 'Off', 'OFF'].map(word => [word, switchWord(word, 'false')] as const),
  ...['.inf', '.Inf', '.INF', '.nan', '.NaN', '.NAN'].flatMap(word =>
    ['', '+', '-'].map(sign => [`${sign}${word}`, number('a number that JSON cannot write')] as const),
  ),
  ['<<', { why: '<<, which merges maps in older YAML readers', cure: 'Write the fields out.' }],
])
const LONGEST_WORD = 5

function switchWord(word: string, value: string): Ambiguity {
  return { why: `the word ${word}, which older YAML readers take for ${value}`, cure: FOR_SWITCHES }
}

function number(why: string): Ambiguity {
  return { why, cure: FOR_NUMBERS }
}

/** Code units with which anything but text may begin. */
const HINTS = new Uint8Array(128)
for (const character of '~nNtTfFyYoO+-.0123456789<') HINTS[character.charCodeAt(0)] = 1

const DECIMAL = /^[-+]?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]+)?|\.[0-9]+)$/
const HEXADECIMAL = /^0x[0-9a-fA-F]+$/

/** Numbers of YAML 1.1, of Go's `strconv` and of YAML 1.2 that not all three write alike; tried in this order. */
const OTHER_NUMBERS: readonly (readonly [pattern: RegExp, why: string])[] = [
  [/^[-+]?0[xX][0-9a-fA-F]+$/, 'a hexadecimal number'],
  [/^[-+]?0[bB][01]+$/, 'a binary number'],
  [/^[-+]?0[oO][0-7]+$/, 'an octal number'],
  [/^[-+]?0[0-9]+(?:\.[0-9]*)?$/, 'a number with a leading zero, octal to older YAML readers'],
  [/^[-+]?[0-9]+\.?$/, 'a number that ends with its point'],
  [/^[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/, 'a number with an exponent'],
]

/**
 * Reads a plain scalar. Of what YAML 1.2 and Kubernetes read alike it gives the value: decimal numbers that are exact in
 * both, `true`, `false`, `null`, and text (dates and times are text to both). The message parts name no value: it may be
 * a secret.
 */
export function readPlain(text: string): Plain | Ambiguity {
  const first = text.charCodeAt(0)
  if (text !== '' && (first > 127 || HINTS[first] === 0)) return text
  if (text.length <= LONGEST_WORD) {
    const word = WORDS.get(text)
    if (word !== undefined) return word
  }
  return first < 58 && first !== 60 ? readNumber(text) : text
}

/** Whether a plain scalar was refused. */
export function isAmbiguity(plain: Plain | Ambiguity): plain is Ambiguity {
  return typeof plain === 'object' && plain !== null
}

function readNumber(text: string): Plain | Ambiguity {
  if (DECIMAL.test(text) || HEXADECIMAL.test(text)) return exact(Number(text), text)
  const digits = text.replaceAll('_', '')
  const why = OTHER_NUMBERS.find(([pattern]) => pattern.test(digits))?.[1]
  if (why === undefined) return text
  return number(digits === text ? why : 'a number with underscores')
}

/** Beyond 2^53 a double is another number than Kubernetes' 64-bit integer; a negative zero is zero to one of the two. */
function exact(value: number, text: string): number | Ambiguity {
  if (Object.is(value, -0)) return number('a negative zero')
  if (!Number.isFinite(value)) return number('a number that is too large')
  if (!text.includes('.') && !Number.isSafeInteger(value)) return number('a number that is too large to be exact')
  return value
}
