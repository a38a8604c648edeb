import type { Address } from '../../../model/address.ts'
import type { ResourceOf } from '../../../model/state.ts'
import { nameIn } from '../../describe.ts'
import {
  accessFindings,
  breachFingerprint,
  lineOfFindings,
  lineOfResource,
  type Breach,
  type Outcome,
} from '../breach.ts'
import { isAbout } from '../match.ts'
import { countReaching, mightBeReachedBy, reachedBy, reachIn, type Duty, type Reach } from '../reach.ts'
import {
  affectedIn,
  allMatched,
  isAboutEver,
  matchedByItself,
  SIDES,
  type Parameters,
  type Scope,
  type Side,
} from '../scene.ts'
import { listText } from '../subjects.ts'

/** Somebody, or people nobody here can count, with what they reach; the key says the same of the same. */
interface Offender {
  readonly key: string
  readonly name: string
  readonly integrations: readonly Address[]
}

const UNTOUCHED: Outcome = { before: 'holds', breaches: [] }

/** Nobody can call operations of both duties. */
export function separationOfDuties(scope: Scope): Outcome {
  const { one = {}, other = {}, effect, ignoreUnknownMembers } = scope.parameters
  const dutiesOn = (side: Side): readonly Duty[] =>
    [one, other].map(duty => ({
      integrations: addressesOf(scope, side, duty),
      select: duty.select,
      effect,
      who: undefined,
    }))
  const reach = reachOn(scope, dutiesOn)
  if (reach === undefined) return UNTOUCHED
  const offenders = SIDES.map(side => bothOf(reach[side][0]!, reach[side][1]!, ignoreUnknownMembers === true))
  return judged(scope, offenders, 'can do both: call what `one` selects, and what `other` selects')
}

type DutySpec = NonNullable<Parameters['one']>

function addressesOf(scope: Scope, side: Side, duty: DutySpec): readonly Address[] {
  return allMatched(scope, side)
    .filter(integration => (side.name === 'after' ? isAboutEver(scope, duty, integration) : isAbout(duty, integration)))
    .map(({ address }) => address)
}

/** What both states reach, if the change may touch it. */
function reachOn(scope: Scope, dutiesOn: (side: Side) => readonly Duty[]): ReturnType<typeof reachIn> | undefined {
  const { before, after } = scope.scene
  const duties = { before: dutiesOn(before), after: dutiesOn(after) }
  const affected = new Set(affectedIn(scope))
  const isTouched = [...duties.before, ...duties.after].some(({ integrations }) =>
    integrations.some(address => affected.has(address)),
  )
  if (!isTouched) return undefined
  return reachIn({ before, after, isSame: address => !affected.has(address) }, duties)
}

/** Everybody who certainly reaches both, and, unless that is ignored, everybody who might. */
function bothOf(a: Reach, b: Reach, isIgnored: boolean): readonly Offender[] {
  const certain: Offender[] = []
  const perhaps: Offender[] = []
  for (const [number, name] of a.directory.people.entries()) {
    if (a.people[number]! < 0 && b.people[number]! < 0) continue
    const [found] = offender(name, name, [reachedBy(a, number), reachedBy(b, number)])
    if (found !== undefined) certain.push(found)
    else if (!isIgnored) perhaps.push(...mightDoBoth(a, b, number))
  }
  const open = OPEN_SETS.flatMap(({ kind, words }) =>
    Array.from(a[kind], ([name, address]) =>
      offender(`${kind} ${name}`, `${words} ${name}`, [address, b[kind].get(name)]),
    ).flat(),
  )
  return [...certain, ...open, ...perhaps, ...(isIgnored ? [] : inSeveral(a, b))]
}

const OPEN_SETS = [
  { kind: 'companies', words: 'everyone at' },
  { kind: 'idpGroups', words: 'members of identity provider group' },
] as const

function offender(key: string, name: string, [first, second]: readonly (Address | undefined)[]): readonly Offender[] {
  if (first === undefined || second === undefined) return []
  return [{ key, name, integrations: [...new Set([first, second])] }]
}

/** Who is in the identity provider's groups is unknown, so that anybody may be. */
function mightDoBoth(a: Reach, b: Reach, person: number): readonly Offender[] {
  const name = `${a.directory.people[person]!} (as a member of identity provider groups)`
  return offender(`perhaps ${name}`, name, [mightBeReachedBy(a, person), mightBeReachedBy(b, person)])
}

/** And somebody may be in several of them, or of a company. */
function inSeveral(a: Reach, b: Reach): readonly Offender[] {
  const groups = pairs(a.idpGroups, b.idpGroups).filter(([name, other]) => name !== other)
  const all = [...groups, ...pairs(a.idpGroups, b.companies), ...pairs(a.companies, b.idpGroups)]
  return all.flatMap(([one, other, reached]) => {
    const name = `whoever is in both ${[one, other].toSorted().join(' and ')}`
    return offender(`perhaps ${name}`, name, reached)
  })
}

type Pair = readonly [string, string, readonly Address[]]

function pairs(a: ReadonlyMap<string, Address>, b: ReadonlyMap<string, Address>): readonly Pair[] {
  return Array.from(a, ([name, first]) =>
    Array.from(b, ([other, second]): Pair => [name, other, [first, second]]),
  ).flat()
}

function judged(scope: Scope, [before = [], after = []]: readonly (readonly Offender[])[], verb: string): Outcome {
  const earlier = new Set(before.map(({ key }) => key))
  const { fresh = [], old = [] } = Object.groupBy(after, ({ key }) => (earlier.has(key) ? 'old' : 'fresh'))
  return {
    before: before.length > 0 ? 'broken' : 'holds',
    breaches: [
      ...(fresh.length > 0 ? [freshBreach(scope, fresh, verb)] : []),
      ...(old.length > 0 ? [oldBreach(scope, old)] : []),
    ],
  }
}

function freshBreach(scope: Scope, offenders: readonly Offender[], verb: string): Breach {
  const first = offenders[0]!
  const integrations = integrationsOf(offenders)
  const findings = findingsOn(scope, integrations, 'widens')
  const names = offenders.map(({ name }) => name)
  return {
    isNew: true,
    message: `${listText(names, 'person', 'people')} ${verb}`,
    findings: findings.map(({ id }) => id),
    integrations,
    witness: `${first.name} → ${first.integrations.map(nameIn).join(' and ')}`,
    fingerprint: fingerprintOf(scope, offenders),
    line: lineOfFindings(findings) ?? lineOfResource(scope.scene, first.integrations[0]!),
  }
}

function oldBreach(scope: Scope, offenders: readonly Offender[]): Breach {
  return {
    isNew: false,
    integrations: integrationsOf(offenders),
    fingerprint: () => fingerprintOf(scope, offenders),
  }
}

function integrationsOf(offenders: readonly Offender[]): readonly Address[] {
  return [...new Set(offenders.flatMap(({ integrations }) => integrations))].toSorted()
}

function fingerprintOf({ guardrail }: Scope, offenders: readonly Offender[]): string {
  return breachFingerprint(guardrail, { offenders: offenders.map(({ key }) => key).toSorted() })
}

/** What widens, or narrows, on some of these integrations. */
function findingsOn(
  { scene }: Scope,
  integrations: readonly Address[],
  wanted: 'widens' | 'narrows',
): ReturnType<typeof accessFindings> {
  const found = integrations.flatMap(address => accessFindings(scene, address))
  return [...new Set(found)].filter(({ direction }) => direction === wanted)
}

/** At most so many people can call any of the operations. */
export function atMost(scope: Scope): Outcome {
  const { max = 0, ignoreUnknownMembers } = scope.parameters
  const sides = countable(scope)
  if (sides === undefined) return UNTOUCHED
  const [before, after] = sides.map(reach => {
    const open = ignoreUnknownMembers === true ? [] : openSetsOf(reach)
    return countReaching(reach) > max || open.length > 0 ? open.concat(peopleOf(reach)) : []
  })
  const isUncounted = after!.some(({ key }) => OPEN_SETS.some(({ kind }) => key.startsWith(`${kind} `)))
  const uncounted = isUncounted
    ? ' (how many people a company or a group of the identity provider has is unknown here)'
    : ''
  return judged(scope, [before!, after!], `can call one of the operations, and at most ${max} may${uncounted}`)
}

function peopleOf({ people, directory, integrations }: Reach): readonly Offender[] {
  return directory.people.flatMap((name, number) => {
    const at = people[number]!
    return at < 0 ? [] : [{ key: name, name, integrations: [integrations[at]!] }]
  })
}

function openSetsOf(reach: Reach): readonly Offender[] {
  return OPEN_SETS.flatMap(({ kind, words }) =>
    Array.from(reach[kind], ([name, address]) => ({
      key: `${kind} ${name}`,
      name: `${words} ${name}`,
      integrations: [address],
    })),
  )
}

function countable(
  scope: Scope,
  counts: (integration: ResourceOf<'integration'>, side: Side) => boolean = () => true,
): readonly Reach[] | undefined {
  const { select, effect, who } = scope.parameters
  const reach = reachOn(scope, side => {
    const counted = allMatched(scope, side).filter(integration => counts(integration, side))
    return [{ integrations: counted.map(({ address }) => address), select, effect, who }]
  })
  return reach && SIDES.map(side => reach[side][0]!)
}

/** At least so many people known by name can call one of the operations. */
export function atLeast(scope: Scope): Outcome {
  const { min = 1 } = scope.parameters
  const sides = countable(scope, ({ address }, side) => matchedByItself(scope, side, address) !== undefined)
  if (sides === undefined) return UNTOUCHED
  const [before, after] = sides.map(peopleOf)
  // Where there was nothing to call yet, nobody was missing.
  const isBrokenBefore = sides[0]!.integrations.length > 0 && before!.length < min
  const status = isBrokenBefore ? 'broken' : 'holds'
  if (after!.length >= min) return { before: status, breaches: [] }
  const isNew = !isBrokenBefore || after!.length < before!.length
  return { before: status, breaches: [missing(scope, { before: before!, after: after!, isNew, min })] }
}

interface Missing {
  readonly before: readonly Offender[]
  readonly after: readonly Offender[]
  readonly isNew: boolean
  readonly min: number
}

function missing(scope: Scope, { before, after, isNew, min }: Missing): Breach {
  const left = new Set(after.map(({ name }) => name))
  const lost = before.filter(({ name }) => !left.has(name))
  const integrations = integrationsOf(lost)
  const fingerprint = breachFingerprint(scope.guardrail, { left: [...left].toSorted() })
  if (!isNew) return { isNew, integrations, fingerprint: () => fingerprint }
  const findings = findingsOn(scope, integrations, 'narrows')
  const who = left.size === 0 ? 'nobody' : listText([...left], 'person', 'people')
  const [first] = lost
  return {
    isNew,
    message: `${who} can call one of the operations, and at least ${min} have to`,
    findings: findings.map(({ id }) => id),
    integrations,
    witness: first && `${first.name} no longer can, on ${first.integrations.map(nameIn).join(' and ')}`,
    fingerprint,
    line: lineOfFindings(findings) ?? (integrations[0] && lineOfResource(scope.scene, integrations[0])),
  }
}
