/** What tests of the operator's behaviour do over and over: wait for what it says, and speak to its store. */
import { expect } from 'vitest'
import { tenon, type Ran } from '../../support/tenon.ts'
import type { KubeObject } from './client.ts'
import { eventually, type Patience } from './eventually.ts'
import { pathOf, pathOfObject } from './objects.ts'
import type { Operator } from './operator.ts'
import { condition } from './samples.ts'
import type { World } from './world.ts'

/** The machine may have a lot to do. */
export const PATIENT: Patience = { within: 30_000 }

/** Ready, Reconciling and Stalled in one line, `-` where one is absent, as in the table of the contract. */
export function said(object: KubeObject): string {
  const found = ['Ready', 'Reconciling', 'Stalled'].map(type => condition(object, type))
  return found.map(one => (one === undefined ? '-' : `${one['status']}/${one['reason']}`)).join(' ')
}

/** The rows of the table, for a reason. */
export const DONE = 'True/Succeeded - -'
export const retried = (reason: string): string => `False/${reason} True/ProgressingWithRetry -`
export const stalled = (reason: string): string => `False/${reason} - True/${reason}`

export function messageOf(object: KubeObject): string {
  return condition(object, 'Ready')?.['message'] ?? ''
}

/** Waits until an object says so; gives it. */
export async function says(
  world: World,
  object: KubeObject,
  wanted: string,
  patience: Patience = PATIENT,
): Promise<KubeObject> {
  return eventually(async () => {
    const found = await world.client.get(pathOfObject(object))
    expect(said(found), messageOf(found)).toBe(wanted)
    return found
  }, patience)
}

/** Waits until an object satisfies expectations; gives it. */
export async function shows(
  world: World,
  object: KubeObject,
  check: (found: KubeObject) => void,
  patience: Patience = PATIENT,
): Promise<KubeObject> {
  return eventually(async () => {
    const found = await world.client.get(pathOfObject(object))
    check(found)
    return found
  }, patience)
}

/** Waits until objects are done; gives them. */
export async function ready(world: World, ...objects: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const waits = objects.map(async object =>
    shows(world, object, found => {
      expect(said(found), messageOf(found)).toBe(DONE)
      expect(found.status.observedGeneration).toBe(found.metadata.generation)
    }),
  )
  return Promise.all(waits)
}

/** Waits until an object is no longer there. */
export async function gone(world: World, object: KubeObject, patience: Patience = PATIENT): Promise<void> {
  await eventually(async () => {
    const { status, body } = await world.client.ask('GET', pathOfObject(object))
    expect(status, JSON.stringify(body.status)).toBe(404)
  }, patience)
}

/** Deletes an object, and does not wait until it is gone. */
export async function remove(world: World, { kind, metadata }: KubeObject): Promise<void> {
  await world.remove(kind, metadata.namespace, metadata.name)
}

/** A merge patch of an object. */
export async function change(world: World, { kind, metadata }: KubeObject, patch: object): Promise<KubeObject> {
  return world.patch(kind, metadata.namespace, metadata.name, patch)
}

/** Sets annotations of Tenon's; null takes one away. */
export async function annotate(
  world: World,
  object: KubeObject,
  annotations: Readonly<Record<string, string | null>>,
): Promise<KubeObject> {
  const named = Object.entries(annotations).map(([name, value]) => [`tenon.dev/${name}`, value])
  return change(world, object, { metadata: { annotations: Object.fromEntries(named) } })
}

let requests = 0

/** Asks for a run, and waits until it has been. */
export async function reconcileNow(world: World, object: KubeObject): Promise<KubeObject> {
  const requestedAt = `request-${(requests += 1)}`
  await annotate(world, object, { requestedAt })
  return shows(world, object, found => expect(found.status.lastHandledReconcileAt).toBe(requestedAt))
}

/** The events about objects of a name in a namespace: `Type Reason: note`. */
export async function eventsOf(world: World, namespace: string, name: string): Promise<readonly string[]> {
  const { items } = await world.client.get(pathOf('Event', namespace))
  return items
    .filter(({ regarding }: KubeObject) => regarding.name === name)
    .map(({ type, reason, note }: KubeObject) => `${type} ${reason}: ${note}`)
}

/** Runs the command line on the store of an operator, which may be running. */
export async function onStore(
  world: World,
  { store, keyFile }: Pick<Operator, 'store' | 'keyFile'>,
  args: readonly string[],
  documents: readonly KubeObject[] = [],
): Promise<Ran> {
  const stdin = documents.map(document => JSON.stringify(document)).join('\n---\n')
  const from = documents.length === 0 ? [] : ['-f', '-']
  const ran = await tenon([...args, ...from, '--store', store, '--key-file', keyFile], { cwd: world.folder(), stdin })
  if (ran.code !== 0) throw new Error(`tenon ${args.join(' ')} ended with ${ran.code}: ${ran.stderr}${ran.stdout}`)
  return ran
}
