import type { Address } from '../model/address.ts'
import { digestOf } from '../model/digest.ts'
import type { Resource } from '../model/state.ts'
import { fromJson, type SqlSession } from './sql.ts'

const PAGE = 1000

interface LoggedRow {
  readonly address: Address
  readonly body: string | null
  readonly owner: string | null
  readonly sequence: number | null
  readonly action: string | null
  readonly after_digest: string | null
  readonly logged_owner: string | null
}

/** Which record the rows contradict, and how. */
export interface RowFault {
  readonly sequence: number
  readonly reason: string
}

/**
 * Compares every row with the last record about it: a row that was edited, given to another owner, added or removed
 * without the program says something else than the log. Gives the first that does.
 */
export async function rowFault(session: SqlSession): Promise<RowFault | undefined> {
  for (let after = ''; ;) {
    const page = await session.query<LoggedRow>(LOGGED, [after, PAGE])
    for (const row of page) {
      const reason = reasonOf(row)
      if (reason !== undefined) return { sequence: row.sequence ?? 0, reason: `${row.address} ${reason}` }
    }
    const last = page.at(-1)
    if (last === undefined) return undefined
    after = last.address
  }
}

/** Every address that has a row or a record, with both. */
const LOGGED = `
  SELECT n.address, r.body, r.owner, a.sequence, a.action, a.after_digest, a.owner AS logged_owner
  FROM (
    SELECT address, MAX(sequence) AS sequence FROM (
      SELECT address, 0 AS sequence FROM tenon_resources
      UNION ALL SELECT address, sequence FROM tenon_audit WHERE address IS NOT NULL
    ) named WHERE address > $1 GROUP BY address ORDER BY address LIMIT $2
  ) n
  LEFT JOIN tenon_resources r ON r.address = n.address
  LEFT JOIN tenon_audit a ON a.sequence = n.sequence AND n.sequence > 0
  ORDER BY n.address`

function reasonOf({ body, owner, action, after_digest, logged_owner }: LoggedRow): string | undefined {
  if (action === null) return 'is in the store without any record of it'
  if (action === 'delete') return body === null ? undefined : 'is in the store although its deletion is recorded'
  if (body === null) return 'is gone from the store without any record of it'
  const { labels, annotations, spec } = fromJson<Pick<Resource, 'labels' | 'annotations' | 'spec'>>(body)
  if (digestOf({ labels, annotations, spec }) !== after_digest)
    return 'is not what was last recorded: somebody changed its row'
  const recorded = action === 'orphan' ? null : logged_owner
  return owner === recorded
    ? undefined
    : `belongs to ${owner ?? 'nobody'}, and ${recorded ?? 'nobody'} is recorded as its owner`
}
