import { addBits, bothBits, isEmpty, noBits, withoutBits, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import type { Effects } from '../../access/effects.ts'
import { tableOf } from '../../access/compare.ts'
import { renumber, type JointTable } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import type { GuardrailPeople } from '../../model/manifest.gen.ts'
import type { SideName } from '../../model/finding.ts'
import type { Breach, Outcome } from './breach.ts'
import { freshBreach, oldBreach } from './cell-breach.ts'
import { directoryFor } from './directories.ts'
import { peopleOf, type People } from './people.ts'
import { affectedIn, matchedAccess, SIDES, type Scope } from './scene.ts'
import { nothing, standing, type Standing } from './standing.ts'
import { subjectsOf, type Subject } from './subjects.ts'

/** One integration on one side, as a rule about cells looks at it. */
export interface Looked {
  readonly side: SideName
  readonly compiled: CompiledAccess
  /** The people that the rule names, in the order in which it names them. */
  readonly people: readonly (People | undefined)[]
  readonly standing: Standing
  /** What somebody may do who may do nothing. */
  readonly nothing: Effects
  /** What was found out once for it, by keys of the rule's own. */
  readonly memory: Map<string, readonly Bits[]>
}

/** A rule about cells: in each of them somebody can do too much, or not. */
export interface CellRule {
  /** The people that it names. */
  readonly people: readonly (GuardrailPeople | undefined)[]
  /**
   * What goes too far for somebody, in sets over the operations, each with its own degree of too far: what is in a set
   * after the change and was not in the same set before is newly broken. The same sets for people who stand alike.
   */
  readonly beyond: (looked: Looked, subject: Subject) => readonly Bits[]
  /** How many of the sets hold for certain, where the others hold only if somebody is in groups that nobody here knows. */
  readonly certain?: number
  /** Under which condition they can call the operations, such as ` without confirmation`. */
  readonly condition: string
}

/** People with operations, numbered as in the table of both sides, on which they go too far. */
export interface Cells {
  readonly subjects: readonly Subject[]
  readonly operations: Bits
  /** Only if they are in groups of the identity provider. */
  readonly isPerhaps: boolean
}

/** One integration, judged by a rule about cells. */
export interface Compared {
  readonly scope: Scope
  readonly rule: CellRule
  readonly address: Address
  readonly table: JointTable
}

/** Judges a rule about cells over every affected integration. */
export function judgeCells(scope: Scope, rule: CellRule): Outcome {
  let isBrokenBefore = false
  const breaches: Breach[] = []
  for (const address of affectedIn(scope)) {
    const found = compareCells(scope, rule, address)
    if (found === undefined) continue
    const { compared, fresh, old } = found
    isBrokenBefore ||= found.isBrokenBefore
    if (fresh.length > 0) breaches.push(freshBreach(compared, fresh))
    if (old.length > 0) breaches.push(oldBreach(compared, old))
  }
  return { before: isBrokenBefore ? 'broken' : 'holds', breaches }
}

interface Found {
  readonly compared: Compared
  readonly isBrokenBefore: boolean
  readonly fresh: readonly Cells[]
  readonly old: readonly Cells[]
}

function compareCells(scope: Scope, rule: CellRule, address: Address): Found | undefined {
  const shared = standing()
  const looked = SIDES.flatMap(side => look(scope, rule, { side, address, shared }) ?? [])
  if (looked.length === 0) return undefined
  const [before, after] = SIDES.map(side => looked.find(each => each.side === side))
  const table = tableOf(before?.compiled, after?.compiled)
  const fresh: Cells[] = []
  const old: Cells[] = []
  let isBrokenBefore = false
  for (const { was, is, subjects } of alike({ scope, rule, looked, before, after, idOf: shared.idOf })) {
    const earlier = was.map(bits => renumber(bits, table.fromBefore, table.size))
    isBrokenBefore ||= earlier.some(bits => !isEmpty(bits))
    const divided = divide(earlier, is, table.size)
    const certain = rule.certain === undefined ? is : is.slice(0, rule.certain)
    const add = (list: Cells[], operations: Bits): void => {
      if (isEmpty(operations)) return
      list.push({ subjects, operations, isPerhaps: certain.every(bits => isEmpty(bothBits(bits, operations))) })
    }
    add(fresh, divided.fresh)
    add(old, divided.old)
  }
  return { compared: { scope, rule, address, table }, isBrokenBefore, fresh, old }
}

function look(
  scope: Scope,
  rule: CellRule,
  { side, address, shared }: { readonly side: SideName; readonly address: Address; readonly shared: Standing },
): Looked | undefined {
  const compiled = matchedAccess(scope, scope.scene[side], address)
  if (compiled === undefined) return undefined
  const people = rule.people.map(named => peopleOf(named, compiled.groups))
  return { side, compiled, people, standing: shared, nothing: nothing(compiled), memory: new Map() }
}

interface Comparing {
  readonly scope: Scope
  readonly rule: CellRule
  readonly looked: readonly Looked[]
  readonly before: Looked | undefined
  readonly after: Looked | undefined
  readonly idOf: Standing['idOf']
}

/** Subjects for whom the same goes too far, on both sides. */
interface Alike {
  readonly was: readonly Bits[]
  readonly is: readonly Bits[]
  readonly subjects: Subject[]
}

const NONE: readonly Bits[] = []

function alike({ scope, rule, looked, before, after, idOf }: Comparing): readonly Alike[] {
  const seen = looked.map(({ compiled, people }) => ({
    compiled,
    named: people.flatMap(each => (each === undefined ? [] : [each.audience])),
  }))
  const groups = new Map<string, Alike>()
  for (const subject of subjectsOf(seen, directoryFor(scope))) {
    const was = before === undefined ? NONE : rule.beyond(before, subject)
    const is = after === undefined ? NONE : rule.beyond(after, subject)
    const key = `${was.map(idOf).join(',')} ${is.map(idOf).join(',')}`
    const same = groups.get(key)
    if (same === undefined) groups.set(key, { was, is, subjects: [subject] })
    else same.subjects.push(subject)
  }
  return [...groups.values()]
}

/** What is broken newly, in any degree, and what was broken as much before. */
function divide(was: readonly Bits[], is: readonly Bits[], size: number): { readonly fresh: Bits; readonly old: Bits } {
  const fresh = noBits(size)
  const all = noBits(size)
  for (const [degree, bits] of is.entries()) {
    addBits(all, bits)
    const earlier = was[degree]
    addBits(fresh, earlier === undefined ? bits : withoutBits(bits, earlier))
  }
  return { fresh, old: withoutBits(all, fresh) }
}
