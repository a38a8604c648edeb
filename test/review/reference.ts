// The difference of two states as the design words it: every person, every operation, every integration, one after the
// other, and no cleverness. Written apart from src/access and src/review on purpose. Slow, and meant to be read.
import { addressOf, type Address } from '../../src/model/address.ts'
import type { Effect } from '../../src/model/effect.ts'
import { referenceEffect, referenceEndpoints, referenceNamed, type Person, type World } from '../access/reference.ts'
import { operationsFor, type Facts, type FactsPair } from './worlds.ts'

/** One cell that differs. */
export interface Cell {
  readonly integration: Address
  readonly kind: 'people' | 'company' | 'idpGroup'
  readonly name: string
  readonly endpoint: string
  readonly before: Effect
  readonly after: Effect
}

/** Every cell that differs between two states. */
export function referenceCells(pair: FactsPair, integrations: readonly Address[]): readonly Cell[] {
  return integrations.flatMap(integration => {
    const [before, after] = [sideOf(pair.before, integration), sideOf(pair.after, integration)]
    const [old, made] = [before, after].map(side => (side === undefined ? [] : referenceEndpoints(side)))
    const places = placesIn(old!, made!, isMoved(before, after))
    const cells: Cell[] = []
    for (const { kind, name, person } of subjectsIn(before, after)) {
      for (const { endpoint, ...at } of places) {
        const [was, is] = [effectAt(before, person, at.was), effectAt(after, person, at.is)]
        if (was !== is) cells.push({ integration, kind, name, endpoint, before: was, after: is })
      }
    }
    return cells
  })
}

/** Whether an integration connects to another service than before: then it asks for nothing that it asked for before. */
function isMoved(before: World | undefined, after: World | undefined): boolean {
  const [was, is] = [before, after].map(side => side?.integration.spec.service)
  return was !== undefined && is !== undefined && (was.name !== is.name || was.kind !== is.kind)
}

/** Every operation of either side, with its position on both. */
function placesIn(
  was: readonly string[],
  is: readonly string[],
  moved: boolean,
): readonly { readonly endpoint: string; readonly was: number; readonly is: number }[] {
  if (moved)
    return [
      ...was.map((endpoint, at) => ({ endpoint, was: at, is: -1 })),
      ...is.map((endpoint, at) => ({ endpoint, was: -1, is: at })),
    ]
  return [...new Set([...was, ...is])].map(endpoint => ({
    endpoint,
    was: was.indexOf(endpoint),
    is: is.indexOf(endpoint),
  }))
}

/** An integration with what decisions about it depend on, as a state has it on its day. */
function sideOf(facts: Facts, address: Address): World | undefined {
  const integration = facts.integrations.get(address)
  if (integration === undefined) return undefined
  const groups = new Map<string, World['groups'] extends ReadonlyMap<string, infer Group> ? Group : never>()
  for (const group of facts.groups.values()) {
    if (facts.groups.get(addressOf('accessGroup', integration.namespace, group.name)) !== group) continue
    const { expires } = group.spec
    const isOver = facts.asOf !== undefined && expires !== undefined && facts.asOf > expires
    groups.set(
      group.name,
      isOver ? { ...group, spec: { ...group.spec, members: [], groups: [], idpGroups: [] } } : group,
    )
  }
  return { integration, operations: operationsFor(facts, integration), groups }
}

function effectAt(side: World | undefined, person: Person, position: number): Effect {
  const operation = side?.operations[position]
  return side === undefined || operation === undefined ? 'deny' : referenceEffect(side, person, operation)
}

interface Subject extends Pick<Cell, 'kind' | 'name'> {
  readonly person: Person
}

/** Everybody whom the integration names on either side, and somebody of each company and identity provider's group. */
function subjectsIn(...sides: readonly (World | undefined)[]): readonly Subject[] {
  const present = sides.filter(side => side !== undefined)
  const people = new Set(present.flatMap(referenceNamed))
  const named = present.flatMap(({ integration: { spec } }) => [spec.access, ...spec.permissions])
  const companies = new Set(named.flatMap(each => each.companies ?? []))
  return [
    ...[...people].map(id => ({
      kind: 'people' as const,
      name: id,
      person: { id, company: companyOf(id), idpGroups: new Set<string>() },
    })),
    ...[...companies].map(name => ({
      kind: 'company' as const,
      name,
      person: { id: '', company: name, idpGroups: new Set<string>() },
    })),
    ...['okta:a', 'okta:b', 'okta:c'].map(name => ({
      kind: 'idpGroup' as const,
      name,
      person: { id: '', company: undefined, idpGroups: new Set([name]) },
    })),
  ]
}

function companyOf(id: string): string | undefined {
  return id.includes('@') ? id.slice(id.indexOf('@') + 1) : undefined
}
