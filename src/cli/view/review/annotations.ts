import type { FindingSeverity } from '../../../model/finding.ts'
import type { ReviewReport } from '../../../model/review.ts'
import { alertsOf, type Alert } from './alerts.ts'
import { shown } from './names.ts'
import { counted } from './numbers.ts'
import { RULES } from './rules.ts'

/** GitHub shows so many of each level for one step. */
const MAX_EACH = 10

const LEVELS = { high: 'error', medium: 'warning', low: 'notice' } as const satisfies Record<FindingSeverity, string>

/** A review as workflow commands of GitHub Actions; the last of each level tells how many more there are. */
export function reviewAnnotations({ review }: ReviewReport): string {
  const alerts = alertsOf(review)
  return (['high', 'medium', 'low'] as const)
    .flatMap(severity => {
      const all = alerts.filter(alert => alert.severity === severity)
      const more = all.length - MAX_EACH
      const told = all.slice(0, MAX_EACH)
      return told.map((alert, index) => command(alert, index === MAX_EACH - 1 ? more : 0))
    })
    .join('')
}

function command(alert: Alert, more: number): string {
  const { rule, severity, at } = alert
  const level = LEVELS[severity]
  const place = at === undefined ? '' : `file=${property(shown(at.file))},line=${at.line},`
  const rest = more > 0 ? ` (and ${counted(more, 'more', 'more')} of this level in the report)` : ''
  return `::${level} ${place}title=${property(`tenon: ${RULES[rule].title}`)}::${data(`${alert.message()}${rest}`)}\n`
}

/** The message of a command: it ends with its line. */
export function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

/** A property of a command: it ends with a comma or colons, too. */
export function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}
