/** One control plane: etcd, an API server, and the controllers that end namespaces and collect garbage. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { startApiServer } from './api-server.ts'
import type { Assets } from './assets.ts'
import { serveControl } from './control.ts'
import { startDaemon, type Daemon } from './daemon.ts'
import { startEtcd } from './etcd.ts'
import { guardedFolder, removeFolder } from './guard.ts'
import { writeKubeconfig } from './kubeconfig.ts'
import { clientCertificate, makePki, type Leaf } from './pki.ts'
import { freePort } from './ports.ts'

/** What another process needs in order to use a control plane. */
export interface Connection {
  readonly folder: string
  readonly server: string
  readonly etcd: string
  /** The socket on which the API server is killed, frozen and restarted. */
  readonly control: string
  readonly admin: Leaf
  readonly adminKubeconfig: string
  readonly assets: Assets
}

export interface ControlPlane {
  readonly connection: Connection
  stop(): Promise<void>
}

/** Starts a control plane on free loopback ports; everything of it goes with `stop`, or with this process. */
export async function startControlPlane(assets: Assets): Promise<ControlPlane> {
  const folder = guardedFolder('cluster')
  const enders: (() => Promise<void> | void)[] = [() => removeFolder(folder)]
  const stop = async (): Promise<void> => {
    for (const end of enders.splice(0).toReversed()) await end()
  }
  try {
    return { connection: await start(assets, folder, enders), stop }
  } catch (error) {
    await stop()
    throw error
  }
}

async function start(assets: Assets, folder: string, enders: (() => Promise<void> | void)[]): Promise<Connection> {
  const pki = { folder: path.join(folder, 'pki'), openssl: assets.openssl }
  mkdirSync(pki.folder)
  makePki(pki)
  const etcd = await startEtcd(assets.etcd, folder)
  enders.push(async () => etcd.daemon.end('SIGKILL'))
  const apiServer = await startApiServer(assets.apiServer, folder, etcd.url)
  enders.push(async () => apiServer.kill())
  const admin = clientCertificate(pki, 'admin', ['system:masters'])
  const adminKubeconfig = writeKubeconfig(folder, apiServer.url, admin)
  const manager = await startControllers(assets.controllerManager, folder, adminKubeconfig)
  enders.push(async () => manager?.end('SIGKILL'))
  const control = path.join(folder, 'control')
  enders.push(await serveControl(control, apiServer))
  return { folder, server: apiServer.url, etcd: etcd.url, control, admin, adminKubeconfig, assets }
}

/** They act as the administrator, which avoids the rights that only a full cluster sets up for them. */
async function startControllers(
  program: string | undefined,
  folder: string,
  kubeconfig: string,
): Promise<Daemon | undefined> {
  if (program === undefined) return undefined
  const names = '--controllers=namespace-controller,garbage-collector-controller'
  const address = ['--bind-address=127.0.0.1', `--secure-port=${await freePort()}`, `--cert-dir=${folder}/pki`]
  const flags = [`--kubeconfig=${kubeconfig}`, names, '--leader-elect=false', ...address]
  return startDaemon(program, flags, path.join(folder, 'kube-controller-manager.log'))
}
