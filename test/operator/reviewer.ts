/** The admission of an operator that has its own store, and a cluster that a test makes up. */
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { kindNamed, type KindName } from '../../src/model/address.ts'
import { admission, type AdmissionAnswer, type AdmissionReview } from '../../src/operator/admission.ts'
import { openLog } from '../../src/operator/log.ts'
import type { OperatorFlags } from '../../src/operator/options.ts'
import { partsOf } from '../../src/operator/parts.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import { write } from '../support/stories.ts'
import { temporaryFolder, tenon } from '../support/tenon.ts'

export interface Reviewer {
  /** The folder with the store, for the command line. */
  readonly folder: string
  /** Lets the operator see custom resources. */
  readonly see: (...objects: readonly KubeObject[]) => void
  readonly review: (
    operation: Operation,
    object: KubeObject | null,
    old?: KubeObject | null,
  ) => Promise<AdmissionAnswer['response']>
}

type Operation = AdmissionReview['request']['operation']

/** `answers`: what the API server has at a path. */
export async function reviewer(
  flags: Partial<OperatorFlags> = {},
  answers: Readonly<Record<string, unknown>> = {},
): Promise<Reviewer> {
  const folder = temporaryFolder()
  const all = {
    ...DEFAULTS,
    kubeconfig: await kubeconfig(folder, answers),
    store: path.join(folder, 'store'),
    ...flags,
  }
  const world = { env: {}, stderr: { write: () => {} }, now: () => new Date('2026-11-01T12:00:00Z'), onStop: () => {} }
  const parts = partsOf(
    all,
    world,
    openLog('silent', () => {}),
  )
  onTestFinished(() => parts.close())
  return {
    folder,
    see: (...objects) => {
      for (const object of objects) parts.cache.put(kindNamed(object.kind as KindName)!, object)
    },
    review: async (operation, object, old = null) => {
      const kind = { kind: (object ?? old)?.kind ?? 'Integration' }
      const request = { uid: 'u-1', kind, operation, object, oldObject: old }
      return (await admission({ request }, all, parts)).response
    },
  }
}

/** A reviewer whose store holds what a cluster declared. */
export async function reviewerWith(
  objects: readonly KubeObject[],
  ...asked: Parameters<typeof reviewer>
): Promise<Reviewer> {
  const made = await reviewer(...asked)
  for (const [index, object] of objects.entries()) write(made.folder, `src/${index}.json`, JSON.stringify(object))
  const args = ['apply', '-f', 'src', '--yes', '--store', path.join(made.folder, 'store')]
  const { code, stderr } = await tenon([...args, '--owner', 'cluster:default/ns/acme'], { cwd: made.folder })
  if (code !== 0) throw new Error(stderr)
  made.see(...objects)
  return made
}

const DEFAULTS: OperatorFlags = {
  clusterName: 'default',
  namespace: [],
  ageKeyFile: [],
  requireBinding: false,
  allowEndpoint: [],
  mode: 'Enforce',
  prune: false,
  interval: '10m',
  timeout: '60s',
  concurrent: 4,
  watchSecrets: false,
  clusterServices: false,
  leaderElect: false,
  leaseName: 'tenon-operator',
  metricsAddress: '0',
  healthAddress: '0',
  logLevel: 'silent',
}

/** A kubeconfig for a server that has only what a test says. */
async function kubeconfig(folder: string, answers: Readonly<Record<string, unknown>>): Promise<string> {
  const server = createServer((request, response) => {
    const found = answers[request.url ?? '']
    response.writeHead(found === undefined ? 404 : 200, { 'content-type': 'application/json' })
    response.end(JSON.stringify(found ?? { message: 'not found', reason: 'NotFound' }))
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const file = path.join(folder, 'kubeconfig')
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'c',
    clusters: [{ name: 'c', cluster: { server: `http://127.0.0.1:${port}`, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: {} }],
    contexts: [{ name: 'c', context: { cluster: 'c', user: 'u', namespace: 'tenon-system' } }],
  }
  writeFileSync(file, JSON.stringify(config))
  return file
}
