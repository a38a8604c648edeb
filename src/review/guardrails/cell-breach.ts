import { byCodeUnit } from '../../access/order.ts'
import { addBits, bitsOf, hasBit, noBits, numbersIn, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { operationsIn, renumber } from '../../access/table.ts'
import type { Effect } from '../../model/effect.ts'
import type { AccessFinding, ReviewedOperation, SideName } from '../../model/finding.ts'
import { nameIn, operationsPhrase } from '../describe.ts'
import { operationFacts } from '../fingerprint.ts'
import { accessFindings, breachFingerprint, lineOfFindings, lineOfResource, type Breach } from './breach.ts'
import type { Cells, Compared } from './cells.ts'
import { withGroups } from './people.ts'
import { SIDES } from './scene.ts'
import { standing } from './standing.ts'
import { allIdpGroups, listText, nameOf, subjectFacts, subjectsText, type Subject } from './subjects.ts'

/** What a change breaks on one integration. */
export function freshBreach(compared: Compared, cells: readonly Cells[]): Breach {
  const { scope, address, table, rule } = compared
  const operations = operationsIn(unionOf(cells, table.size), table)
  const findings = findingsOf(compared, cells, operations)
  const people = peopleIn(cells, scope.scene.after.compiled(address))
  return {
    isNew: true,
    message: `${people} can call ${operationsPhrase(operations, rule.condition)} on ${nameIn(address)}`,
    findings: findings.map(({ id }) => id),
    integrations: [address],
    witness: witnessOf(compared, cells),
    fingerprint: fingerprintOf(compared, cells),
    line: lineOfFindings(findings) ?? lineOfResource(scope.scene, address, ['spec', 'permissions']),
  }
}

/** What was broken before as it is now. */
export function oldBreach(compared: Compared, cells: readonly Cells[]): Breach {
  return { isNew: false, integrations: [compared.address], fingerprint: () => fingerprintOf(compared, cells) }
}

function unionOf(cells: readonly Cells[], size: number): Bits {
  const all = noBits(size)
  for (const { operations } of cells) addBits(all, operations)
  return all
}

/** By whole sets of people for the same operations, however they were divided to find them. */
function fingerprintOf({ scope, address, table }: Compared, cells: readonly Cells[]): string {
  const byOperations = Map.groupBy(cells, ({ operations }) => operationFacts(operationsIn(operations, table)))
  const facts = Array.from(byOperations, ([operations, same]) => {
    return `${operations} ${subjectFacts(same.flatMap(({ subjects }) => subjects))}`
  })
  return breachFingerprint(scope.guardrail, { address, cells: facts.toSorted() })
}

/** Who is meant; those for whom it depends on groups of the identity provider with these. */
function peopleIn(cells: readonly Cells[], compiled: CompiledAccess | undefined): string {
  const subjects = (isPerhaps: boolean): readonly Subject[] =>
    cells.flatMap(each => (each.isPerhaps === isPerhaps ? each.subjects : []))
  const [certain, perhaps] = [subjectsText(subjects(false)), subjectsText(subjects(true))]
  if (perhaps === '' || compiled === undefined) return certain
  const texts = [certain, `${perhaps} (perhaps, since who is in ${groupsText(compiled)} is unknown here)`]
  return texts.filter(text => text !== '').join(', and ')
}

function groupsText(compiled: CompiledAccess): string {
  const names = allIdpGroups(compiled)
  return names.length === 0 ? 'groups of the identity provider' : `identity provider group ${listText(names, 'group')}`
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
      finding.operations.some(({ key }) => keys.has(key)) &&
      cells.some(({ subjects }) => subjects.some(subject => isIn(subject, finding))),
  )
}

function isIn(subject: Subject, { who }: AccessFinding): boolean {
  if (subject.kind !== 'people') return who.kind === subject.kind && who.name === subject.name
  // Whoever is in a class takes the same step, so that any of them stands for all.
  return who.kind === 'people' && setOf(who.people).has(subject.person.id)
}

const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

function setOf(people: readonly string[]): ReadonlySet<string> {
  let set = sets.get(people)
  if (set === undefined) sets.set(people, (set = new Set(people)))
  return set
}

/** The smallest proof: the first person and the first operation, with their effects on both sides. */
function witnessOf(compared: Compared, cells: readonly Cells[]): string | undefined {
  const all = cells.flatMap(({ subjects, ...rest }) => subjects.map(subject => Object.assign({ subject }, rest)))
  const [first] = all.toSorted(
    (a, b) =>
      Number(a.isPerhaps) - Number(b.isPerhaps) ||
      Number(b.subject.kind === 'people') - Number(a.subject.kind === 'people') ||
      byCodeUnit(nameOf(a.subject), nameOf(b.subject)),
  )
  const position = first === undefined ? undefined : numbersIn(first.operations)[0]
  if (first === undefined || position === undefined) return undefined
  const [{ key }] = operationsIn(bitsOf([position], compared.table.size), compared.table) as [ReviewedOperation]
  const [before, after] = SIDES.map(side => effectOn(compared, side, { ...first, position }))
  const perhaps = first.isPerhaps ? ', in every group of the identity provider' : ''
  return `${nameOf(first.subject)} → ${key} on ${nameIn(compared.address)}: ${before} → ${after}${perhaps}`
}

interface Cell {
  readonly subject: Subject
  readonly isPerhaps: boolean
  readonly position: number
}

function effectOn({ scope, address, table }: Compared, side: SideName, { subject, isPerhaps, position }: Cell): Effect {
  const compiled = scope.scene[side].compiled(address)
  if (compiled === undefined) return 'deny'
  const person = isPerhaps ? withGroups(subject.person, allIdpGroups(compiled)) : subject.person
  const { allow, confirm } = standing().effects(compiled, person)
  const positions = side === 'before' ? table.fromBefore : undefined
  const has = (bits: Bits): boolean => hasBit(renumber(bits, positions, table.size), position)
  if (has(allow)) return 'allow'
  return has(confirm) ? 'confirm' : 'deny'
}
