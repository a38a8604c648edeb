import { describe, expect, test } from 'vitest'
import type { Address, Kind } from '../../src/model/address.ts'
import { resourceCache } from '../../src/operator/cache.ts'
import { FINALIZER } from '../../src/operator/custom-resource.ts'
import { shown, type Shown } from './custom-resources.ts'

const GROUPS = { kind: 'accessGroup', namespace: undefined } as const
const A: Address = 'accessGroup/acme/a'
const B: Address = 'accessGroup/acme/b'

/** A cache that has listed some groups, with the keys that it called due since. */
function listed(...objects: ReturnType<typeof shown>[]) {
  const due: Address[] = []
  const cache = resourceCache([GROUPS], address => due.push(address))
  cache.replace(GROUPS, objects)
  const all = due.splice(0)
  return { cache, due, all }
}

function versionOf({ cache }: Pick<ReturnType<typeof listed>, 'cache'>, address: Address): string | undefined {
  return cache.get(address)?.object.metadata.resourceVersion
}

describe('a list', () => {
  test('makes everything due that is in it, and everything that is no longer in it', () => {
    const { cache, due, all } = listed(shown('a'), shown('b'))
    expect(all).toEqual([A, B])
    cache.replace(GROUPS, [shown('b')])
    expect([due, cache.get(A)]).toEqual([[A], undefined])
    expect([cache.takeRemoved(A)?.address, cache.takeRemoved(A)]).toEqual([A, undefined])
  })

  test('of what is known already makes nothing due', () => {
    const { cache, due } = listed(shown('a'), shown('b'))
    cache.replace(GROUPS, [shown('a'), shown('b', { version: 7, status: { people: 2 } })])
    expect(due).toEqual([])
  })

  test('of one namespace says nothing about another one', () => {
    const [acme, beta] = (['acme', 'beta'] as const).map(namespace => ({ kind: 'accessGroup', namespace }) as const)
    const cache = resourceCache([acme!, beta!], () => {})
    cache.replace(acme!, [shown('a')])
    expect(cache.missing()).not.toEqual([])
    cache.replace(beta!, [shown('a', { namespace: 'beta' })])
    expect(cache.missing()).toEqual([])
    cache.replace(beta!, [])
    expect([...cache.all()].map(({ address }) => address)).toEqual([A])
  })

  test('that is older than a write of our own does not take it back', () => {
    const known = listed(shown('a', { version: 9 }))
    known.cache.replace(GROUPS, [shown('a', { version: 8, generation: 0 })])
    expect([versionOf(known, A), known.due]).toEqual(['9', []])
  })

  test('of a server that was restored from a backup counts, although it is older', () => {
    const known = listed(shown('a', { version: 9, generation: 3 }))
    known.cache.replace(GROUPS, [shown('a', { version: 4, generation: 2 })], true)
    expect([versionOf(known, A), known.due]).toEqual(['4', [A]])
  })
})

describe('a change calls for a run', () => {
  const before: Shown = { labels: { team: 'x' }, annotations: {}, finalizers: [] }
  test.each<{ readonly name: string; readonly change: Shown; readonly calls: boolean }>([
    { name: 'of spec', change: { generation: 2 }, calls: true },
    { name: 'of a label', change: { labels: { team: 'y' } }, calls: true },
    { name: 'of an annotation that people read', change: { annotations: { note: 'x' } }, calls: true },
    { name: 'that asks for a run', change: { annotations: { 'tenon.dev/requestedAt': '1' } }, calls: true },
    { name: 'that begins a deletion', change: { deletionTimestamp: '2026-11-01T12:00:00Z' }, calls: true },
    { name: 'to another object of the same name', change: { uid: 'other' }, calls: true },
    { name: 'of status', change: { status: { observedGeneration: 1 } }, calls: false },
    { name: 'of finalizers', change: { finalizers: [FINALIZER] }, calls: false },
    { name: "of a tool's label", change: { labels: { team: 'x', 'helm.sh/chart': 'c' } }, calls: false },
    { name: "of a tool's annotation", change: { annotations: { 'kubectl.kubernetes.io/x': 'y' } }, calls: false },
  ])('$name: $calls', ({ change, calls }) => {
    const known = listed(shown('a', before))
    known.cache.put('accessGroup', shown('a', { ...before, ...change, version: 2 }))
    expect([known.due, versionOf(known, A)]).toEqual([calls ? [A] : [], '2'])
  })
})

describe('news that come late', () => {
  test('of an older version are passed over', () => {
    const known = listed(shown('a', { version: 100, generation: 3 }))
    known.cache.put('accessGroup', shown('a', { version: 99, generation: 2 }))
    expect([versionOf(known, A), known.due]).toEqual(['100', []])
  })

  test('of the end of an older object of the same name are passed over', () => {
    const known = listed(shown('a', { version: 100, uid: 'new' }))
    known.cache.put('accessGroup', shown('a', { version: 60, uid: 'old' }))
    known.cache.remove('accessGroup', shown('a', { version: 70, uid: 'old' }))
    expect([versionOf(known, A), known.due, known.cache.takeRemoved(A)]).toEqual(['100', [], undefined])
  })

  test('what a write of our own gave back does not bring a resource back that went meanwhile', () => {
    const { cache, due } = listed(shown('a', { version: 5 }))
    cache.remove('accessGroup', shown('a', { version: 7 }))
    cache.renew('accessGroup', shown('a', { version: 6 }))
    expect([cache.get(A), due]).toEqual([undefined, [A]])
  })

  test('what a write of our own gave back does not replace another resource of the same name', () => {
    const known = listed(shown('a', { version: 9, uid: 'new' }))
    known.cache.renew('accessGroup', shown('a', { version: 99, uid: 'old' }))
    expect(versionOf(known, A)).toBe('9')
    known.cache.renew('accessGroup', shown('a', { version: 10, uid: 'new' }))
    expect([versionOf(known, A), known.due]).toEqual(['10', []])
  })
})

test('a resource that comes back before anybody asked is not among those that went', () => {
  const { cache, due } = listed(shown('a', { version: 5 }))
  cache.remove('accessGroup', shown('a', { version: 7 }))
  cache.put('accessGroup', shown('a', { version: 8, uid: 'new' }))
  expect([due, cache.takeRemoved(A)]).toEqual([[A, A], undefined])
})

test('of resources that went and nobody asked for, only the last ones are remembered', () => {
  const { cache } = listed(...Array.from({ length: 2000 }, (_, at) => shown(`g${at}`)))
  cache.replace(GROUPS, [])
  const remembered = Array.from({ length: 2000 }, (_, at) => cache.takeRemoved(`accessGroup/acme/g${at}`))
  expect(remembered.map(one => one !== undefined).filter(Boolean)).toHaveLength(1000)
  expect(remembered.at(-1)).toBeDefined()
})

test('what only the server and kubectl read is not kept, whoever hands it in', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', note: 'x' }
  const whole = (version: number) => {
    const object = shown('a', { version, annotations })
    return { ...object, metadata: { ...object.metadata, managedFields: [{}] } }
  }
  const { cache } = listed(whole(1))
  for (const change of [
    () => {},
    () => cache.put('accessGroup', whole(2)),
    () => cache.renew('accessGroup', whole(3)),
  ]) {
    change()
    const { metadata } = cache.get(A)!.object
    expect(metadata.annotations).toEqual({ note: 'x' })
    expect(metadata).not.toHaveProperty('managedFields')
  }
})

test('who refers to what follows every change', () => {
  const CONSUMERS = { kind: 'consumer' as Kind, namespace: undefined }
  const cache = resourceCache([CONSUMERS], () => {})
  const desk = (version: number, integrations: readonly string[]) =>
    shown('desk', { version, generation: version, spec: { integrations } })
  cache.replace(CONSUMERS, [desk(1, ['jira', 'slack'])])
  expect(cache.referrers('integration/acme/jira')).toEqual(['consumer/acme/desk'])
  cache.put('consumer', desk(2, ['slack']))
  expect(cache.referrers('integration/acme/jira')).toEqual([])
  expect(cache.referrers('integration/acme/slack')).toEqual(['consumer/acme/desk'])
  expect(cache.takeFormer('consumer/acme/desk')).toContain('integration/acme/jira')
  cache.remove('consumer', desk(3, []))
  expect(cache.referrers('integration/acme/slack')).toEqual([])
})
