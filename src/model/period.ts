/** A day, in milliseconds. */
export const DAY_MS = 24 * 60 * 60 * 1000

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 60 * 60_000, d: DAY_MS }

/** The milliseconds in a period as documents write it: days such as `90d`, or a duration such as `1h30m`. */
export function millisecondsIn(period: string): number {
  let ms = 0
  for (const [, count, unit] of period.matchAll(/([0-9.]+)(ms|s|m|h|d)/g)) ms += Number(count) * UNIT_MS[unit!]!
  return ms
}
