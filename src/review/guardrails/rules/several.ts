import type { Address } from '../../../model/address.ts'
import { nameIn } from '../../describe.ts'
import {
  breachFingerprint,
  lineOfFindings,
  accessFindings,
  lineOfResource,
  type Breach,
  type Outcome,
} from '../breach.ts'
import { isAbout } from '../match.ts'
import { peopleText } from '../subjects.ts'
import { mightBeReachedBy, reachedBy, reachOf, type Reach } from '../reach.ts'
import { affectedIn, allMatched, SIDES, type Parameters, type Scope, type Side } from '../scene.ts'

/** Somebody, or people nobody here can count, with what they reach; the key says the same of the same. */
interface Offender {
  readonly key: string
  readonly name: string
  readonly integrations: readonly Address[]
}

/** Nobody can call operations of both duties. */
export function separationOfDuties(scope: Scope): Outcome {
  const { one = {}, other = {}, effect, ignoreUnknownMembers } = scope.parameters
  const touched = SIDES.some(name => [one, other].some(duty => isTouched(scope, scope.scene[name], duty)))
  if (!touched) return { before: 'holds', breaches: [] }
  const offenders = SIDES.map(name => {
    const [a, b] = [one, other].map(duty => {
      const integrations = addressesOf(scope, scope.scene[name], duty)
      return reachOf(scope.scene[name], { integrations, select: duty.select, effect })
    })
    return bothOf(a!, b!, ignoreUnknownMembers === true)
  })
  return judged(scope, offenders, 'can do both: call what `one` selects, and what `other` selects')
}

type DutySpec = NonNullable<Parameters['one']>

function addressesOf(scope: Scope, side: Side, duty: DutySpec): readonly Address[] {
  return allMatched(scope, side)
    .filter(integration => isAbout(duty, integration))
    .map(({ address }) => address)
}

function isTouched(scope: Scope, side: Side, duty: DutySpec): boolean {
  const affected = new Set(affectedIn(scope))
  return addressesOf(scope, side, duty).some(address => affected.has(address))
}

/** Everybody who certainly reaches both, and, unless that is ignored, everybody who might. */
function bothOf(a: Reach, b: Reach, isIgnored: boolean): readonly Offender[] {
  const names = new Set([...a.people.keys(), ...b.people.keys()])
  const certain = [...names].toSorted().flatMap(name => offender('', name, [reachedBy(a, name), reachedBy(b, name)]))
  const open = OPEN_SETS.flatMap(({ kind, words }) =>
    [...a[kind]].flatMap(([name, address]) => offender(`${kind} `, `${words} ${name}`, [address, b[kind].get(name)])),
  )
  return isIgnored ? [...certain, ...open] : [...certain, ...open, ...possible(a, b, names)]
}

const OPEN_SETS = [
  { kind: 'companies', words: 'everyone at' },
  { kind: 'idpGroups', words: 'members of identity provider group' },
] as const

function offender(
  prefix: string,
  name: string,
  [first, second]: readonly (Address | undefined)[],
): readonly Offender[] {
  if (first === undefined || second === undefined) return []
  return [{ key: `${prefix}${name}`, name, integrations: [...new Set([first, second])] }]
}

/** Who is in the identity provider's groups is unknown, so that anybody may be, and in several. */
function possible(a: Reach, b: Reach, names: ReadonlySet<string>): readonly Offender[] {
  const people = [...names].toSorted().flatMap(name => {
    if (reachedBy(a, name) !== undefined && reachedBy(b, name) !== undefined) return []
    const reached = [mightBeReachedBy(a, name), mightBeReachedBy(b, name)]
    return offender('perhaps ', `${name} (as a member of identity provider groups)`, reached)
  })
  const groups = pairs(a.idpGroups, b.idpGroups).filter(([name, other]) => name !== other)
  const open = [...groups, ...pairs(a.idpGroups, b.companies), ...pairs(a.companies, b.idpGroups)]
  return [...people, ...open.flatMap(([name, other, reached]) => together(name, other, reached))]
}

function pairs(
  a: ReadonlyMap<string, Address>,
  b: ReadonlyMap<string, Address>,
): readonly (readonly [string, string, readonly Address[]])[] {
  return Array.from(a, ([name, first]) =>
    Array.from(b, ([other, second]) => [name, other, [first, second]] as const),
  ).flat()
}

function together(one: string, other: string, reached: readonly Address[]): readonly Offender[] {
  const [first, second] = [one, other].toSorted()
  return offender('perhaps ', `whoever is in both ${first} and ${second}`, reached)
}

function judged(scope: Scope, [before = [], after = []]: readonly (readonly Offender[])[], verb: string): Outcome {
  const earlier = new Set(before.map(({ key }) => key))
  const fresh = after.filter(({ key }) => !earlier.has(key))
  const old = after.filter(({ key }) => earlier.has(key))
  return {
    before: before.length > 0 ? 'broken' : 'holds',
    breaches: [...breachOf(scope, fresh, { isNew: true, verb }), ...breachOf(scope, old, { isNew: false, verb })],
  }
}

function breachOf(
  scope: Scope,
  offenders: readonly Offender[],
  { isNew, verb }: { readonly isNew: boolean; readonly verb: string },
): readonly Breach[] {
  const [first] = offenders
  if (first === undefined) return []
  const integrations = [...new Set(offenders.flatMap(each => each.integrations))].toSorted()
  const findings = isNew ? findingsOn(scope, integrations, 'widens') : []
  return [
    {
      isNew,
      message: `${peopleText(offenders.map(({ name }) => name))} ${verb}`,
      findings: findings.map(({ id }) => id),
      integrations,
      witness: `${first.name} → ${first.integrations.map(nameIn).join(' and ')}`,
      fingerprint: breachFingerprint(scope.guardrail, { offenders: offenders.map(({ key }) => key).toSorted() }),
      line: lineOfFindings(findings) ?? lineOfResource(scope.scene, first.integrations[0]!),
    },
  ]
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
  if (sides === undefined) return { before: 'holds', breaches: [] }
  const [before, after] = sides.map(reach => {
    const open = ignoreUnknownMembers === true ? [] : openSetsOf(reach)
    return reach.people.size > max || open.length > 0 ? open.concat(peopleOf(reach)) : []
  })
  const verb = `can call it, and at most ${max} may${after!.some(isOpen) ? ' (how many people the open sets have is unknown here)' : ''}`
  return judged(scope, [before!, after!], verb)
}

function peopleOf({ people }: Reach): readonly Offender[] {
  return Array.from(people, ([name, address]) => ({ key: name, name, integrations: [address] })).toSorted(byKey)
}

function openSetsOf(reach: Reach): readonly Offender[] {
  return OPEN_SETS.flatMap(({ kind, words }) =>
    [...reach[kind]].map(([name, address]) => ({
      key: `${kind} ${name}`,
      name: `${words} ${name}`,
      integrations: [address],
    })),
  )
}

function isOpen({ key }: Offender): boolean {
  return OPEN_SETS.some(({ kind }) => key.startsWith(`${kind} `))
}

function byKey(a: Offender, b: Offender): number {
  return a.key < b.key ? -1 : a.key > b.key ? 1 : 0
}

/** What both sides reach, if the change may touch it. */
function countable(scope: Scope): readonly Reach[] | undefined {
  const { select, effect, who } = scope.parameters
  if (!SIDES.some(name => isTouched(scope, scope.scene[name], {}))) return undefined
  return SIDES.map(name => {
    const side = scope.scene[name]
    return reachOf(side, { integrations: addressesOf(scope, side, {}), select, effect, who })
  })
}

/** At least so many people known by name can call one of the operations. */
export function atLeast(scope: Scope): Outcome {
  const { min = 1 } = scope.parameters
  const sides = countable(scope)
  if (sides === undefined) return { before: 'holds', breaches: [] }
  const [before, after] = sides.map(({ people }) => people)
  // Where there was nothing to call yet, nobody was missing.
  const isBrokenBefore = addressesOf(scope, scope.scene.before, {}).length > 0 && before!.size < min
  const status = isBrokenBefore ? 'broken' : 'holds'
  if (after!.size >= min) return { before: status, breaches: [] }
  const isNew = !isBrokenBefore || after!.size < before!.size
  return { before: status, breaches: [missing(scope, { before: before!, after: after!, isNew, min })] }
}

interface Missing {
  readonly before: Reach['people']
  readonly after: Reach['people']
  readonly isNew: boolean
  readonly min: number
}

function missing(scope: Scope, { before, after, isNew, min }: Missing): Breach {
  const lost = [...before].filter(([name]) => !after.has(name))
  const integrations = [...new Set(lost.map(([, address]) => address))].toSorted()
  const findings = isNew ? findingsOn(scope, integrations, 'narrows') : []
  const left = after.size === 0 ? 'nobody' : peopleText([...after.keys()])
  const [first] = lost
  return {
    isNew,
    message: `${left} can call it, and at least ${min} have to`,
    findings: findings.map(({ id }) => id),
    integrations,
    witness: first && `${first[0]} no longer can, on ${nameIn(first[1])}`,
    fingerprint: breachFingerprint(scope.guardrail, { left: [...after.keys()].toSorted() }),
    line: lineOfFindings(findings) ?? (integrations[0] && lineOfResource(scope.scene, integrations[0])),
  }
}
