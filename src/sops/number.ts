const MIN_INT = -(2n ** 63n)
const MAX_INT = 2n ** 63n - 1n

/** Whether Go's `int` (64 bits) can hold the number. */
export function isInt64(value: bigint): boolean {
  return value >= MIN_INT && value <= MAX_INT
}

/** Go's `strconv.Atoi`: decimal digits with an optional sign, within 64 bits; anything else is `undefined`. */
export function parseInt64(text: string): bigint | undefined {
  // 64 bits have 19 digits; leading zeros beyond 100 are somebody's attack on the parser.
  if (!/^[+-]?\d{1,100}$/.test(text)) return undefined
  const value = BigInt(text.replace(/^\+/, ''))
  return isInt64(value) ? value : undefined
}

const FLOAT = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/
const SPECIAL_FLOAT: Readonly<Record<string, number>> = {
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '+infinity': Infinity,
  '-infinity': -Infinity,
  nan: NaN,
}

/**
 * Go's `strconv.ParseFloat`, which takes an underscore between digits; without hexadecimal floats, which sops never
 * writes. Out of range is `undefined`.
 */
export function parseFloat64(text: string): number | undefined {
  const special = SPECIAL_FLOAT[text.toLowerCase()]
  if (special !== undefined) return special
  const plain = text.replace(/(?<=\d)_(?=\d)/g, '')
  if (!FLOAT.test(plain)) return undefined
  const value = Number(plain)
  return Number.isFinite(value) ? value : undefined
}

/** Go's `strconv.FormatFloat(value, 'f', -1, 64)`: shortest digits that read back, never an exponent. */
export function formatFloat(value: number): string {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? '+Inf' : '-Inf'
  const sign = value < 0 || Object.is(value, -0) ? '-' : ''
  const [mantissa = '', exponent = '0'] = Math.abs(value).toExponential().split('e')
  const digits = mantissa.replace('.', '')
  const point = Number(exponent) + 1 // how many digits stand before the decimal point
  if (point <= 0) return `${sign}0.${'0'.repeat(-point)}${digits}`
  if (point >= digits.length) return sign + digits + '0'.repeat(point - digits.length)
  return `${sign}${digits.slice(0, point)}.${digits.slice(point)}`
}
