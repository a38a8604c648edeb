import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import { customResource, type CustomResource } from '../../src/operator/custom-resource.ts'
import { referenceIndex } from '../../src/operator/reference-index.ts'
import { referencesOf } from '../../src/operator/references.ts'
import { shown } from './custom-resources.ts'

function consumer(name: string, integrations: readonly string[]): CustomResource {
  return customResource('consumer', shown(name, { spec: { integrations } }))
}

test('what a resource referred to is remembered until it is asked for, once', () => {
  const index = referenceIndex()
  const desk = consumer('desk', ['jira', 'slack'])
  index.link(desk)
  expect(index.takeFormer(desk.address)).toEqual([])
  index.unlink(desk)
  index.unlink(consumer('desk', ['slack', 'gmail']))
  const former = ['jira', 'slack', 'gmail'].map(name => `integration/acme/${name}`)
  expect([index.takeFormer(desk.address), index.takeFormer(desk.address)]).toEqual([former, []])
})

test('who refers to something is known after any sequence of changes', () => {
  const names = fc.subarray(['jira', 'slack', 'gmail'])
  const change = fc.record({ name: fc.constantFrom('a', 'b', 'c'), integrations: fc.option(names) })
  fc.assert(
    fc.property(fc.array(change, { maxLength: 30 }), changes => {
      const index = referenceIndex()
      const linked = new Map<string, CustomResource>()
      for (const { name, integrations } of changes) {
        const before = linked.get(name)
        if (before !== undefined) index.unlink(before)
        linked.delete(name)
        if (integrations === null) continue
        linked.set(name, consumer(name, integrations))
        index.link(linked.get(name)!)
      }
      for (const to of ['jira', 'slack', 'gmail'].map(name => `integration/acme/${name}` as Address)) {
        const expected = [...linked.values()]
          .filter(one => referencesOf(one).includes(to))
          .map(({ address }) => address)
        expect(index.referrers(to).toSorted()).toEqual(expected.toSorted())
      }
    }),
  )
})
