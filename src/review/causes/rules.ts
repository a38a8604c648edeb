import type { Bits } from '../../access/bits.ts'
import type { Rule } from '../../access/rule.ts'
import type { SideName } from '../../model/finding.ts'
import type { Operation } from '../../model/operation.ts'
import type { Subject } from './subject.ts'

/** The rules of an integration over one table, as it was and as it is, and what each permission selects of it. */
interface Rules {
  readonly rules: Readonly<Record<SideName, readonly Rule[]>>
  readonly columns: readonly Column[]
}

type Column = readonly [Bits | undefined, Bits | undefined]
const books = new WeakMap<Subject, Map<readonly Operation[], Rules>>()

/** Both made when they are first asked for. */
export function rulesOf(subject: Subject, table: readonly Operation[]): Rules {
  const tables = books.get(subject) ?? new Map<readonly Operation[], Rules>()
  books.set(subject, tables)
  let made = tables.get(table)
  if (made === undefined) {
    const { whole, permissions } = subject.slots
    const on = (side: SideName): readonly Rule[] => {
      const integration = whole[side] ?? whole.after ?? whole.before
      return integration === undefined ? [] : subject.rules(integration, table)
    }
    const rules = { before: on('before'), after: on('after') }
    const selected = permissions.map(
      ({ was, is }) => [rules.before[was ?? -1]?.operations, rules.after[is ?? -1]?.operations] as const,
    )
    tables.set(table, (made = { rules, columns: selected }))
  }
  return made
}

/** What each permission selects of a table, as it was and as it is. */
export function columns(subject: Subject, table: readonly Operation[]): readonly Column[] {
  return rulesOf(subject, table).columns
}
