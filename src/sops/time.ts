/** Go's layout of RFC 3339; like Go it takes a one-digit hour, a comma, and a fraction that the layout does not name. */
const RFC3339 = /^(\d{4})-(\d\d)-(\d\d)T(\d{1,2}):(\d\d):(\d\d)(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)$/

/** The four layouts of go-yaml v3 (`resolve.go`, allowedTimestampFormats), in one pattern. */
const YAML =
  /^(\d{4})-(\d{1,2})-(\d{1,2})(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[+-]\d\d:\d\d)| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?)?$/

const DAYS = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

/** The same instant in the two spellings that sops uses: with a fraction where there is one, and without. */
export interface Rfc3339 {
  readonly nano: string
  readonly seconds: string
}

/** Reads an RFC 3339 time as Go's `time.Parse` does and writes it as `Format` does; `undefined` if it is none. */
export function parseRfc3339(text: string): Rfc3339 | undefined {
  return respell(RFC3339.exec(text) ?? undefined)
}

/** Reads a plain YAML scalar as go-yaml v3 reads a timestamp; `undefined` if it is none. */
export function parseYamlTimestamp(text: string): Rfc3339 | undefined {
  const match = YAML.exec(text)
  if (match === null) return undefined
  const [, year, month, day, hour, minute, second, fraction, zone, hour2, minute2, second2, fraction2] = match
  const time = [hour ?? hour2, minute ?? minute2, second ?? second2, fraction ?? fraction2, zone]
  return respell(['', year, month, day, ...time])
}

/** Takes year, month, day, hour, minute, second, fraction and zone as text, from index 1. */
function respell(parts: readonly (string | undefined)[] | undefined): Rfc3339 | undefined {
  if (parts === undefined) return undefined
  const [year = 0, month = 0, day = 0, ...clock] = parts.slice(1, 7).map(part => Number(part ?? 0))
  const zone = respellZone(parts[8] ?? 'Z')
  if (!isDate(year, month, day) || !isClock(clock) || zone === undefined) return undefined
  const fraction = (parts[7] ?? '').slice(0, 9).replace(/0+$/, '')
  const moment = `${pad(year, 4)}-${pad(month)}-${pad(day)}T${clock.map(part => pad(part)).join(':')}`
  return { seconds: moment + zone, nano: moment + (fraction === '' ? '' : `.${fraction}`) + zone }
}

function isClock([hour = 0, minute = 0, second = 0]: readonly number[]): boolean {
  return hour < 24 && minute < 60 && second < 60
}

function isDate(year: number, month: number, day: number): boolean {
  const leap = month === 2 && year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0)
  return day >= 1 && day <= (DAYS[month - 1] ?? 0) + (leap ? 1 : 0)
}

/** Go takes offsets of up to 24 hours and 60 minutes, and refuses to write one of 24 hours or more. */
function respellZone(zone: string): string | undefined {
  if (zone === 'Z') return 'Z'
  const hours = Number(zone.slice(1, 3))
  const minutes = Number(zone.slice(4, 6))
  const offset = hours * 60 + minutes
  if (minutes > 60 || offset >= 24 * 60) return undefined
  return offset === 0 ? 'Z' : `${zone.charAt(0)}${pad(Math.floor(offset / 60))}:${pad(offset % 60)}`
}

function pad(value: number, width = 2): string {
  return String(value).padStart(width, '0')
}
