import { describe, expect, test } from 'vitest'
import type { Kind } from '../../src/model/address.ts'
import type { Item } from '../../src/operator/attempt.ts'
import { customResource } from '../../src/operator/custom-resource.ts'
import { groupsOf, runOf, type Group, type Surroundings } from '../../src/operator/due.ts'
import { DEFAULT_LIMITS } from '../../src/model/store.ts'
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
    const all = (['Observe', 'Approve', 'Enforce'] as const).map(mode => item(mode, { spec: { mode } }))
    expect(names(groupsOf(all, 'prod', 'Enforce'))).toEqual([['Enforce'], ['Approve'], ['Observe']])
    expect(names(groupsOf([item('a'), item('b')], 'prod', 'Observe'))).toEqual([['a', 'b']])
  })

  test('of one wish to force guards each, so that it forces them for nobody else', () => {
    const annotations = { 'tenon.dev/force': 'last-member, in-use,max-deletes,nonsense' }
    const groups = groupsOf([item('a', { annotations }), item('b')], 'prod', 'Enforce')
    expect(names(groups)).toEqual([['b'], ['a']])
    expect(groups.map(({ force }) => [...force])).toEqual([[], ['last-member', 'in-use']])
  })
})

describe('what is approved', () => {
  const asks = (name: string, digests?: string): Item =>
    item(name, {
      spec: { mode: 'Approve' },
      annotations: digests === undefined ? {} : { 'tenon.dev/approved': digests },
    })

  test.each<[string, readonly Item[], readonly (readonly string[] | undefined)[]]>([
    ['nothing', [asks('a')], [[]]],
    ['a digest', [asks('a', 'sha256:1')], [['sha256:1']]],
    ['several, with blanks and gaps', [asks('a', ' sha256:1 ,,sha256:2,')], [['sha256:1', 'sha256:2']]],
    ['by any of them', [asks('a', 'sha256:1'), asks('b', 'sha256:2'), asks('c')], [['sha256:1', 'sha256:2']]],
    [
      'by none that is enforced',
      [item('a', { annotations: { 'tenon.dev/approved': 'sha256:1' } }), asks('b')],
      [undefined, []],
    ],
  ])('%s', (_, items, expected) => {
    expect(groupsOf(items, 'prod', 'Enforce').map(({ approved }) => approved && [...approved])).toEqual(expected)
  })

  test('is asked for by the operator where a resource does not say', () => {
    const [enforced, waiting] = groupsOf([item('a', { spec: { mode: 'Enforce' } }), item('b')], 'prod', 'Approve')
    expect([enforced?.approved, waiting?.approved]).toEqual([undefined, new Set()])
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

  test('goes by digests only where that was asked for', () => {
    expect('approved' in run([item('a')])).toBe(false)
    expect(run([item('a')], { approved: new Set(['sha256:1']) }).approved).toEqual(new Set(['sha256:1']))
  })

  test('counts deletes only where nobody asked for them one by one', () => {
    const items = [item('a', { wants: 'delete' })]
    expect(run(items).guards).toMatchObject({ counted: false })
    const counted = { ...DEFAULT_LIMITS, maxDeletes: 3, integrations: 40 }
    expect(run(items, { counted }).guards).toMatchObject({ counted: true, limits: { maxDeletes: 3 }, integrations: 40 })
  })
})
