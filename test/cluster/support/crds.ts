/** Tenon's own kinds in the cluster, from the files that the chart ships. */
import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Client, KubeObject } from './client.ts'
import { eventually } from './eventually.ts'
import { pathOf } from './objects.ts'
import { must, type Kubectl } from './run.ts'

/** The generated definitions. */
export const CRD_FOLDER = path.join(import.meta.dirname, '../../../charts/tenon/files/crds')

/** The plural names of the kinds, as the files are named; none before they were generated. */
export function crdNames(): readonly string[] {
  if (!existsSync(CRD_FOLDER)) return []
  const files = readdirSync(CRD_FOLDER).filter(file => file.endsWith('.yaml'))
  return files.map(file => path.basename(file, '.yaml')).toSorted()
}

/** Writes the definitions into the cluster and waits until objects of these kinds are served. */
export async function installCrds(client: Client, kubectl: Kubectl): Promise<void> {
  if (crdNames().length === 0) return
  must(await kubectl(['apply', '--server-side', '--force-conflicts', '-f', CRD_FOLDER]))
  for (const name of crdNames()) await eventually(async () => isServed(client, name), { within: 30_000 })
}

/** Takes the definitions away, and with them every object of these kinds, finalizers or not. */
export async function removeCrds(client: Client, release: () => Promise<void>): Promise<void> {
  const all = await ours(client)
  for (const { metadata } of all) await client.del(pathOf('CustomResourceDefinition', undefined, metadata.name))
  await release()
  await eventually(
    async () => {
      if ((await ours(client)).length > 0) throw new Error('the definitions are still there')
    },
    { within: 60_000 },
  )
}

async function ours(client: Client): Promise<readonly KubeObject[]> {
  const { items } = await client.get(pathOf('CustomResourceDefinition'))
  return items.filter(({ spec }: KubeObject) => spec.group === 'tenon.dev')
}

async function isServed(client: Client, plural: string): Promise<void> {
  const crd = await client.get(pathOf('CustomResourceDefinition', undefined, `${plural}.tenon.dev`))
  const conditions: readonly KubeObject[] = crd.status?.conditions ?? []
  if (!conditions.some(({ type, status }) => type === 'Established' && status === 'True')) {
    throw new Error(`${plural} is not established: ${JSON.stringify(conditions)}`)
  }
  // Established comes a moment before every path of the kind answers.
  const version = crd.spec.versions[0].name
  const { status } = await client.ask('GET', `/apis/tenon.dev/${version}/${plural}?limit=1`)
  if (status !== 200) throw new Error(`${plural} is not served: ${status}`)
}
