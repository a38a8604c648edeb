const DAY_MS = 86_400_000

/** How many days lie between two dates `YYYY-MM-DD`; negative where the second one is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS)
}

const UNITS = { ms: 1 / DAY_MS, s: 1000 / DAY_MS, m: 60_000 / DAY_MS, h: 3_600_000 / DAY_MS } as const

/** The days in a period such as `90d`, `12h` or `1h30m`. */
export function daysIn(period: string): number {
  if (period.endsWith('d')) return Number(period.slice(0, -1))
  let days = 0
  for (const [, number, unit] of period.matchAll(/([0-9.]+)(ms|s|m|h)/g)) days += Number(number) * UNITS[unit as 'h']
  return days
}
