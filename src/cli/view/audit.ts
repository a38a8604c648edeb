import type { Diagnostic } from '../../model/diagnostic.ts'
import type { AuditRecord, AuditVerdict } from '../../model/store.ts'
import { visible, type Paint } from '../style.ts'
import type { ErrorJson } from './plan-json.ts'
import { table } from './table.ts'

interface Answer {
  readonly records?: readonly AuditRecord[]
  readonly verdict?: AuditVerdict
}

/** What `audit -o json` prints, whatever happened (`schemas/audit.schema.json`). */
export function auditJson(
  { records, verdict }: Answer,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  return {
    complete: records !== undefined || verdict !== undefined,
    // As they are: the canonical JSON of a record without its hash is what the hash is over.
    ...(records && { records }),
    ...(verdict && { verdict: verdictJson(verdict) }),
    diagnostics,
    errors,
  }
}

function verdictJson(verdict: AuditVerdict): object {
  const { kind, ...facts } = verdict
  return { intact: kind === 'intact', ...facts }
}

const HEADING = ['RECORD', 'REVISION', 'AT', 'BY', 'OWNER', 'ACTION', 'ADDRESS', 'FIELDS', 'COMMIT']

/** The log as a table, oldest first. */
export function auditText(records: readonly AuditRecord[], paint: Paint): string {
  if (records.length === 0) return 'No records.\n'
  const rows = records.map(({ sequence, revision, at, actor, owner, action, address, fields, commit }) => [
    String(sequence),
    String(revision),
    at,
    actor,
    owner,
    action,
    address ?? '',
    fields.join(' '),
    commit ?? '',
  ])
  return table(HEADING, rows, paint)
}

/** What `audit verify` found. */
export function verdictText(verdict: AuditVerdict, paint: Paint): string {
  if (verdict.kind === 'intact') {
    return `${paint('green', 'Intact:')} ${verdict.records} records, each following the one before it; the newest is ${verdict.head}.\n`
  }
  return `${paint('red', 'Broken')} at record ${verdict.sequence}: ${visible(verdict.reason)}\n`
}
