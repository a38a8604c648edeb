import { inForce } from '../../../access/in-force.ts'
import { addressOf, type Address } from '../../../model/address.ts'
import type { Resource, ResourceOf } from '../../../model/state.ts'
import { nameIn } from '../../describe.ts'
import type { Outcome } from '../breach.ts'
import { daysBetween, daysIn } from '../days.ts'
import { judgeItems, type Item } from '../items.ts'
import { isLikeAny } from '../match.ts'
import { affectedIn, allMatched, changedOf, matched, SIDES, type Scope, type Side } from '../scene.ts'

type Credential = ResourceOf<'credential'>
type Group = ResourceOf<'accessGroup'>

/** What is wrong with a resource, without the resource. */
type Fault = Pick<Item, 'way' | 'degree' | 'message' | 'path'>

/** Judges the credentials that changed, and those of integrations that did. */
function judgeCredentials(scope: Scope, faultsOf: (credential: Credential) => readonly Fault[]): Outcome {
  const changed = changedOf(scope, 'credential')
  const ofIntegrations = SIDES.flatMap(name =>
    affectedIn(scope).flatMap(address => credentialsOf(matched(scope, scope.scene[name], address))),
  )
  const addresses = [...new Set([...changed, ...ofIntegrations])].toSorted()
  return judgeItems(scope, side => {
    const users = addresses.length === 0 ? new Map<Address, Address[]>() : usersOf(scope, side)
    return addresses.flatMap(address => {
      const credential = side.world.find(address)
      const integrations = users.get(address) ?? []
      if (credential?.kind !== 'credential') return []
      // A credential that none of the matched integrations uses is not what the guardrail is about.
      if (integrations.length === 0 && scope.guardrail.spec.match !== undefined) return []
      return faultsOf(credential).map(fault => Object.assign({}, fault, { address, integrations }))
    })
  })
}

function credentialsOf(integration: ResourceOf<'integration'> | undefined): readonly Address[] {
  if (integration === undefined) return []
  return integration.spec.credentials.map(name => addressOf('credential', integration.namespace, name))
}

/** The matched integrations by the credentials that they use. */
function usersOf(scope: Scope, side: Side): ReadonlyMap<Address, Address[]> {
  const users = new Map<Address, Address[]>()
  for (const integration of allMatched(scope, side)) {
    for (const credential of credentialsOf(integration)) {
      const list = users.get(credential)
      if (list === undefined) users.set(credential, [integration.address])
      else list.push(integration.address)
    }
  }
  return users
}

/** No credential of the company signs in to somebody's own account. */
export function noPersonalAccount(scope: Scope): Outcome {
  return judgeCredentials(scope, ({ address, spec }) => {
    if (spec.scope !== 'company') return []
    if (spec.account?.type !== 'personal') return unrecorded(scope, { address, spec })
    const message = `${nameIn(address)} is a credential of the company, and signs in to ${spec.account.owner}'s own account`
    return [{ way: 'personal', message, path: ['spec', 'account', 'type'] }]
  })
}

/** No credential signs in as an administrator. */
export function noAdminAccount(scope: Scope): Outcome {
  return judgeCredentials(scope, ({ address, spec }) => {
    if (spec.account?.adminLevel !== true) return unrecorded(scope, { address, spec })
    const message = `${nameIn(address)} signs in to an account with administrator rights`
    return [{ way: 'administrator', message, path: ['spec', 'account', 'adminLevel'] }]
  })
}

function unrecorded({ parameters }: Scope, { address, spec }: Pick<Credential, 'address' | 'spec'>): readonly Fault[] {
  if (parameters.accountRequired !== true || spec.account !== undefined) return []
  return [{ way: 'unrecorded', message: `${nameIn(address)} does not say whose account it is`, path: ['spec'] }]
}

/** Every credential expires, or is rotated. */
export function secretsExpire(scope: Scope): Outcome {
  const { days = 0 } = scope.parameters
  return judgeCredentials(scope, ({ address, spec: { rotation } }) => {
    const name = nameIn(address)
    const left = rotation?.expires === undefined ? Infinity : daysBetween(scope.scene.input.asOf, rotation.expires)
    const every = rotation?.every === undefined ? Infinity : daysIn(rotation.every)
    if (left <= days || every <= days) return []
    if (left === Infinity && every === Infinity) {
      return [{ way: 'endless', message: `${name} neither expires nor is rotated`, path: ['spec', 'rotation'] }]
    }
    const said = [
      ...(left === Infinity ? [] : [`expires in ${left} days`]),
      ...(every === Infinity ? [] : [`is rotated every ${rotation!.every!}`]),
    ]
    const message = `${name} ${said.join(' and ')}, and at most ${days} days are allowed`
    return [{ way: 'late', degree: Math.min(left, every), message, path: ['spec', 'rotation'] }]
  })
}

/** Groups from outside end. */
export function externalGroupsEnd(scope: Scope): Outcome {
  const { groups, holdingIdpGroups, days = 0 } = scope.parameters
  return judgeGroups(scope, group => {
    const { spec, name, address } = group
    const isMeant =
      (groups !== undefined && isLikeAny(name, groups)) || (holdingIdpGroups === true && spec.idpGroups.length > 0)
    if (!isMeant) return []
    if (spec.expires === undefined) {
      return [{ way: 'endless', message: `group ${nameIn(address)} gives access and has no end`, path: ['spec'] }]
    }
    const left = daysBetween(scope.scene.input.asOf, spec.expires)
    if (left <= days) return []
    const message = `group ${nameIn(address)} gives access for ${left} days more, and at most ${days} are allowed`
    return [{ way: 'late', degree: left, message, path: ['spec', 'expires'] }]
  })
}

/** Groups have owners. */
export function groupsOwned(scope: Scope): Outcome {
  return judgeGroups(scope, ({ name, address, spec }) => {
    if (spec.owner !== undefined || !isLikeAny(name, scope.parameters.groups)) return []
    return [{ way: 'unowned', message: `group ${nameIn(address)} gives access and has no owner`, path: ['spec'] }]
  })
}

/** Judges the groups that give access to affected integrations, themselves or nested in others. */
function judgeGroups(scope: Scope, faultsOf: (group: Group) => readonly Fault[]): Outcome {
  return judgeItems(scope, side =>
    [...givingAccess(scope, side)].toSorted(byAddress).flatMap(([address, integrations]) => {
      const group = side.world.find(address)
      return group?.kind === 'accessGroup'
        ? faultsOf(group).map(fault => Object.assign({}, fault, { address, integrations }))
        : []
    }),
  )
}

function byAddress(a: readonly [Address, unknown], b: readonly [Address, unknown]): number {
  return a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : 0
}

/** Groups that give access, with the integrations to which they do. */
function givingAccess(scope: Scope, side: Side): ReadonlyMap<Address, Address[]> {
  const giving = new Map<Address, Address[]>()
  for (const address of affectedIn(scope)) {
    const integration = matched(scope, side, address)
    for (const group of integration === undefined ? [] : groupsOf(integration, side)) {
      const list = giving.get(group)
      if (list === undefined) giving.set(group, [address])
      else list.push(address)
    }
  }
  return giving
}

/** The groups of an integration's access with all that are nested in them and in force. */
function groupsOf({ namespace, spec }: ResourceOf<'integration'>, { world }: Side): ReadonlySet<Address> {
  const named = [...(spec.access.groups ?? []), ...spec.permissions.flatMap(({ groups = [] }) => groups)]
  const found = new Set(named.map(name => addressOf('accessGroup', namespace, name)))
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const address of found) {
    for (const name of nestedIn(world.find(address), world.asOf)) found.add(addressOf('accessGroup', namespace, name))
  }
  return found
}

function nestedIn(group: Resource | undefined, asOf: string | undefined): readonly string[] {
  return group?.kind === 'accessGroup' ? inForce(group, asOf).spec.groups : []
}
