import { isDeepStrictEqual } from 'node:util'
import { compiler, type World } from '../../access/consequences.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import { audiencesOf, idpGroupsOf, peopleIn } from '../../access/people.ts'
import type { Address } from '../../model/address.ts'
import type { Direction, FindingSeverity, ResourceFinding } from '../../model/finding.ts'
import { isWrite } from '../../model/operation.ts'
import type { Permission } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { integrationAt, operationsOf, serviceOf, type OutsideInput } from './input.ts'
import { audience } from './lifecycle.ts'
import { finding, listed, type Edit } from './say.ts'

/** An integration with a service that lists no operations, on one side or both: no cell says what its permissions cover. */
interface Seen {
  readonly address: Address
  readonly before: CompiledAccess | undefined
  readonly after: CompiledAccess | undefined
}

/** The findings about permissions that nobody can count. */
export function unlistedFindings(input: OutsideInput): readonly ResourceFinding[] {
  const [was, is] = [compiler(input.before), compiler(input.after)]
  return input.affected.flatMap(address => {
    if (!isUnlisted(address, input.before) && !isUnlisted(address, input.after)) return []
    const seen = { address, before: was(address), after: is(address) }
    return changesAnything(seen) ? [told(seen, input)] : []
  })
}

function isUnlisted(address: Address, world: World): boolean {
  const integration = integrationAt(world, address)
  const service = integration && serviceOf(world, integration)
  return service !== undefined && operationsOf(world, service).length === 0
}

function changesAnything({ before, after }: Seen): boolean {
  return !isDeepStrictEqual(before && reach(before), after && reach(after))
}

/** Everything that decides who may do what where the operations are unknown; a disabled integration gives nothing. */
function reach(compiled: CompiledAccess): unknown {
  const { spec } = compiled.integration
  if (!spec.enabled) return []
  return [
    spec.permissions,
    compiled.operations.length > 0,
    audiencesOf(compiled).map(people => [peopleIn(people, compiled), idpGroupsOf(people, compiled), people.companies]),
  ]
}

function told({ address, before, after }: Seen, input: OutsideInput): ResourceFinding {
  const added = gives(after) ? addedPermissions(before, after) : []
  const { severity, direction } = judged(gives(before), gives(after), added)
  const [was, is] = [before, after].map(inWords)
  return finding(
    {
      kind: 'unlisted-permissions',
      address,
      severity,
      direction,
      integrations: [address],
      summary: `what people may do with ${nameIn(address)} changes, and its service lists no operations to count it by`,
      before: was,
      after: is,
      facts: { before: factsOf(before), after: factsOf(after) },
      edits: editsOf({ address, before, after }, added),
    },
    input,
  )
}

function gives(compiled: CompiledAccess | undefined): boolean {
  return (
    compiled !== undefined &&
    compiled.integration.spec.enabled &&
    compiled.rules.some(({ effect }) => effect !== 'deny')
  )
}

function judged(
  before: boolean,
  after: boolean,
  added: readonly Added[],
): { readonly severity: FindingSeverity; readonly direction: Direction } {
  if (!after) return { severity: 'low', direction: before ? 'narrows' : 'unclear' }
  const isHigh = added.some(({ permission }) => permission.effect === 'allow' && mayWrite(permission))
  return { severity: isHigh ? 'high' : 'medium', direction: before ? 'unclear' : 'widens' }
}

/** Without methods, a permission covers the writes too. */
function mayWrite({ methods }: Permission): boolean {
  return methods === undefined || methods.some(method => isWrite({ method }))
}

interface Added {
  readonly permission: Permission
  readonly index: number
}

/** Permissions that were not there before, word for word; all, where nothing was given before. */
function addedPermissions(before: CompiledAccess | undefined, after: CompiledAccess | undefined): readonly Added[] {
  const was = gives(before) ? (before?.integration.spec.permissions ?? []) : []
  const is = after?.integration.spec.permissions ?? []
  return is
    .map((permission, index) => ({ permission, index }))
    .filter(({ permission }) => !was.some(each => isDeepStrictEqual(each, permission)))
}

function editsOf({ address, before, after }: Seen, added: readonly Added[]): readonly Edit[] {
  const [was, is] = [before?.integration.spec, after?.integration.spec]
  if (is === undefined) return [{ side: 'before', address, path: [], edit: 'integration deleted' }]
  if (was === undefined) return [{ side: 'after', address, path: [], edit: 'integration created' }]
  const edits: Edit[] = added.map(({ permission, index }) => ({
    side: 'after',
    address,
    path: ['spec', 'permissions', index],
    edit: `permission ${index + 1}: ${permissionWords(permission)}`,
  }))
  const at = (field: string, edit: string): Edit => ({ side: 'after', address, path: ['spec', field], edit })
  if (was.enabled !== is.enabled) edits.push(at('enabled', is.enabled ? 'enabled' : 'disabled'))
  if (!isDeepStrictEqual(was.access, is.access))
    edits.push(at('access', `access ${audience(was.access)} → ${audience(is.access)}`))
  if (edits.length === 0 && !isDeepStrictEqual(was.permissions, is.permissions)) {
    edits.push(at('permissions', `${was.permissions.length} → ${is.permissions.length} permissions`))
  }
  return edits
}

function inWords(compiled: CompiledAccess | undefined): string | undefined {
  if (compiled === undefined) return undefined
  const { access, enabled, permissions } = compiled.integration.spec
  const people = `for ${audience(access)} (${peopleIn(compiled.access, compiled).length} known by name)`
  return `${enabled ? '' : 'disabled; '}${listed(permissions.map(permissionWords), 'nothing permitted')}; ${people}`
}

/** A permission in short words, such as `allow get, post on /v1/** for support`. */
export function permissionWords({ effect, methods, operations, tags, paths, ...narrowed }: Permission): string {
  const { groups, individuals, companies } = narrowed
  const parts = [
    effect,
    methods === undefined ? ((operations ?? tags) === undefined ? 'everything' : '') : methods.join(', '),
    operations === undefined ? '' : listed(operations),
    tags === undefined ? '' : `tagged ${listed(tags)}`,
    paths === undefined ? '' : `on ${listed(paths)}`,
  ]
  const people = groups ?? individuals ?? companies
  return [...parts.filter(part => part !== ''), ...(people === undefined ? [] : [`for ${listed(people)}`])].join(' ')
}

function factsOf(compiled: CompiledAccess | undefined): unknown {
  return compiled === undefined ? null : reach(compiled)
}
