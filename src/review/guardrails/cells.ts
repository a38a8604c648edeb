import { addBits, bothBits, hasBit, isEmpty, noBits, numbersIn, withoutBits, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { effectsOf } from '../../access/effects.ts'
import { jointTable, operationsIn, renumber, type JointTable } from '../../access/table.ts'
import type { Address } from '../../model/address.ts'
import type { Effect } from '../../model/effect.ts'
import type { AccessFinding, ReviewedOperation, SideName } from '../../model/finding.ts'
import { nameIn, operationsPhrase } from '../describe.ts'
import { whoFacts, operationFacts } from '../fingerprint.ts'
import {
  accessFindings,
  breachFingerprint,
  lineOfFindings,
  lineOfResource,
  type Breach,
  type Outcome,
} from './breach.ts'
import { directoryFor } from './directories.ts'
import { peopleOf, withGroups, type People } from './people.ts'
import { affectedIn, matchedAccess, SIDES, type Scope } from './scene.ts'
import { allIdpGroups, nameOf, peopleText, subjectsOf, subjectsText, whoOf, type Subject } from './subjects.ts'

/** One integration on one side, as a rule about cells looks at it. */
export interface Looked {
  readonly side: SideName
  readonly compiled: CompiledAccess
  /** The people that the rule names, in the order in which it names them. */
  readonly people: readonly (People | undefined)[]
}

/** A rule about cells: in each of them somebody can do too much, or not. */
export interface CellRule {
  /** The people that it names. */
  readonly people: readonly Parameters<typeof peopleOf>[0][]
  /**
   * What goes too far for somebody, in sets over the operations, each with its own degree of too far: what is in a set
   * after the change and was not in the same set before is newly broken.
   */
  readonly beyond: (looked: Looked, subject: Subject) => readonly Bits[]
  /** How many of the sets hold for certain, where the others hold only if somebody is in groups that nobody here knows. */
  readonly certain?: number
  /** What somebody who is in the sets can do, such as `can call`. */
  readonly verb: string
}

/** Judges a rule about cells over every affected integration. */
export function judgeCells(scope: Scope, rule: CellRule): Outcome {
  let before = false
  const breaches: Breach[] = []
  for (const address of affectedIn(scope)) {
    const compared = compareCells(scope, rule, address)
    if (compared === undefined) continue
    before ||= compared.isBrokenBefore
    if (compared.fresh.length > 0) breaches.push(breachOf(compared, compared.fresh, true))
    if (compared.old.length > 0) breaches.push(breachOf(compared, compared.old, false))
  }
  return { before: before ? 'broken' : 'holds', breaches }
}

/** A subject with operations of the joint table. */
interface Cells {
  readonly subject: Subject
  readonly operations: Bits
  /** Only if they are in groups of the identity provider. */
  readonly isPerhaps: boolean
}

interface Compared {
  readonly scope: Scope
  readonly rule: CellRule
  readonly address: Address
  readonly table: JointTable
  readonly isBrokenBefore: boolean
  readonly fresh: readonly Cells[]
  readonly old: readonly Cells[]
}

function compareCells(scope: Scope, rule: CellRule, address: Address): Compared | undefined {
  const looked = SIDES.flatMap(side => look(scope, rule, { side, address }) ?? [])
  if (looked.length === 0) return undefined
  const [before, after] = SIDES.map(side => looked.find(each => each.side === side))
  const table = jointTable(before?.compiled.operations, after?.compiled.operations)
  const seen = looked.map(({ compiled, people }) => ({
    compiled,
    named: people.flatMap(each => (each === undefined ? [] : [each.audience])),
  }))
  const fresh: Cells[] = []
  const old: Cells[] = []
  let isBrokenBefore = false
  for (const subject of subjectsOf(seen, directoryFor(scope))) {
    const was =
      before === undefined
        ? []
        : rule.beyond(before, subject).map(bits => renumber(bits, table.fromBefore, table.operations.length))
    const is = after === undefined ? [] : rule.beyond(after, subject)
    isBrokenBefore ||= was.some(bits => !isEmpty(bits))
    const found = divide(was, is, table.operations.length)
    const certain = rule.certain === undefined ? is : is.slice(0, rule.certain)
    for (const [operations, list] of [[found.fresh, fresh] as const, [found.old, old] as const]) {
      if (isEmpty(operations)) continue
      list.push({ subject, operations, isPerhaps: certain.every(bits => isEmpty(bothBits(bits, operations))) })
    }
  }
  return { scope, rule, address, table, isBrokenBefore, fresh, old }
}

function look(
  scope: Scope,
  rule: CellRule,
  { side, address }: { readonly side: SideName; readonly address: Address },
): Looked | undefined {
  const compiled = matchedAccess(scope, scope.scene[side], address)
  if (compiled === undefined) return undefined
  return { side, compiled, people: rule.people.map(named => peopleOf(named, compiled.groups)) }
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

function breachOf(compared: Compared, cells: readonly Cells[], isNew: boolean): Breach {
  const { scope, address, table, rule } = compared
  const all = cells.reduce((sum, { operations }) => union(sum, operations), noBits(table.operations.length))
  const operations = operationsIn(all, table)
  const findings = isNew ? findingsOf(compared, cells, operations) : []
  const people = peopleIn(cells, scope.scene.after.compiled(address))
  const facts = cells.map(
    each => `${whoFacts(whoOf(each.subject))} ${operationFacts(operationsIn(each.operations, table))}`,
  )
  return {
    isNew,
    message: `${people} ${rule.verb} ${operationsPhrase(operations)} on ${nameIn(address)}`,
    findings: findings.map(({ id }) => id),
    integrations: [address],
    witness: witnessOf(compared, cells),
    fingerprint: breachFingerprint(scope.guardrail, { address, cells: facts.toSorted() }),
    line: lineOfFindings(findings) ?? lineOfResource(scope.scene, address, ['spec', 'permissions']),
  }
}

/** Who is meant; those for whom it depends on groups of the identity provider with these. */
function peopleIn(cells: readonly Cells[], compiled: CompiledAccess | undefined): string {
  const certain = subjectsText(cells.filter(({ isPerhaps }) => !isPerhaps).map(({ subject }) => subject))
  const perhaps = subjectsText(cells.filter(({ isPerhaps }) => isPerhaps).map(({ subject }) => subject))
  if (perhaps === '' || compiled === undefined) return certain
  const texts = [certain, `${perhaps} (perhaps, since who is in ${groupsText(compiled)} is unknown here)`]
  return texts.filter(text => text !== '').join(', and ')
}

function groupsText(compiled: CompiledAccess): string {
  const names = allIdpGroups(compiled)
  return names.length === 0 ? 'groups of the identity provider' : `identity provider group ${peopleText(names)}`
}

function union(a: Bits, b: Bits): Bits {
  const sum = a.slice()
  addBits(sum, b)
  return sum
}

/** The findings that tell of some of these cells. */
function findingsOf(
  { scope, address }: Compared,
  cells: readonly Cells[],
  operations: readonly ReviewedOperation[],
): ReturnType<typeof accessFindings> {
  const keys = new Set(operations.map(({ key }) => key))
  return accessFindings(scope.scene, address).filter(
    finding =>
      finding.operations.some(({ key }) => keys.has(key)) && cells.some(({ subject }) => isIn(subject, finding)),
  )
}

function isIn(subject: Subject, { who }: AccessFinding): boolean {
  if (subject.kind !== 'people') return who.kind === subject.kind && who.name === subject.name
  // Whoever is in a class takes the same step, so that any of them stands for all.
  return who.kind === 'people' && who.people.includes(subject.person.id)
}

/** The smallest proof: the first person and the first operation, with their effects on both sides. */
function witnessOf(compared: Compared, cells: readonly Cells[]): string | undefined {
  const [first] = cells.toSorted(
    (a, b) =>
      Number(a.isPerhaps) - Number(b.isPerhaps) ||
      Number(b.subject.kind === 'people') - Number(a.subject.kind === 'people') ||
      byCodeUnit(nameOf(a.subject), nameOf(b.subject)),
  )
  const position = first === undefined ? undefined : numbersIn(first.operations)[0]
  if (first === undefined || position === undefined) return undefined
  const { key } = compared.table.operations[position]!
  const [before, after] = SIDES.map(side => effectOn(compared, side, { ...first, position }))
  const perhaps = first.isPerhaps ? ', in every group of the identity provider' : ''
  return `${nameOf(first.subject)} → ${key} on ${nameIn(compared.address)}: ${before} → ${after}${perhaps}`
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function effectOn(
  { scope, address, table }: Compared,
  side: SideName,
  { subject, isPerhaps, position }: Cells & { readonly position: number },
): Effect {
  const compiled = scope.scene[side].compiled(address)
  if (compiled === undefined) return 'deny'
  const person = isPerhaps ? withGroups(subject.person, allIdpGroups(compiled)) : subject.person
  const { allow, confirm } = effectsOf(compiled, person)
  const positions = side === 'before' ? table.fromBefore : undefined
  const has = (bits: Bits): boolean => hasBit(renumber(bits, positions, table.operations.length), position)
  if (has(allow)) return 'allow'
  return has(confirm) ? 'confirm' : 'deny'
}

/** What somebody can do among selected operations: anything, and what without being asked; or only the latter. */
export function counted(
  { allow, confirm }: { readonly allow: Bits; readonly confirm: Bits },
  selected: Bits,
  effect: 'confirm' | 'allow' = 'confirm',
): readonly Bits[] {
  const unasked = bothBits(allow, selected)
  return effect === 'allow' ? [unasked] : [bothBits(union(allow, confirm), selected), unasked]
}
