/** Takes away what tests leave in the cluster, though no operator runs any more that would let it go. */
import type { Client, KubeObject } from './client.ts'
import { pathOf, pathOfObject, TENON_KINDS } from './objects.ts'

/** Deletes a namespace; its objects need not wait for an operator. */
export async function dropNamespace(client: Client, namespace: string): Promise<void> {
  for (const kind of TENON_KINDS.slice(1)) await dropAll(client, kind, namespace)
  await client.ask('DELETE', pathOf('Namespace', undefined, namespace))
}

/** Deletes all of Tenon's objects, in one namespace or everywhere, without waiting for an operator. */
export async function dropObjects(client: Client, namespace?: string): Promise<void> {
  for (const kind of TENON_KINDS) await dropAll(client, kind, namespace)
}

/** Deletes one object, finalizers or not. */
export async function dropObject(client: Client, object: KubeObject): Promise<void> {
  const path = pathOfObject(object)
  await client.ask('DELETE', path)
  await client.ask('PATCH', path, { metadata: { finalizers: null } }, 'application/merge-patch+json')
}

async function dropAll(client: Client, kind: string, namespace: string | undefined): Promise<void> {
  const { status, body } = await client.ask('GET', pathOf(kind, namespace))
  // The kind itself may be gone.
  if (status !== 200) return
  const queue: KubeObject[] = body.items.map((item: KubeObject) => ({ ...item, kind }))
  const worker = async (): Promise<void> => {
    for (let item = queue.pop(); item !== undefined; item = queue.pop()) await dropObject(client, item)
  }
  await Promise.all(Array.from({ length: 8 }, worker))
}
