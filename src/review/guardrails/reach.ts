import { isEmpty } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { effectsOf } from '../../access/effects.ts'
import { principal, type Principal } from '../../model/effect.ts'
import type { Address } from '../../model/address.ts'
import type { OperationSelection } from '../../model/manifest.gen.ts'
import { counted } from './cells.ts'
import { isAmong, peopleOf, withGroups, type People } from './people.ts'
import type { Parameters, Side } from './scene.ts'
import { selectBits } from './select.ts'
import { allIdpGroups, directoryOver, subjectsOf, whoOf, type Subject } from './subjects.ts'

/** Who can call any of some operations on any of some integrations of one state; each with the first integration. */
export interface Reach {
  /** People known by name. */
  readonly people: ReadonlyMap<string, Address>
  readonly companies: ReadonlyMap<string, Address>
  readonly idpGroups: ReadonlyMap<string, Address>
  /**
   * For each integration that groups of the identity provider reach: the people known by name who would not reach it
   * even as their members, because something denies it to them by name.
   */
  readonly open: readonly { readonly integration: Address; readonly kept: ReadonlySet<string> }[]
}

/** What is asked for: some operations of some integrations. */
export interface Duty {
  readonly integrations: readonly Address[]
  readonly select: OperationSelection | undefined
  readonly effect: Parameters['effect']
  /** Only these people count; everybody where absent. */
  readonly who?: Parameters['who']
}

const NOBODY: Reach = { people: new Map(), companies: new Map(), idpGroups: new Map(), open: [] }

/** Finds who reaches an operation, by the same decisions as everything else. */
export function reachOf(side: Side, duty: Duty): Reach {
  const all = duty.integrations.flatMap(address => side.compiled(address) ?? [])
  const [first] = all
  if (first === undefined) return NOBODY
  const people = peopleOf(duty.who, first.groups)
  const named = people === undefined ? [] : [people.audience]
  const directory = directoryOver(all.map((compiled, index) => ({ compiled, named: index === 0 ? named : [] })))
  const reached = { people: new Map<string, Address>(), companies: new Map(), idpGroups: new Map(), open: [] as Open[] }
  for (const compiled of all)
    addReach(reached, { compiled, duty, people }, subjectsOf([{ compiled, named }], directory))
  return reached
}

type Open = Reach['open'][number]

interface Reached {
  readonly people: Map<string, Address>
  readonly companies: Map<string, Address>
  readonly idpGroups: Map<string, Address>
  readonly open: Open[]
}

interface Asked {
  readonly compiled: CompiledAccess
  readonly duty: Duty
  readonly people: People | undefined
}

function addReach(reached: Reached, asked: Asked, subjects: readonly Subject[]): void {
  const { compiled } = asked
  const { address } = compiled.integration
  const allGroups = allIdpGroups(compiled)
  const kept: string[] = []
  let isOpen = false
  for (const subject of subjects) {
    const reaches = canReach(asked, subject.person)
    if (reaches) addAll(reached, subject, address)
    isOpen ||= reaches && subject.kind === 'idpGroup'
    if (subject.kind === 'people' && !reaches && !canReach(asked, withGroups(subject.person, allGroups))) {
      kept.push(...namesIn(subject))
    }
  }
  if (isOpen) reached.open.push({ integration: address, kept: new Set(kept) })
}

function addAll(reached: Reached, subject: Subject, address: Address): void {
  if (subject.kind === 'company') return add(reached.companies, subject.name, address)
  if (subject.kind === 'idpGroup') return add(reached.idpGroups, subject.name, address)
  for (const name of namesIn(subject)) add(reached.people, name, address)
}

function namesIn(subject: Subject): readonly string[] {
  const who = whoOf(subject)
  return who.kind === 'people' ? who.people : []
}

function add(map: Map<string, Address>, name: string, address: Address): void {
  if (!map.has(name)) map.set(name, address)
}

function canReach({ compiled, duty, people }: Asked, person: Principal): boolean {
  if (!isAmong(people, person)) return false
  const selected = selectBits(compiled.operations, duty.select)
  const [widest] = counted(effectsOf(compiled, person), selected, duty.effect)
  return !isEmpty(widest!)
}

/** The integration on which somebody known by name certainly reaches an operation. */
export function reachedBy({ people, companies }: Reach, person: string): Address | undefined {
  const { company } = principal(person)
  return people.get(person) ?? (company === undefined ? undefined : companies.get(company))
}

/** The integration on which somebody known by name would reach an operation as a member of some groups. */
export function mightBeReachedBy(reach: Reach, person: string): Address | undefined {
  return reachedBy(reach, person) ?? reach.open.find(({ kept }) => !kept.has(person))?.integration
}
