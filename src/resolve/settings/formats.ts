import { isIPv4, isIPv6 } from 'node:net'

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/
const TIME = /^(?:[01]\d|2[0-3]):[0-5]\d:(?:[0-5]\d|60)(?:\.\d{1,9})?(?:Z|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/i
const HOSTNAME = /^(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)(?:\.[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?)*$/i
const UUID = /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i
const EMAIL = /^[^\s@]{1,64}@([^\s@]{1,253})$/

/**
 * The formats that are checked, each in time linear in a text of bounded length. All others (`password` among them) tell
 * people and forms something, and are not judged here, as JSON Schema has it.
 */
export const FORMATS: ReadonlyMap<string, (text: string) => boolean> = new Map([
  ['uri', (text: string) => /^[a-z][a-z\d+.-]*:[^\s]/i.test(text.slice(0, 100)) && URL.canParse(text)],
  ['email', (text: string) => HOSTNAME.test(EMAIL.exec(text)?.[1] ?? '')],
  ['date', isDate],
  [
    'date-time',
    (text: string) =>
      text.length <= 40 && /^t$/i.test(text[10] ?? '') && isDate(text.slice(0, 10)) && TIME.test(text.slice(11)),
  ],
  ['ipv4', isIPv4],
  ['ipv6', (text: string) => isIPv6(text) && !text.includes('%')],
  ['hostname', (text: string) => text.length <= 253 && HOSTNAME.test(text)],
  ['uuid', (text: string) => UUID.test(text)],
])

function isDate(text: string): boolean {
  const [, year, month, day] = (DATE.exec(text) ?? []).map(Number)
  if (year === undefined || month === undefined || day === undefined) return false
  const date = new Date(Date.UTC(2000, month - 1, day))
  date.setUTCFullYear(year, month - 1, day)
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day && month >= 1
}
