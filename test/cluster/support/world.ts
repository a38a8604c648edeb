/**
 * What a test does with the cluster of the run. Whatever a world starts or creates ends with it: operators, proxies,
 * namespaces, watches. It knows nothing of the test runner, so that measurements use it too.
 */
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { auditMark, auditSince, type AuditEvent, type AuditFilter, type AuditMark } from './audit.ts'
import { dropNamespace, dropObject, dropObjects } from './cleaning.ts'
import { APPLY_PATCH, createClient, type Client, type KubeObject } from './client.ts'
import { remoteApiServer, type ApiServerSwitches } from './control.ts'
import type { Connection } from './control-plane.ts'
import { installCrds, removeCrds } from './crds.ts'
import { createDatabase } from './database.ts'
import { compact } from './etcd.ts'
import { eventually, type Patience } from './eventually.ts'
import { guardedFolder, removeFolder } from './guard.ts'
import { authority, clientFor, kubeconfigFor, type Identity } from './identity.ts'
import { kstatus, type Kstatus } from './kstatus.ts'
import { pathOf, pathOfObject } from './objects.ts'
import { startOperator, type Operator, type OperatorOptions } from './operator.ts'
import { serverCertificate, type Leaf } from './pki.ts'
import { startProxy, type Proxy } from './proxy.ts'
import { run, type Ran } from './run.ts'
import { watchStatuses, type StatusWatch, type StatusWatchOptions } from './status-watch.ts'

export interface World {
  readonly connection: Connection
  /** The administrator's client. */
  readonly client: Client
  readonly apiServer: ApiServerSwitches
  clientFor(identity: Identity): Promise<Client>
  /** A kubeconfig file; `server` is another address of the API server, for instance a proxy's. */
  kubeconfigFor(identity: Identity, server?: string): Promise<string>
  /** Runs kubectl as the administrator, or with another kubeconfig. */
  kubectl(args: readonly string[], input?: string, kubeconfig?: string): Promise<Ran>
  helm(args: readonly string[], version?: 3 | 4): Promise<Ran>
  freshNamespace(labels?: Readonly<Record<string, string>>): Promise<string>
  /** Server-side apply, with strict validation, as another field manager than the operator. */
  apply(...objects: readonly KubeObject[]): Promise<void>
  read(kind: string, namespace: string | undefined, name: string): Promise<KubeObject>
  /** A merge patch of one object. */
  patch(kind: string, namespace: string | undefined, name: string, change: object): Promise<KubeObject>
  remove(kind: string, namespace: string | undefined, name: string): Promise<void>
  /** Waits until kstatus says so of an object, and gives it. */
  settled(object: KubeObject, wanted: Kstatus, patience?: Patience): Promise<KubeObject>
  installCrds(): Promise<void>
  removeCrds(): Promise<void>
  /** Deletes all objects of Tenon's kinds everywhere, without an operator. */
  dropObjects(): Promise<void>
  auditMark(): AuditMark
  auditSince(mark: AuditMark, filter?: AuditFilter): readonly AuditEvent[]
  /** Makes etcd forget all revisions but the newest. */
  compact(): Promise<void>
  /** A proxy in front of the API server, or of another address. */
  proxy(target?: string): Promise<Proxy>
  folder(): string
  /** An empty PostgreSQL database. */
  database(): Promise<string>
  /** A certificate for a server on loopback, from the authority that `authority` gives. */
  serverCertificate(name: string): Leaf
  readonly authority: string
  /** Starts an operator: as the administrator, unless a kubeconfig is given. */
  startOperator(options?: Partial<OperatorOptions>): Promise<Operator>
  watchStatuses(options?: StatusWatchOptions): Promise<StatusWatch>
  end(): Promise<void>
}

/** Opens a world on a running control plane; the URL is of a PostgreSQL server, if there is one. */
export function openWorld(connection: Connection, postgres = ''): World {
  const enders: (() => Promise<void> | void)[] = []
  const home = guardedFolder('home')
  enders.push(() => removeFolder(home))
  const client = createClient(connection.server, authority(connection), connection.admin)
  enders.push(() => client.close())
  const { assets, adminKubeconfig, folder } = connection
  const auditLog = path.join(folder, 'audit.log')

  const kubectl: World['kubectl'] = async (args, input, kubeconfig = adminKubeconfig) =>
    run(assets.kubectl, args, { kubeconfig, home }, input)
  return {
    connection,
    client,
    apiServer: remoteApiServer(connection.control, connection.server),
    authority: authority(connection),
    kubectl,
    clientFor: async identity => {
      const made = await clientFor(connection, client, identity)
      enders.push(() => made.close())
      return made
    },
    kubeconfigFor: async (identity, server) => kubeconfigFor(connection, client, identity, server),
    async helm(args, version = 4) {
      const program = version === 4 ? assets.helm : assets.helm3
      if (program === undefined) throw new Error('there is no helm; to get it: npm run tools -- cluster')
      return run(program, args, { kubeconfig: adminKubeconfig, home })
    },
    async freshNamespace(labels = {}) {
      const name = `t-${randomBytes(5).toString('hex')}`
      await client.post(pathOf('Namespace'), { metadata: { name, labels } })
      enders.push(async () => dropNamespace(client, name))
      return name
    },
    async apply(...objects) {
      for (const object of objects) {
        const query = 'fieldManager=tenon-test&force=true&fieldValidation=Strict'
        await client.patch(`${pathOfObject(object)}?${query}`, object, APPLY_PATCH)
        // Those in a namespace go with it.
        if (object.metadata.namespace === undefined) enders.push(async () => dropObject(client, object))
      }
    },
    read: async (...which) => client.get(pathOf(...which)),
    patch: async (kind, namespace, name, change) => client.patch(pathOf(kind, namespace, name), change),
    async remove(...which) {
      await client.del(pathOf(...which))
    },
    settled: async (object, wanted, patience) => eventually(async () => mustBe(client, object, wanted), patience),
    installCrds: async () => installCrds(client, kubectl),
    removeCrds: async () => removeCrds(client, async () => dropObjects(client)),
    dropObjects: async () => dropObjects(client),
    auditMark: () => auditMark(auditLog),
    auditSince: (mark, filter) => auditSince(auditLog, mark, filter),
    compact: async () => compact(connection.etcd),
    async proxy(target = connection.server) {
      const proxy = await startProxy(target)
      enders.push(async () => proxy.end())
      return proxy
    },
    folder() {
      const made = guardedFolder('test')
      enders.push(() => removeFolder(made))
      return made
    },
    async database() {
      if (postgres === '') throw new Error('there is no PostgreSQL server')
      const database = await createDatabase(postgres)
      enders.push(async () => database.drop())
      return database.url
    },
    serverCertificate: name => serverCertificate({ folder: path.join(folder, 'pki'), openssl: assets.openssl }, name),
    async startOperator(options = {}) {
      const operator = await startOperator({ kubeconfig: adminKubeconfig, ...options })
      enders.push(async () => {
        await operator.kill()
        removeFolder(operator.folder)
      })
      return operator
    },
    async watchStatuses(options) {
      const watch = await watchStatuses(client, options)
      enders.push(async () => watch.end())
      return watch
    },
    async end() {
      for (const end of enders.splice(0).toReversed()) await end()
    },
  }
}

async function mustBe(client: Client, object: KubeObject, wanted: Kstatus): Promise<KubeObject> {
  const found = await client.get(pathOfObject(object))
  const is = kstatus(found)
  if (is === wanted) return found
  throw new Error(`${found.kind} ${found.metadata.name} is ${is}, not ${wanted}: ${JSON.stringify(found.status)}`)
}
