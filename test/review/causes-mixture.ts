// A mixture of both sides of a change, where single edits of whole worlds are put back. Written apart from src/review on
// purpose: it knows nothing of how causes are found, and shares only how permissions are matched.
import { compile } from '../../src/access/compile.ts'
import { effectOf } from '../../src/access/decide.ts'
import { stranger } from '../../src/access/people.ts'
import { addressOf, type Address } from '../../src/model/address.ts'
import { principal, type Effect, type Principal } from '../../src/model/effect.ts'
import type { ReviewedOperation } from '../../src/model/finding.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Resource, ResourceOf } from '../../src/model/state.ts'
import { matchPermissions } from '../../src/review/causes/permissions.ts'
import type { AccessRow } from '../../src/review/rows.ts'
import { allOf, type State } from './causes-world.ts'

const LISTS = { company: 'companies', group: 'groups', individual: 'individuals' } as const

/** Asked of every single edit, by its name: whether it is made. */
export type Made = (edit: string) => boolean

/** The effect in a world where only some edits are made; the edits of one operation are the only ones of services. */
export function effectWith(sides: readonly [State, State], cell: AccessRow, made: Made): Effect {
  const { person, operation } = cellOf(cell)
  const resource = mixture(sides, cell.integrations[0]!, made, integrationWith)
  if (resource?.kind !== 'integration') return 'deny'
  const service = addressOf('serviceDefinition', 'acme', resource.spec.service.name)
  if (!isOf(sides, cell.integrations[0]!, operation, resource.spec.service.name)) return 'deny'
  const asked = operationWith(sides, service, operation.key, made)
  if (asked === undefined) return 'deny'
  const compiled = compile({
    integration: resource,
    operations: [asked],
    group: name => {
      const found = mixture(sides, addressOf('accessGroup', 'acme', name), made, groupWith)
      if (found?.kind !== 'accessGroup') return undefined
      const hasEnded = (found.spec.expires ?? '9999') < '2026-11-27'
      return hasEnded ? { ...found, spec: { ...found.spec, members: [], groups: [], idpGroups: [] } } : found
    },
  })
  return effectOf(compiled, person, 0)
}

function cellOf({ who, operations }: AccessRow): { person: Principal; operation: ReviewedOperation } {
  const operation = operations[0]!
  if (who.kind === 'people') return { person: principal(who.people[0]!), operation }
  return { person: who.kind === 'company' ? stranger(who.name, []) : stranger(undefined, [who.name]), operation }
}

/** Whether a service is the one that an operation is of, where the integration has another one on each side. */
function isOf(
  sides: readonly [State, State],
  address: Address,
  { before }: ReviewedOperation,
  service: string,
): boolean {
  const [was, is] = sides.map(state => {
    const found = state.find(address)
    return found?.kind === 'integration' ? found.spec.service.name : undefined
  })
  if (was === undefined || is === undefined || was === is) return true
  return service === (before === undefined ? is : was)
}

type With<R extends Resource> = (before: R, after: R, made: Made) => R

function mixture<R extends Resource>(
  sides: readonly [State, State],
  address: Address,
  made: Made,
  mixed: With<R>,
): R | undefined {
  const [before, after] = sides
  const [was, is] = [before.find(address) as R | undefined, after.find(address) as R | undefined]
  if (was !== undefined && is !== undefined) return mixed(was, is, made)
  if (was === undefined && is === undefined) return undefined
  return isThere(made, sides, address) ? is : was
}

const JIRA = addressOf('integration', 'acme', 'jira')

/** Whether a resource is as after the change; what comes and goes with the integration is no edit of its own. */
function isThere(made: Made, [before, after]: readonly [State, State], address: Address): boolean {
  const [was, is] = [before.find(JIRA), after.find(JIRA)]
  const whole = (was === undefined) === (is === undefined) ? address : JIRA
  return made(nameOf(after.find(whole) === undefined ? 'before' : 'after', whole))
}

function nameOf(side: string, address: string, ...path: readonly (string | number)[]): string {
  return [side, address, ...path].join(' ')
}

function setWith(
  was: readonly string[],
  is: readonly string[],
  made: (side: string, name: string) => boolean,
): string[] {
  return [
    ...was.filter(name => is.includes(name) || !made('before', name)),
    ...is.filter(name => !was.includes(name) && made('after', name)),
  ]
}

function groupWith(
  before: ResourceOf<'accessGroup'>,
  after: ResourceOf<'accessGroup'>,
  made: Made,
): ResourceOf<'accessGroup'> {
  const set = (field: 'members' | 'groups' | 'idpGroups'): string[] =>
    setWith(before.spec[field], after.spec[field], (side, name) =>
      made(nameOf(side, after.address, 'spec', field, name)),
    )
  const side = after.spec.expires === undefined ? 'before' : 'after'
  const isChanged = before.spec.expires !== after.spec.expires
  const isNew = !isChanged || made(nameOf(side, after.address, 'spec', 'expires'))
  const { expires: _expires, ...rest } = after.spec
  const expires = (isNew ? after : before).spec.expires
  const spec = { ...rest, members: set('members'), groups: set('groups'), idpGroups: set('idpGroups') }
  return { ...after, spec: { ...spec, ...(expires !== undefined && { expires }) } }
}

function integrationWith(
  before: ResourceOf<'integration'>,
  after: ResourceOf<'integration'>,
  made: Made,
): ResourceOf<'integration'> {
  const { address } = after
  const [was, is] = [before.spec, after.spec]
  const field = <K extends 'enabled' | 'service' | 'access'>(name: K): (typeof is)[K] =>
    JSON.stringify(was[name]) === JSON.stringify(is[name]) || made(nameOf('after', address, 'spec', name))
      ? is[name]
      : was[name]
  const list = LISTS[is.access.level]
  const access =
    was.access.level === is.access.level
      ? {
          level: is.access.level,
          [list]: setWith(was.access[list] ?? [], is.access[list] ?? [], (side, name) =>
            made(nameOf(side, address, 'spec', 'access', list, name)),
          ),
        }
      : field('access')
  const permissions = matchPermissions(was.permissions, is.permissions).map(({ before: old, after: now, isSame }) => {
    const edit =
      now === undefined
        ? nameOf('before', address, 'spec', 'permissions', old!)
        : nameOf('after', address, 'spec', 'permissions', now)
    return isSame || made(edit) ? is.permissions[now ?? -1] : was.permissions[old ?? -1]
  })
  return {
    ...after,
    spec: {
      ...is,
      enabled: field('enabled'),
      service: field('service'),
      access,
      permissions: permissions.filter(permission => permission !== undefined),
    },
  }
}

function operationWith(
  sides: readonly [State, State],
  address: Address,
  key: string,
  made: Made,
): Operation | undefined {
  const [before, after] = sides
  const table = (state: State): readonly Operation[] => {
    const found = state.find(address)
    return found?.kind === 'serviceDefinition' ? state.table(found.spec.operations)!.operations : []
  }
  const both = allOf(table(before), table(after)).find(each => each.key === key)
  const [was, is] = [both?.before, both?.after]
  if (was === undefined || is === undefined) {
    if (both === undefined) return undefined
    const side = is === undefined ? 'before' : 'after'
    const hasBoth = before.find(address) !== undefined && after.find(address) !== undefined
    const isMade = hasBoth ? made(nameOf(side, address, 'spec openapi', 'whole')) : isThere(made, sides, address)
    return isMade ? is : was
  }
  const pick = (edit: string, differs: boolean): Operation => (!differs || made(edit) ? is : was)
  const at = (field: string): string => nameOf('after', address, 'spec openapi', field)
  const accepted = nameOf(is.isNew ? 'before' : 'after', address, 'spec acceptedOperations')
  const { isNew } = pick(accepted, was.isNew !== is.isNew)
  return {
    id: pick(at('id'), was.id !== is.id).id,
    method: is.method,
    path: pick(at('path'), was.path !== is.path).path,
    tags: pick(at('tags'), was.tags.toSorted().join() !== is.tags.toSorted().join()).tags,
    ...(isNew && { isNew }),
  }
}
