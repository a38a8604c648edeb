import { afterEach, expect, test, vi } from 'vitest'
import { customResource, type CustomResource } from '../../src/operator/custom-resource.ts'
import { recorder, type Happening, type Recorder } from '../../src/operator/events.ts'
import type { Api, Call } from '../../src/source/cluster/api.ts'
import { shown } from './custom-resources.ts'

afterEach(() => void vi.useRealTimers())

const APPLIED: Happening = { type: 'Normal', reason: 'Applied', note: 'Created' }

interface Sent extends Call {
  readonly path: string
  // oxlint-disable-next-line typescript/no-explicit-any -- an event as it is sent
  readonly body: any
}

/** A recorder, with what it sends; `fails` makes the API server refuse it. */
function recording({ fails = false, mayWrite = true } = {}): Recorder & { readonly sent: readonly Sent[] } {
  vi.useFakeTimers()
  const sent: Sent[] = []
  const call = async (path: string, asked: Call = {}): Promise<never> => {
    sent.push({ ...asked, path, body: asked.body })
    if (fails) throw new Error('no')
    return {} as never
  }
  const api: Api = { call, open: async () => Promise.reject(new Error('no')), close: async () => {} }
  return { ...recorder(api, 'pod_1', () => mayWrite), sent }
}

function integration(name: string): CustomResource {
  return customResource('integration', shown(name))
}

test('an event tells of whom, by whom, what and why', async () => {
  const { record, flush, sent } = recording()
  record(integration('jira'), { type: 'Warning', reason: 'GuardRefused', note: 'x'.repeat(2000) })
  await flush()
  expect(sent).toMatchObject([{ method: 'POST', path: '/apis/events.k8s.io/v1/namespaces/acme/events' }])
  const { metadata, note, ...event } = sent[0]!.body
  expect(event).toMatchObject({
    type: 'Warning',
    reason: 'GuardRefused',
    reportingController: 'tenon.dev/operator',
    reportingInstance: 'pod_1',
    regarding: { kind: 'Integration', name: 'jira', namespace: 'acme', uid: 'uid-of-jira' },
  })
  // The API server counts bytes.
  expect([metadata.namespace, Buffer.byteLength(note), note.at(-1)]).toEqual(['acme', 1024, '…'])
  expect(metadata.name).toMatch(/^jira\.[0-9a-f]{16}$/)
})

test('an event of a cluster-wide resource lies in the namespace default', async () => {
  const { record, flush, sent } = recording()
  record(customResource('clusterServiceDefinition', { metadata: { name: 'jira' } }), APPLIED)
  await flush()
  expect([sent[0]!.path, sent[0]!.body.metadata.namespace]).toEqual([
    '/apis/events.k8s.io/v1/namespaces/default/events',
    'default',
  ])
})

test('the same again raises the count of the event that is there, once a minute at most', async () => {
  const { record, flush, sent } = recording()
  for (let times = 0; times < 5; times++) record(integration('jira'), APPLIED)
  await flush()
  expect(sent).toHaveLength(1)
  vi.advanceTimersByTime(61_000)
  record(integration('jira'), APPLIED)
  record(integration('jira'), APPLIED)
  await flush()
  expect(sent[1]).toMatchObject({ method: 'PATCH', path: `${sent[0]!.path}/${sent[0]!.body.metadata.name}` })
  expect(sent[1]!.body.series.count).toBe(6)
  expect(sent).toHaveLength(2)
})

test('the same after a long time, and anything else, is an event of its own', async () => {
  const { record, flush, sent } = recording()
  record(integration('jira'), APPLIED)
  record(integration('slack'), APPLIED)
  record(integration('jira'), { ...APPLIED, note: 'Updated' })
  vi.advanceTimersByTime(601_000)
  record(integration('jira'), APPLIED)
  await flush()
  expect(sent.map(({ method }) => method)).toEqual(['POST', 'POST', 'POST', 'POST'])
  expect(new Set(sent.map(({ body }) => body.metadata.name)).size).toBe(4)
})

test('events that cannot be sent trouble nobody, and those after them are sent', async () => {
  const { record, flush, sent } = recording({ fails: true })
  record(integration('a'), APPLIED)
  record(integration('b'), APPLIED)
  await flush()
  expect(sent).toHaveLength(2)
})

test('a flood is cut off rather than kept', async () => {
  const { record, flush, sent } = recording()
  for (let times = 0; times < 3000; times++) record(integration(`i${times}`), APPLIED)
  await flush()
  expect(sent).toHaveLength(1000)
})

test('a process that may no longer write sends nothing', async () => {
  const { record, flush, sent } = recording({ mayWrite: false })
  record(integration('jira'), APPLIED)
  await flush()
  expect(sent).toEqual([])
})
