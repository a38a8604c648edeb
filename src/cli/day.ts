import { UsageError } from './exit.ts'
import type { Io } from './io.ts'

/** The day that `--as-of` names, or else today; in UTC. Throws `UsageError` for anything but a day. */
export function dayOf(asOf: string | undefined, io: Pick<Io, 'now'>): string {
  const today = io.now().toISOString().slice(0, 10)
  if (asOf === undefined) return today
  const isDay = /^\d{4}-\d\d-\d\d$/.test(asOf) && !Number.isNaN(Date.parse(`${asOf}T00:00:00Z`))
  if (!isDay || !new Date(`${asOf}T00:00:00Z`).toISOString().startsWith(asOf)) {
    throw new UsageError(`--as-of takes a day such as ${today}, not "${asOf}"`)
  }
  return asOf
}
