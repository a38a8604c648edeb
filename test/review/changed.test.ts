/** Which integrations a change may touch: no more are compared cell by cell, and none may be missing. */
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import { references } from '../../src/model/references.ts'
import type { Resource, State } from '../../src/model/state.ts'
import { affectedIntegrations, changedResources, referrersIn } from '../../src/review/changed.ts'
import { accessGroup, integration } from '../access/facts.ts'

const NAMES = ['g0', 'g1', 'g2', 'g3', 'g4']
const some = fc.subarray(NAMES, { minLength: 1 })

/** A state of nested groups, circles too, and of integrations that use them for access and narrowings. */
const states: fc.Arbitrary<State> = fc
  .record({
    groups: fc.array(fc.record({ nested: fc.subarray(NAMES), members: fc.subarray(['ana', 'ben']) }), {
      minLength: NAMES.length,
      maxLength: NAMES.length,
    }),
    integrations: fc.array(fc.record({ access: some, narrowing: fc.option(some), title: fc.constantFrom('a', 'b') }), {
      maxLength: 6,
    }),
  })
  .map(({ groups, integrations }) => {
    const resources: Resource[] = groups.map(({ nested, members }, at) =>
      digested(accessGroup(`g${at}`, { groups: nested, members })),
    )
    for (const [at, { access, narrowing, title }] of integrations.entries()) {
      const permission = { methods: ['get'], effect: 'allow' as const, ...(narrowing && { groups: narrowing }) }
      const made = integration({ title, access: { level: 'group', groups: access }, permissions: [permission] })
      resources.push(digested({ ...made, name: `i${at}`, address: `integration/acme/i${at}` }))
    }
    return new Map(resources.map(resource => [resource.address, resource]))
  })

function digested<T extends Resource>(resource: T): T {
  return { ...resource, digest: JSON.stringify(resource.spec) }
}

/** Everything that a resource leads to, however far. */
function reached(start: Address, state: State): ReadonlySet<Address> {
  const found = new Set<Address>([start])
  for (const address of found) {
    const resource = state.get(address)
    for (const next of resource === undefined ? [] : references(resource)) found.add(next)
  }
  return found
}

describe('what a change touches', () => {
  test('is what changed or leads to something that changed, on either side', () => {
    fc.assert(
      fc.property(states, states, (before, after) => {
        const changes = changedResources(before, after)
        const changed = new Set(changes.map(({ address }) => address))
        const all = new Set([...before.keys(), ...after.keys()].filter(address => address.startsWith('integration/')))
        const expected = [...all].filter(address =>
          [before, after].some(state => [...reached(address, state)].some(one => changed.has(one))),
        )
        expect(affectedIntegrations(changes, [before, after])).toEqual(expected.toSorted())
      }),
      { numRuns: 500 },
    )
  })

  test('a resource that is the same on both sides did not change', () => {
    fc.assert(
      fc.property(states, state => {
        expect(changedResources(state, new Map(state))).toEqual([])
      }),
    )
  })
})

test('who refers to a resource is whoever names it, sorted', () => {
  fc.assert(
    fc.property(states, state => {
      const users = referrersIn(state)
      for (const address of state.keys()) {
        const expected = [...state.values()].filter(one => references(one).includes(address)).map(one => one.address)
        expect(new Set(users(address))).toEqual(new Set(expected))
      }
    }),
  )
})
