import { DAY_MS, millisecondsIn } from '../../model/period.ts'

/** How many days lie between two dates `YYYY-MM-DD`; negative where the second one is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

/** The days in a period such as `90d`, `12h` or `1h30m`. */
export function daysIn(period: string): number {
  return millisecondsIn(period) / DAY_MS
}
