import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/model/address.ts'
import type { Item } from '../../src/operator/attempt.ts'
import { customResource } from '../../src/operator/custom-resource.ts'
import { groupsOf, runOf, type Group, type Surroundings } from '../../src/operator/due.ts'
import { DEFAULT_LIMITS } from '../../src/plan/guards.ts'
import { shown, type Shown } from './custom-resources.ts'

const AROUND = { decrypt: undefined, context: {} } as Surroundings

function item(name: string, more: Shown & { kind?: Kind; wants?: Item['wants'] } = {}): Item {
  const { kind = 'integration', wants = 'apply', ...rest } = more
  const object = shown(name, rest)
  const { namespace: _namespace, ...global } = object.metadata
  const isGlobal = kind === 'clusterServiceDefinition'
  return { wants, resource: customResource(kind, isGlobal ? { ...object, metadata: global } : object) }
}

function names(groups: readonly Group[]): readonly (readonly string[])[] {
  return groups.map(({ items }) => items.map(({ resource }) => resource.object.metadata.name))
}

describe('what is due comes in groups', () => {
  test('of one owner each, the services of the whole cluster first', () => {
    const groups = groupsOf(
      [item('a', { namespace: 'zeta' }), item('b'), item('c', { kind: 'clusterServiceDefinition' }), item('d')],
      'prod',
      'Enforce',
    )
    expect(names(groups)).toEqual([['c'], ['b', 'd'], ['a']])
    expect(groups.map(({ owner }) => owner)).toEqual(['cluster:prod', 'cluster:prod/ns/acme', 'cluster:prod/ns/zeta'])
  })

  test('of one mode each: what is only looked at comes after what it may need', () => {
    const groups = groupsOf([item('a', { spec: { mode: 'Observe' } }), item('b')], 'prod', 'Enforce')
    expect(groups.map(({ enforce }) => enforce)).toEqual([true, false])
    const waiting = groupsOf([item('a', { spec: { mode: 'Approve' } }), item('b')], 'prod', 'Enforce')
    expect(waiting.map(({ enforce }) => enforce)).toEqual([false, true])
    expect(names(groupsOf([item('a'), item('b')], 'prod', 'Observe'))).toEqual([['a', 'b']])
  })

  test('of one wish to force guards each, so that it forces them for nobody else', () => {
    const annotations = { 'tenon.dev/force': 'last-member, in-use,max-deletes,nonsense' }
    const groups = groupsOf([item('a', { annotations }), item('b')], 'prod', 'Enforce')
    expect(names(groups)).toEqual([['b'], ['a']])
    expect(groups.map(({ force }) => [...force])).toEqual([[], ['last-member', 'in-use']])
  })
})

describe('a run', () => {
  const run = (items: readonly Item[], more: Partial<Group> = {}): ReturnType<typeof runOf> =>
    runOf({ ...groupsOf(items, 'prod', 'Enforce')[0]!, ...more }, items, AROUND)

  test('has a document for what is applied, and a name for what is deleted', () => {
    const made = run([item('a'), item('b', { wants: 'delete' })])
    expect(made.documents.map(({ file }) => file)).toEqual(['integration/acme/a'])
    expect(made.part?.deletes).toEqual(new Map([['integration/acme/b', 'Delete']]))
  })

  test('leaves a row to nobody where its last document says so', () => {
    const made = run([item('a', { wants: 'delete', spec: { deletionPolicy: 'Orphan' } })])
    expect(made.part?.deletes).toEqual(new Map([['integration/acme/a', 'Orphan']]))
  })

  test.each(['adopt', 'replace', 'accept-older'] as const)('takes %s from those that say so, word for word', name => {
    const says = (text: string): Shown => ({ annotations: { [`tenon.dev/${name}`]: text } })
    const made = run([item('a', says('true')), item('b'), item('c', says('yes'))])
    const { adopt, guards } = made
    const sets = { adopt, replace: guards.replace, 'accept-older': guards.acceptOlder }
    for (const [which, set] of Object.entries(sets))
      expect([...set]).toEqual(which === name ? ['integration/acme/a'] : [])
  })

  test('counts deletes only where nobody asked for them one by one', () => {
    const items = [item('a', { wants: 'delete' })]
    expect(run(items).guards).toMatchObject({ counted: false })
    const counted = { ...DEFAULT_LIMITS, maxDeletes: 3, integrations: 40 }
    expect(run(items, { counted }).guards).toMatchObject({ counted: true, limits: { maxDeletes: 3 }, integrations: 40 })
  })
})
