import type { World } from '../../access/consequences.ts'
import type { Address } from '../../model/address.ts'
import type { GuardrailPeople, GuardrailSpec, OperationSelection } from '../../model/manifest.gen.ts'
import type { Operation } from '../../model/operation.ts'
import { nearest } from '../../model/nearest.ts'
import { serviceAddress } from '../../model/references.ts'
import type { Resource, ResourceOf } from '../../model/state.ts'
import { isAbout, isLike, matchesIntegration, type Part } from './match.ts'
import type { GuardrailProblem } from './problem.ts'

/** A guardrail whose names are looked up. */
export interface Named {
  readonly address: Address
  readonly namespace: string | undefined
  readonly spec: Pick<GuardrailSpec, 'match' | 'parameters' | 'waivers'>
}

/** The state in which names are looked up. */
export interface NamesWorld extends Pick<World, 'find' | 'table'> {
  /** All that is declared. */
  readonly resources: Iterable<Resource>
}

export interface GuardrailWarning extends GuardrailProblem {
  readonly address: Address
}

type Path = GuardrailProblem['path']
type Integration = ResourceOf<'integration'>

/** What one namespace has that guardrails may name. */
interface Names {
  readonly world: NamesWorld
  readonly namespace: string | undefined
  readonly integrations: readonly Integration[]
  readonly groups: readonly string[]
}

/**
 * The names in guardrails that nothing in their namespace has: a slip makes a promise that cannot be broken. Nothing is
 * said of a namespace without integrations, since what is not here may be declared elsewhere.
 */
export function guardrailWarnings(guardrails: readonly Named[], world: NamesWorld): readonly GuardrailWarning[] {
  const resources = guardrails.length === 0 ? [] : [...world.resources]
  return guardrails.flatMap(({ address, namespace, spec }) => {
    const own = resources.filter(each => each.namespace === namespace)
    const integrations = own.filter(each => each.kind === 'integration')
    if (integrations.length === 0) return []
    const groups = own.filter(({ kind }) => kind === 'accessGroup').map(({ name }) => name)
    const found = unknownIn(spec, { world, namespace, integrations, groups })
    return found.map(problem => Object.assign({ address }, problem))
  })
}

function unknownIn({ match, parameters = {}, waivers = [] }: Named['spec'], names: Names): readonly GuardrailProblem[] {
  const matched = names.integrations.filter(integration => matchesIntegration(match, integration))
  const ofMatch = match === undefined ? [] : unknownPart(match, names, ['spec', 'match'])
  return [
    ...ofMatch,
    ...(ofMatch.length === 0 && matched.length === 0 ? [MATCHES_NOTHING] : []),
    ...inParameters(parameters, { ...names, integrations: matched }),
    ...waivers.flatMap(({ integrations = [] }, index) =>
      unknownPart({ integrations }, names, ['spec', 'waivers', index]),
    ),
  ]
}

const MATCHES_NOTHING: GuardrailProblem = {
  path: ['spec', 'match'],
  code: 'guardrail-names-nothing',
  message: 'no integration of this namespace is one that the guardrail is about',
  cure: 'Correct it: a guardrail about nothing keeps nothing.',
}

function inParameters(
  { who, select, ceiling = [], one = {}, other = {}, groups }: NonNullable<Named['spec']['parameters']>,
  names: Names,
): readonly GuardrailProblem[] {
  const top: Path = ['spec', 'parameters']
  return [
    ...unknownDuty({ who, select }, names, top),
    ...unknownDuty(one, names, [...top, 'one']),
    ...unknownDuty(other, names, [...top, 'other']),
    ...ceiling.flatMap((entry, index) => unknownDuty(entry, names, [...top, 'ceiling', index])),
    ...unknownGroups(groups, names, [...top, 'groups']),
  ]
}

interface Duty extends Part {
  readonly who?: GuardrailPeople | undefined
  readonly select?: OperationSelection | undefined
}

function unknownDuty(duty: Duty, names: Names, path: Path): readonly GuardrailProblem[] {
  const integrations = names.integrations.filter(integration => isAbout(duty, integration))
  return [
    ...unknownGroups(duty.who?.groups, names, [...path, 'who', 'groups']),
    // Of what the guardrail is not about it may name anything.
    ...(names.integrations.length === 0 ? [] : unknownPart(duty, names, path)),
    ...(integrations.length === 0
      ? []
      : unknownOperations(duty.select, { ...names, integrations }, [...path, 'select'])),
  ]
}

function unknownGroups(wanted: Wanted, { groups }: Names, path: Path): readonly GuardrailProblem[] {
  return unknown(wanted, groups, { path, tell: name => `AccessGroup "${name}" is not declared in this namespace` })
}

function unknownPart({ integrations, services }: Part, names: Names, path: Path): readonly GuardrailProblem[] {
  const all = names.integrations.map(({ name }) => name)
  const used = names.integrations.map(({ spec }) => spec.service.name)
  return [
    ...unknown(integrations, all, {
      path: [...path, 'integrations'],
      tell: name => `no integration that this can be about is called "${name}"`,
    }),
    ...unknown(services, used, {
      path: [...path, 'services'],
      tell: name => `no integration that this can be about connects to a service "${name}"`,
    }),
  ]
}

function unknownOperations(
  select: OperationSelection | undefined,
  { world, namespace, integrations }: Names,
  path: Path,
): readonly GuardrailProblem[] {
  if (select?.operations === undefined && select?.tags === undefined) return []
  const services = new Set(integrations.map(({ spec }) => serviceAddress(spec.service, namespace)))
  const operations = [...services].flatMap(address => operationsOf(world.find(address), world))
  const ids = operations.map(({ id }) => id)
  const tags = operations.flatMap(each => each.tags)
  return [
    ...unknown(select.operations, ids, { path: [...path, 'operations'], tell: withoutOperation('id') }),
    ...unknown(select.tags, tags, { path: [...path, 'tags'], tell: withoutOperation('tag') }),
  ]
}

function withoutOperation(noun: string): (name: string) => string {
  return name => `no service that this can be about has an operation with the ${noun} "${name}"`
}

function operationsOf(service: Resource | undefined, { table }: NamesWorld): readonly Operation[] {
  const digest = service !== undefined && 'operations' in service.spec ? service.spec.operations : ''
  return table(digest)?.operations ?? []
}

type Wanted = readonly string[] | undefined

/** The names, or patterns with `*`, that nothing known is called. */
function unknown(
  wanted: Wanted = [],
  known: readonly string[],
  { path, tell }: { readonly path: Path; readonly tell: (name: string) => string },
): readonly GuardrailProblem[] {
  const names = new Set(known)
  return wanted.flatMap((name, index) => {
    if (names.has(name) || (name.includes('*') && known.some(each => isLike(each, name)))) return []
    const near = nearest(name, names)
    const cure =
      near === undefined ? 'Correct it, or remove it: a name of nothing keeps nothing.' : `Did you mean "${near}"?`
    return [{ path: [...path, index], code: 'guardrail-names-nothing', message: tell(name), cure }]
  })
}
