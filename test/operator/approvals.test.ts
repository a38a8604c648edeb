/** Who is planned with whom in mode Approve, and what counts as approved. */
import { describe, expect, test } from 'vitest'
import type { Address, Kind } from '../../src/model/address.ts'
import { approvedFor, beside, openBeside, remember } from '../../src/operator/approvals.ts'
import { approvedOn, wakeApproved } from '../../src/operator/approved-on.ts'
import { resourceCache, type Cache } from '../../src/operator/cache.ts'
import type { Mode } from '../../src/operator/custom-resource.ts'
import { openLog } from '../../src/operator/log.ts'
import { keyQueue } from '../../src/operator/queue.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import { shown, type Shown } from './custom-resources.ts'

type Ready = 'none' | 'True' | 'ApprovalRequired' | 'GuardRefused'

interface One extends Shown {
  readonly kind?: Kind
  readonly mode?: Mode
  readonly ready?: Ready
  /** The generation that the status speaks of. */
  readonly observed?: number
}

/** A group in mode Approve, unless it says otherwise. */
function one(name: string, { mode = 'Approve', ready = 'none', observed = 1, spec, ...more }: One = {}): KubeObject {
  const condition = {
    type: 'Ready',
    status: ready === 'True' ? 'True' : 'False',
    reason: ready === 'True' ? 'Succeeded' : ready,
  }
  const status =
    ready === 'none' ? { observedGeneration: -1 } : { observedGeneration: observed, conditions: [condition] }
  return shown(name, { spec: { mode, ...spec }, status, ...more })
}

function cacheOf(objects: readonly KubeObject[], kind: Kind = 'accessGroup'): Cache {
  const cache = resourceCache([], () => {})
  for (const object of objects) cache.put(kind, object)
  return cache
}

const at = (name: string, namespace = 'acme'): Address => `accessGroup/${namespace}/${name}`

describe('beside what is due comes', () => {
  const waits = one('waits', { ready: 'ApprovalRequired' })

  test.each<[string, readonly KubeObject[], readonly string[]]>([
    ['what waits', [one('due'), waits], ['waits']],
    [
      'what is new, changed or was refused',
      [one('due'), one('new'), one('changed', { ready: 'True', generation: 2 }), one('bad', { ready: 'GuardRefused' })],
      ['new', 'changed', 'bad'],
    ],
    ['nothing that is as it should be', [one('due'), one('done', { ready: 'True' })], []],
    ['nothing of another mode', [one('due'), one('a', { mode: 'Enforce' }), one('b', { mode: 'Observe' })], []],
    ['nothing that is suspended', [one('due'), one('a', { spec: { suspend: true } })], []],
    ['nothing of another namespace', [one('due'), one('a', { namespace: 'zeta' })], []],
    ['nothing, where what is due is as it should be', [one('due', { ready: 'True' }), waits], []],
    [
      'what waits, where what is due approves something',
      [one('due', { ready: 'True', annotations: { 'tenon.dev/approved': 'x' } }), waits],
      ['waits'],
    ],
    ['nothing, where what is due is of another mode', [one('due', { mode: 'Enforce' }), waits], []],
    ['nothing, where what is due is gone', [waits], []],
  ])('%s', (_, objects, expected) => {
    const running = { cache: cacheOf(objects), mode: 'Enforce', unapproved: new Set<Address>() } as const
    expect(beside([at('due')], running)).toEqual(expected.map(name => at(name)))
  })

  test.each<[string, readonly KubeObject[]]>([
    ['is gone', [waits]],
    ['is enforced now', [one('due', { mode: 'Enforce' }), waits]],
    ['is as it should be again', [one('due', { ready: 'True' }), waits]],
  ])('what it waited with, where it %s', (_, objects) => {
    const running = { cache: cacheOf(objects), mode: 'Enforce', unapproved: new Set([at('due')]) } as const
    expect(beside([at('due')], running)).toEqual([at('waits')])
  })

  test('the mode of the operator, where resources do not say', () => {
    const plain = [shown('due'), shown('other')]
    const [approve, enforce] = (['Approve', 'Enforce'] as const).map(mode =>
      beside([at('due')], { cache: cacheOf(plain), mode, unapproved: new Set() }),
    )
    expect([approve, enforce]).toEqual([[at('other')], []])
  })

  test('services of the whole cluster are a part of their own', () => {
    const cache = cacheOf([one('ns')])
    for (const name of ['due', 'other']) {
      const { namespace: _, ...metadata } = one(name).metadata
      cache.put('clusterServiceDefinition', { ...one(name), metadata })
    }
    const running = { cache, mode: 'Enforce', unapproved: new Set<Address>() } as const
    expect(beside(['clusterServiceDefinition/due'], running)).toEqual(['clusterServiceDefinition/other'])
    expect(beside([at('ns')], running)).toEqual([])
  })
})

describe('what waits', () => {
  async function due(queue: ReturnType<typeof keyQueue<Address>>): Promise<readonly Address[]> {
    queue.add(at('last'))
    const keys = await queue.take(100)
    queue.done(keys)
    return keys.filter(key => key !== at('last'))
  }

  test('is remembered until it does no longer', () => {
    const [unapproved, queue] = [new Set<Address>(), keyQueue<Address>({ shareOf: () => '' })]
    remember([at('a'), at('b')], new Set([at('a')]), { unapproved, queue })
    expect([...unapproved]).toEqual([at('a')])
    remember([at('a')], new Set(), { unapproved, queue })
    expect([...unapproved]).toEqual([])
  })

  test('is due again where others wait that it was not planned with', async () => {
    const [unapproved, queue] = [new Set([at('old'), at('far', 'zeta')]), keyQueue<Address>({ shareOf: () => '' })]
    remember([at('new'), at('third', 'beta')], new Set([at('new'), at('third', 'beta')]), { unapproved, queue })
    expect(await due(queue)).toEqual([at('new')])
    remember([at('new'), at('old')], new Set([at('new'), at('old')]), { unapproved, queue })
    expect(await due(queue)).toEqual([])
  })

  test('is woken when its namespace says something else', async () => {
    const said: Record<string, string> = {}
    const asked = approvedOn(async namespace =>
      Promise.resolve(said[namespace] === undefined ? {} : { 'tenon.dev/approved': said[namespace] }),
    )
    const queue = keyQueue<Address>({ shareOf: () => '' })
    const unapproved = new Set<Address>([at('a'), at('b'), at('c', 'zeta'), 'clusterServiceDefinition/own'])
    const running = { unapproved, queue, approvedOn: asked, log: openLog('silent', () => {}) }
    for (const namespace of ['acme', 'zeta']) expect(await asked.read(namespace)).toBeUndefined()
    await wakeApproved(running)
    expect(await due(queue)).toEqual([])
    said['zeta'] = 'sha256:1'
    await wakeApproved(running)
    expect(await due(queue)).toEqual([at('c', 'zeta')])
    expect(await asked.read('zeta')).toBe('sha256:1')
    await wakeApproved(running)
    expect(await due(queue)).toEqual([])
  })
})

describe('approved is', () => {
  const says = (name: string, digest: string, more: One = {}): KubeObject =>
    one(name, { annotations: { 'tenon.dev/approved': digest }, ...more })
  const cache = cacheOf([
    says('a', 'sha256:1', { ready: 'True' }),
    says('b', 'sha256:2, sha256:3'),
    says('c', 'sha256:4', { mode: 'Enforce' }),
    says('d', 'sha256:5', { namespace: 'zeta' }),
  ])
  const asked = approvedOn(async namespace => Promise.resolve({ 'tenon.dev/approved': `of-${namespace}` }))

  test('what any resource of the namespace in that mode says, and the namespace itself', async () => {
    const running = { cache, mode: 'Enforce', approvedOn: asked } as const
    expect([...(await approvedFor({ namespace: 'acme' }, running))]).toEqual([
      'sha256:1',
      'sha256:2',
      'sha256:3',
      'of-acme',
    ])
    expect([...(await approvedFor({ namespace: undefined }, running))]).toEqual([])
  })
})

describe('to somebody who asks beforehand, open beside a resource is', () => {
  const FINALIZERS = { finalizers: ['tenon.dev/finalizer'], deletionTimestamp: '2026-11-01T12:00:00Z' }

  test.each<[string, One, string | undefined]>([
    ['what waits', { ready: 'ApprovalRequired' }, 'apply'],
    ['what nobody has seen', {}, 'apply'],
    ['what was edited since', { ready: 'True', generation: 2 }, 'apply'],
    ['what waits to go', { ready: 'ApprovalRequired', ...FINALIZERS }, 'delete'],
    ['nothing that is done', { ready: 'True' }, undefined],
    ['nothing that was refused', { ready: 'GuardRefused' }, undefined],
    ['nothing that is suspended', { spec: { suspend: true } }, undefined],
    ['nothing that is only let go', { ...FINALIZERS, annotations: { 'tenon.dev/skip-cleanup': 'true' } }, undefined],
    ['nothing that goes without us', { ...FINALIZERS, finalizers: [] }, undefined],
    ['nothing of another mode', { mode: 'Enforce' }, undefined],
    ['nothing of another namespace', { namespace: 'zeta' }, undefined],
  ])('%s', (_, other, expected) => {
    const cache = cacheOf([one('self'), one('other', other)])
    const found = openBeside(cache.get(at('self'))!, cache.all(), 'Observe')
    expect(found.map(({ wants }) => wants)).toEqual(expected === undefined ? [] : [expected])
  })
})
