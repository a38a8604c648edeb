import type { ManifestOf } from '../model/manifest.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'

const DAY_MS = 24 * 60 * 60 * 1000
const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 60 * 60_000, d: DAY_MS }

/** Warns of a credential that has expired, and of a rotation or review that is overdue on the day of the run. */
export function warnAboutDates(manifest: ManifestOf<'credential'>, { context, report }: Scope): void {
  const { today } = context
  const { rotation, review } = manifest.spec
  if (today === undefined) return
  const warn = (code: string, message: string, cure: string, path: readonly string[]): void => {
    report({
      severity: 'warning',
      code,
      message: `credential "${manifest.name}" ${message}`,
      cure,
      place: placeOf(manifest, path),
    })
  }
  if (rotation?.expires !== undefined && rotation.expires < today) {
    warn('credential-expired', `expired on ${rotation.expires}`, 'Replace its values at the service and here.', [
      'spec',
      'rotation',
      'expires',
    ])
  }
  const rotateBy = dueDate(rotation?.lastRotated, rotation?.every)
  if (rotateBy !== undefined && rotateBy < today) {
    const cure = 'Replace the values at the service, encrypt the new ones, and set lastRotated.'
    warn('rotation-due', `was to be rotated by ${rotateBy}`, cure, ['spec', 'rotation', 'lastRotated'])
  }
  const reviewBy = dueDate(review?.lastReviewed, review?.every)
  if (reviewBy !== undefined && reviewBy < today) {
    warn('review-due', `was to be reviewed by ${reviewBy}`, 'Look at the account, and set lastReviewed.', [
      'spec',
      'review',
      'lastReviewed',
    ])
  }
}

/** The date on which a period after a date ends, `YYYY-MM-DD`; `undefined` where either is missing. */
export function dueDate(last: string | undefined, every: string | undefined): string | undefined {
  if (last === undefined || every === undefined) return undefined
  let ms = 0
  for (const [, count, unit] of every.matchAll(/([0-9.]+)(ms|s|m|h|d)/g)) ms += Number(count) * UNIT_MS[unit!]!
  const due = new Date(Date.parse(`${last}T00:00:00Z`) + ms)
  return Number.isNaN(due.getTime()) ? undefined : due.toISOString().slice(0, 10)
}
