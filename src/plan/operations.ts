import type { Change } from '../model/plan.ts'
import type { OperationTable } from '../model/operation.ts'

type TableOf = (digest: string) => OperationTable | undefined

const SHOWN = 5

/** Says of every service whose document changed which operations came and went: a digest alone tells a reader nothing. */
export function withOperationReasons(changes: readonly Change[], table: TableOf): readonly Change[] {
  return changes.map(change => {
    if (change.action !== 'update' || !('operations' in change.before.spec) || !('operations' in change.after.spec))
      return change
    const [before, after] = [change.before.spec.operations, change.after.spec.operations].map(digest =>
      idsOf(table(digest)),
    )
    const reasons = [...named('added', after!, before!), ...named('removed', before!, after!)]
    return { ...change, reasons: [...change.reasons, ...reasons] }
  })
}

function idsOf(table: OperationTable | undefined): ReadonlySet<string> {
  return new Set(table?.operations.map(({ id }) => id))
}

function named(what: 'added' | 'removed', these: ReadonlySet<string>, those: ReadonlySet<string>): readonly string[] {
  const ids = [...these].filter(id => !those.has(id))
  if (ids.length === 0) return []
  const more = ids.length > SHOWN ? ` and ${ids.length - SHOWN} more` : ''
  return [
    `${ids.length} ${ids.length === 1 ? 'operation' : 'operations'} ${what}: ${ids.slice(0, SHOWN).join(', ')}${more}`,
  ]
}
