import type { ReviewReport } from '../../../model/review.ts'
import { shown } from './names.ts'
import { alertsOf, NOWHERE, type Alert } from './alerts.ts'

/** A review as a Code Quality report of GitLab, worst first. */
export function reviewGitlab({ review }: ReviewReport): readonly Record<string, unknown>[] {
  const seen = new Map<string, number>()
  return alertsOf(review).map(alert => {
    const times = (seen.get(alert.fingerprint) ?? 0) + 1
    seen.set(alert.fingerprint, times)
    return {
      description: alert.message(),
      check_name: alert.rule,
      // Entries with the same fingerprint would count as one.
      fingerprint: times === 1 ? alert.fingerprint : `${alert.fingerprint}-${times}`,
      severity: severityOf(alert),
      location: locationOf(alert),
    }
  })
}

function severityOf({ severity, blocks, narrows }: Alert): string {
  if (severity === 'high') return blocks ? 'blocker' : 'critical'
  if (severity === 'medium') return 'major'
  return narrows ? 'info' : 'minor'
}

/** GitLab joins entries to files by their path from the top of the repository. */
function locationOf({ at = NOWHERE }: Alert): object {
  return { path: shown(at.file).replace(/^(?:\.\/)+/, ''), lines: { begin: at.line } }
}
