// The decision as the design words it, cell by cell and without any cleverness. Written apart from src/access on purpose:
// it shares only the nouns. Slow, and meant to be read.
import type { Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Permission, ResourceOf } from '../../src/model/state.ts'

export interface Person {
  readonly id: string
  readonly company: string | undefined
  readonly idpGroups: ReadonlySet<string>
}

export interface World {
  readonly integration: ResourceOf<'integration'>
  readonly operations: readonly Operation[]
  readonly groups: ReadonlyMap<string, ResourceOf<'accessGroup'>>
}

type Answer = 'yes' | 'no' | 'unknown'

export function referenceEffect(world: World, person: Person, operation: Operation): Effect {
  const { spec } = world.integration
  if (!spec.enabled) return 'deny'
  if (isAmong(world, spec.access, person) !== 'yes') return 'deny'
  const matching = spec.permissions.filter(
    permission => permissionSelects(permission, operation) && permissionReaches(permission, operation),
  )
  const certain = matching.filter(permission => isMeant(world, permission, person) === 'yes')
  const possible = matching.filter(permission => isMeant(world, permission, person) !== 'no')
  if (possible.some(({ effect }) => effect === 'deny')) return 'deny'
  if (possible.some(({ effect }) => effect === 'confirm')) return 'confirm'
  if (certain.some(({ effect }) => effect === 'allow')) return 'allow'
  return 'deny'
}

/** An omitted narrowing is the whole access. */
function isMeant(world: World, permission: Permission, person: Person): Answer {
  const { companies, individuals, groups } = permission
  if (companies === undefined && individuals === undefined && groups === undefined) return 'yes'
  return isAmong(world, permission, person)
}

function isAmong(
  world: World,
  named: Pick<Permission, 'companies' | 'individuals' | 'groups'>,
  person: Person,
): Answer {
  const id = compared(person.id)
  const answers: Answer[] = []
  for (const company of named.companies ?? []) answers.push(company === person.company ? 'yes' : 'no')
  for (const individual of named.individuals ?? []) answers.push(compared(individual) === id ? 'yes' : 'no')
  for (const group of named.groups ?? []) answers.push(isMember(world, group, person))
  if (answers.includes('yes')) return 'yes'
  return answers.includes('unknown') ? 'unknown' : 'no'
}

function isMember(world: World, name: string, person: Person): Answer {
  let unknown = false
  for (const inside of everythingIn(world, name)) {
    const group = world.groups.get(inside)
    if (group === undefined) {
      unknown = true
      continue
    }
    if (group.spec.members.some(member => compared(member) === compared(person.id))) return 'yes'
    if (group.spec.idpGroups.some(idpGroup => person.idpGroups.has(idpGroup))) return 'yes'
    if (group.spec.idpGroups.length > 0) unknown = true
  }
  return unknown ? 'unknown' : 'no'
}

/** Everybody whom the integration names, by name or as a member of a group, in its access or in a narrowing. */
export function referenceNamed(world: World): string[] {
  const { access, permissions } = world.integration.spec
  const named = [access, ...permissions]
  const groups = named.flatMap(each => each.groups ?? []).flatMap(name => everythingIn(world, name))
  const members = groups.flatMap(name => world.groups.get(name)?.spec.members ?? [])
  return [...named.flatMap(each => each.individuals ?? []), ...members].map(compared)
}

/** The people listed in some groups or in what is nested in them. */
export function referenceMembers(world: World, groups: readonly string[]): string[] {
  const inside = groups.flatMap(name => everythingIn(world, name))
  return inside.flatMap(name => world.groups.get(name)?.spec.members ?? []).map(compared)
}

/** What the operations of a table are known by on both sides of a change, in its order. */
export function referenceEndpoints({ operations }: Pick<World, 'operations'>): string[] {
  const seen: string[] = []
  return operations.map(({ method, path }) => {
    const endpoint = `${method.toUpperCase()} ${path.split('/').map(wiped).join('/')}`
    seen.push(endpoint)
    const earlier = seen.filter(each => each === endpoint).length
    return earlier === 1 ? endpoint : endpoint.replace(' ', `#${earlier} `)
  })
}

function wiped(segment: string): string {
  let text = ''
  let rest = segment
  while (rest !== '') {
    const [open, close] = [rest.indexOf('{'), rest.indexOf('}')]
    if (open < 0 || close < open) return text + rest
    text += `${rest.slice(0, open)}{}`
    rest = rest.slice(close + 1)
  }
  return text
}

function everythingIn(world: World, name: string): string[] {
  const names = [name]
  for (const inside of names) {
    for (const nested of world.groups.get(inside)?.spec.groups ?? []) if (!names.includes(nested)) names.push(nested)
  }
  return names
}

function compared(person: string): string {
  return person.includes('@') ? person.toLowerCase() : person
}

function permissionSelects(permission: Permission, operation: Operation): boolean {
  const { methods, operations, tags, paths } = permission
  const given: boolean[] = []
  if (methods !== undefined) given.push(methods.some(method => method === operation.method))
  if (operations !== undefined) given.push(operations.some(id => id === operation.id))
  if (tags !== undefined) given.push(tags.some(tag => operation.tags.some(own => own === tag)))
  if (paths !== undefined) given.push(paths.some(path => covers(path.split('/'), operation.path.split('/'))))
  return given.length > 0 && !given.includes(false)
}

/** What gives leaves a new operation out, unless it names it or takes in all new ones; what denies never does. */
function permissionReaches({ effect, operations, includeNew }: Permission, { id, isNew }: Operation): boolean {
  if (effect === 'deny' || isNew === undefined) return true
  return includeNew === true || (operations !== undefined && operations.includes(id))
}

function covers(pattern: readonly string[], path: readonly string[]): boolean {
  if (pattern.length === 0) return path.length === 0
  const [first, ...rest] = pattern
  if (first === '**') return path.some((_, index) => covers(rest, path.slice(index))) || covers(rest, [])
  if (path.length === 0) return false
  return (first === '*' || first === path[0]) && covers(rest, path.slice(1))
}
