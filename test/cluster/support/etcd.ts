import path from 'node:path'
import { startDaemon, type Daemon } from './daemon.ts'
import { eventually } from './eventually.ts'
import { freePort } from './ports.ts'

export interface Etcd {
  readonly url: string
  readonly daemon: Daemon
}

/** Starts etcd on loopback. Nothing waits for the disk: its data go with the run. */
export async function startEtcd(program: string, folder: string): Promise<Etcd> {
  const url = `http://127.0.0.1:${await freePort()}`
  const peer = `http://127.0.0.1:${await freePort()}`
  const clients = ['--listen-client-urls', url, '--advertise-client-urls', url]
  const peers = ['--listen-peer-urls', peer, '--initial-advertise-peer-urls', peer, '--initial-cluster', `test=${peer}`]
  const data = ['--name', 'test', '--data-dir', path.join(folder, 'etcd'), '--unsafe-no-fsync=true']
  const daemon = startDaemon(program, [...data, ...clients, ...peers], path.join(folder, 'etcd.log'))
  await eventually(async () => isHealthy(url, daemon), { within: 30_000 })
  return { url, daemon }
}

/** Forgets all revisions but the newest, so that a watch can no longer go on from an older one. */
export async function compact(url: string): Promise<void> {
  const { header } = (await ask(url, 'range', { key: Buffer.from('/').toString('base64') })) as {
    header: { revision: string }
  }
  await ask(url, 'compaction', { revision: header.revision, physical: true })
}

async function isHealthy(url: string, daemon: Daemon): Promise<void> {
  daemon.mustRun()
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(2000) })
  if (!answer.ok) throw new Error(`etcd is not healthy: ${await answer.text()}`)
}

async function ask(url: string, verb: string, body: object): Promise<unknown> {
  const answer = await fetch(`${url}/v3/kv/${verb}`, { method: 'POST', body: JSON.stringify(body) })
  if (!answer.ok) throw new Error(`etcd answered: ${await answer.text()}`)
  return answer.json()
}
