/** A kube-apiserver that tests may kill, freeze and start again. */
import { readFileSync, writeFileSync } from 'node:fs'
import { get } from 'node:https'
import path from 'node:path'
import { startDaemon, type Daemon } from './daemon.ts'
import { eventually } from './eventually.ts'
import { freePort } from './ports.ts'

/** One line per request, written when it is over; a watch has one when it begins as well. */
const AUDIT_POLICY =
  'apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules: [{level: Metadata}]\n'

export interface ApiServer {
  readonly url: string
  /** Ends it with a signal and waits for the end; `SIGKILL` unless another is named. */
  kill(signal?: NodeJS.Signals): Promise<void>
  /** Starts it again at the same address, with further flags if given, and waits until it is ready. */
  restart(flags?: readonly string[]): Promise<void>
  /** Stops the process: connections stay open, and nothing answers. */
  freeze(): void
  thaw(): void
}

/** Starts an API server over an etcd; its certificates are in the folder. */
export async function startApiServer(program: string, folder: string, etcd: string): Promise<ApiServer> {
  const port = await freePort()
  const url = `https://127.0.0.1:${port}`
  writeFileSync(path.join(folder, 'audit.yaml'), AUDIT_POLICY)
  let daemon = await start([])

  async function start(more: readonly string[]): Promise<Daemon> {
    const flags = [...flagsOf(folder, etcd, port), ...more]
    const started = startDaemon(program, flags, path.join(folder, 'kube-apiserver.log'))
    await eventually(async () => isReady(url, folder, started), { within: 60_000 })
    return started
  }

  return {
    url,
    kill: async (signal = 'SIGKILL') => daemon.end(signal),
    async restart(flags = []) {
      await daemon.end('SIGKILL')
      daemon = await start(flags)
    },
    freeze: () => daemon.freeze(),
    thaw: () => daemon.signal('SIGCONT'),
  }
}

function flagsOf(folder: string, etcd: string, port: number): readonly string[] {
  const pki = path.join(folder, 'pki')
  const url = `https://127.0.0.1:${port}/`
  return [
    `--etcd-servers=${etcd}`,
    '--bind-address=127.0.0.1',
    '--advertise-address=127.0.0.1',
    `--secure-port=${port}`,
    `--cert-dir=${pki}`,
    `--tls-cert-file=${pki}/apiserver.crt`,
    `--tls-private-key-file=${pki}/apiserver.key`,
    `--client-ca-file=${pki}/ca.crt`,
    '--authorization-mode=RBAC',
    '--allow-privileged=true',
    '--service-cluster-ip-range=10.0.0.0/24',
    '--disable-admission-plugins=ServiceAccount',
    '--enable-admission-plugins=OwnerReferencesPermissionEnforcement',
    `--service-account-issuer=${url}`,
    `--service-account-key-file=${pki}/sa.pub`,
    `--service-account-signing-key-file=${pki}/sa.key`,
    '--endpoint-reconciler-type=none',
    `--audit-policy-file=${folder}/audit.yaml`,
    `--audit-log-path=${folder}/audit.log`,
    // Never put aside: a whole run writes more than the 100 MB after which that is done by default.
    '--audit-log-maxsize=100000',
  ]
}

async function isReady(url: string, folder: string, daemon: Daemon): Promise<void> {
  daemon.mustRun()
  const { promise, resolve, reject } = Promise.withResolvers<number | undefined>()
  const ca = readFileSync(path.join(folder, 'pki/ca.crt'))
  const request = get(`${url}/readyz`, { ca, agent: false, timeout: 2000 }, answer => {
    answer.resume()
    resolve(answer.statusCode)
  })
  request.on('error', reject).on('timeout', () => request.destroy(new Error('no answer from /readyz')))
  const status = await promise
  if (status !== 200) throw new Error(`/readyz answered ${status}`)
}
