import type { CredentialSpec } from '../model/manifest.gen.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { millisecondsIn } from '../model/period.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'

/** Warns of a credential that has expired, and of a rotation or review that is overdue on the day of the run. */
export function warnAboutDates(manifest: ManifestOf<'credential'>, { context, report }: Scope): void {
  for (const { code, field, until, message, cure } of datesOf(manifest.spec)) {
    if (until === undefined || context.today === undefined || until >= context.today) continue
    const place = placeOf(manifest, ['spec', ...field])
    report({ severity: 'warning', code, message: `credential "${manifest.name}" ${message} ${until}`, cure, place })
  }
}

interface Due {
  readonly code: string
  readonly field: readonly string[]
  /** The last day on which nothing has to be said. */
  readonly until: string | undefined
  readonly message: string
  readonly cure: string
}

function datesOf({ rotation, review }: CredentialSpec): readonly Due[] {
  return [
    {
      code: 'credential-expired',
      field: ['rotation', 'expires'],
      until: rotation?.expires,
      message: 'expired on',
      cure: 'Replace its values at the service and here.',
    },
    {
      code: 'rotation-due',
      field: ['rotation', 'lastRotated'],
      until: dueDate(rotation?.lastRotated, rotation?.every),
      message: 'was to be rotated by',
      cure: 'Replace the values at the service, encrypt the new ones, and set lastRotated.',
    },
    {
      code: 'review-due',
      field: ['review', 'lastReviewed'],
      until: dueDate(review?.lastReviewed, review?.every),
      message: 'was to be reviewed by',
      cure: 'Look at the account, and set lastReviewed.',
    },
  ]
}

/** The date on which a period after a date ends, `YYYY-MM-DD`; `undefined` where either is missing. */
export function dueDate(last: string | undefined, every: string | undefined): string | undefined {
  if (last === undefined || every === undefined) return undefined
  const due = new Date(Date.parse(`${last}T00:00:00Z`) + millisecondsIn(every))
  return Number.isNaN(due.getTime()) ? undefined : due.toISOString().slice(0, 10)
}
