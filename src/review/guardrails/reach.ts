import { isEmpty } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import type { Directory } from '../../access/directory.ts'
import { principal, type Principal } from '../../model/effect.ts'
import type { Address } from '../../model/address.ts'
import type { SideName } from '../../model/finding.ts'
import type { GuardrailPeople, OperationSelection } from '../../model/manifest.gen.ts'
import { isAmong, peopleOf, withGroups, type People } from './people.ts'
import type { Side } from './scene.ts'
import { selectBits } from './select.ts'
import { standing, type Least, type Standing } from './standing.ts'
import { allIdpGroups, directoryOver, subjectsOf, type Subject } from './subjects.ts'

/** Who can call any of some operations on any of some integrations of one state; each with the first integration. */
export interface Reach {
  readonly directory: Directory
  readonly integrations: readonly Address[]
  /** By the numbers of people known by name: the number of the integration; -1 for those who reach none. */
  readonly people: Int32Array
  readonly companies: ReadonlyMap<string, Address>
  readonly idpGroups: ReadonlyMap<string, Address>
  /**
   * For each integration that groups of the identity provider reach: the people known by name who would not reach it
   * even as their members, because something denies it to them by name.
   */
  readonly open: readonly { readonly integration: Address; readonly kept: ReadonlySet<number> }[]
}

/** What is asked for: some operations of some integrations. */
export interface Duty {
  readonly integrations: readonly Address[]
  readonly select: OperationSelection | undefined
  readonly effect: Least | undefined
  /** Only these people count; everybody where absent. */
  readonly who: GuardrailPeople | undefined
}

/** Two states, and the integrations that are the same in both. */
export interface States {
  readonly before: Side
  readonly after: Side
  readonly isSame: (integration: Address) => boolean
}

/**
 * Finds who reaches the operations of each duty, in both states, by the same decisions as everything else. People have the
 * same numbers everywhere, and integrations that are the same in both states are looked at once.
 */
export function reachIn(
  states: States,
  duties: Readonly<Record<SideName, readonly Duty[]>>,
): Readonly<Record<SideName, readonly Reach[]>> {
  const once = new Map<Address, CompiledAccess | undefined>()
  const compiled = (side: SideName, address: Address): CompiledAccess | undefined => {
    if (!states.isSame(address)) return states[side].compiled(address)
    if (!once.has(address)) once.set(address, states.after.compiled(address))
    return once.get(address)
  }
  const asked = (side: SideName): readonly Asked[] => duties[side].map(duty => askedOf(duty, at => compiled(side, at)))
  const [before, after] = [asked('before'), asked('after')]
  const named = new Map([...before, ...after].flatMap(({ all, named: also }) => all.map(each => [each, also] as const)))
  const directory = directoryOver(Array.from(named, ([access, also]) => ({ compiled: access, named: also })))
  const found = duties.after.map(() => new Map<CompiledAccess, Contribution>())
  const reach = (all: readonly Asked[]): readonly Reach[] =>
    all.map((each, index) => reachOf(each, directory, each.people === undefined ? found[index]! : new Map()))
  return { before: reach(before), after: reach(after) }
}

interface Asked {
  readonly duty: Duty
  readonly all: readonly CompiledAccess[]
  readonly people: People | undefined
  readonly named: readonly People['audience'][]
}

function askedOf(duty: Duty, compiled: (address: Address) => CompiledAccess | undefined): Asked {
  const all = duty.integrations.flatMap(address => compiled(address) ?? [])
  const people = all[0] && peopleOf(duty.who, all[0].groups)
  return { duty, all, people, named: people === undefined ? [] : [people.audience] }
}

/** Who reaches an operation of one integration. */
interface Contribution {
  readonly reaching: readonly Subject[]
  /** Absent where no group of the identity provider reaches it. */
  readonly kept: ReadonlySet<number> | undefined
}

interface Growing extends Reach {
  readonly companies: Map<string, Address>
  readonly idpGroups: Map<string, Address>
  readonly open: { readonly integration: Address; readonly kept: ReadonlySet<number> }[]
}

function reachOf(asked: Asked, directory: Directory, found: Map<CompiledAccess, Contribution>): Reach {
  const reach: Growing = {
    directory,
    integrations: asked.all.map(({ integration }) => integration.address),
    people: new Int32Array(directory.people.length).fill(-1),
    companies: new Map(),
    idpGroups: new Map(),
    open: [],
  }
  for (const [number, compiled] of asked.all.entries()) {
    let contribution = found.get(compiled)
    if (contribution === undefined) found.set(compiled, (contribution = contributionOf(asked, compiled, directory)))
    const { reaching, kept } = contribution
    for (const subject of reaching) add(reach, subject, number)
    if (kept !== undefined) reach.open.push({ integration: reach.integrations[number]!, kept })
  }
  return reach
}

function contributionOf(asked: Asked, compiled: CompiledAccess, directory: Directory): Contribution {
  const subjects = subjectsOf([{ compiled, named: asked.named }], directory)
  const looked = { compiled, standing: standing() }
  const reaching = subjects.filter(({ person }) => canReach(asked, looked, person))
  const isOpen = reaching.some(({ kind }) => kind === 'idpGroup')
  return { reaching, kept: isOpen ? keptFrom(asked, looked, subjects) : undefined }
}

interface Looked {
  readonly compiled: CompiledAccess
  readonly standing: Standing
}

function canReach({ duty, people }: Asked, { compiled, standing: found }: Looked, person: Principal): boolean {
  if (!isAmong(people, person)) return false
  const selected = selectBits(compiled.operations, duty.select)
  return !isEmpty(found.counted(found.effects(compiled, person), selected, duty.effect)[0]!)
}

function add({ people, companies, idpGroups, integrations }: Growing, subject: Subject, number: number): void {
  if (subject.kind === 'people') {
    for (const person of subject.members) if (people[person]! < 0) people[person] = number
    return
  }
  const sets = subject.kind === 'company' ? companies : idpGroups
  if (!sets.has(subject.name)) sets.set(subject.name, integrations[number]!)
}

function keptFrom(asked: Asked, looked: Looked, subjects: readonly Subject[]): ReadonlySet<number> {
  const all = allIdpGroups(looked.compiled)
  const kept = new Set<number>()
  for (const subject of subjects) {
    if (subject.kind !== 'people' || canReach(asked, looked, withGroups(subject.person, all))) continue
    for (const person of subject.members) kept.add(person)
  }
  return kept
}

/** How many people known by name reach an operation. */
export function countReaching({ people }: Reach): number {
  let count = 0
  for (const number of people) if (number >= 0) count++
  return count
}

/** The integration on which somebody known by name certainly reaches an operation: by name, or as one of a company. */
export function reachedBy({ people, companies, integrations, directory }: Reach, person: number): Address | undefined {
  const number = people[person]!
  if (number >= 0) return integrations[number]
  if (companies.size === 0) return undefined
  const { company } = principal(directory.people[person]!)
  return company === undefined ? undefined : companies.get(company)
}

/** The integration on which somebody known by name would reach an operation as a member of some groups. */
export function mightBeReachedBy(reach: Reach, person: number): Address | undefined {
  return reachedBy(reach, person) ?? reach.open.find(({ kept }) => !kept.has(person))?.integration
}
