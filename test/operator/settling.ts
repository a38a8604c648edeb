/** Settling with a real store: what an operator does with a batch, without a cluster around it. */
import path from 'node:path'
import { onTestFinished } from 'vitest'
import { kindNamed, type Address } from '../../src/model/address.ts'
import type { ClusterRead, SecretEntries } from '../../src/model/cluster.ts'
import { Secret } from '../../src/model/secret.ts'
import type { Store } from '../../src/model/store.ts'
import type { Item } from '../../src/operator/attempt.ts'
import { customResource } from '../../src/operator/custom-resource.ts'
import { ownerOf, runOf, type Group, type Surroundings } from '../../src/operator/due.ts'
import type { Result, Results } from '../../src/operator/result.ts'
import { settle } from '../../src/operator/settle.ts'
import { openApiReader } from '../../src/resolve/openapi/operations.ts'
import { catalogue } from '../../src/source/catalogue.ts'
import type { KubeObject } from '../../src/source/cluster/api.ts'
import { openStore } from '../../src/store/open.ts'
import { temporaryFolder } from '../support/tenon.ts'

export interface Settler {
  readonly store: Store
  /** How many transactions the store has seen. */
  readonly writes: number
  /** How many plans were made. */
  readonly plans: number
  readonly bugs: readonly Address[]
  settle(items: readonly Item[], group?: Partial<Group>): Promise<Results>
  close(): Promise<void>
}

export const NAMESPACE = 'acme'
export const OWNER = ownerOf('test', NAMESPACE)

const shipped = catalogue()
const openApi = openApiReader({})

const SECRETS: Readonly<Record<string, ClusterRead<SecretEntries>>> = {
  denied: { kind: 'denied', message: 'no' },
  held: {
    kind: 'read',
    version: '1',
    value: new Map([
      ['username', new Secret('bot')],
      ['password', new Secret('not a real one')],
    ]),
  },
}

export const AROUND: Surroundings = {
  decrypt: undefined,
  context: {
    catalogue: shipped.state,
    tables: shipped.tables,
    templates: shipped.templates,
    readBeside: () => Promise.resolve({ kind: 'refused', code: 'file-not-found', message: 'no', cure: 'no' }),
    openApi,
    allowedEndpoints: new Set(),
    requireBinding: false,
    today: '2026-11-01',
    cluster: {
      secret: (_, name) => Promise.resolve(SECRETS[name] ?? { kind: 'missing' }),
      configMap: () => Promise.resolve({ kind: 'missing' }),
    },
  },
}

/** An empty store, and the settling of batches into it. */
export async function settler(folder = temporaryFolder()): Promise<Settler> {
  const store = await openStore({ url: path.join(folder, 'store'), keyFile: undefined, create: true, notice: () => {} })
  onTestFinished(async () => store.close())
  const bugs: Address[] = []
  let writes = 0
  let plans = 0
  const counted: Store = {
    ...store,
    write: async batch => {
      writes += 1
      return store.write(batch)
    },
  }
  return {
    store,
    bugs,
    get plans() {
      return plans
    },
    get writes() {
      return writes
    },
    settle: async (items, more = {}) => {
      const group: Group = {
        owner: OWNER,
        namespace: NAMESPACE,
        enforce: true,
        force: new Set(),
        items,
        ...more,
      }
      return settle(items, {
        store: counted,
        runOf: some => {
          plans += 1
          return runOf(group, some, AROUND)
        },
        enforce: group.enforce,
        mayHalve: group.counted === undefined && group.approved === undefined,
        needsApproval: group.approved !== undefined,
        catalogue: shipped.state,
        fence: undefined,
        actor: 'test',
        now: () => '2026-11-01T12:00:00Z',
        onBug: address => bugs.push(address),
      })
    },
    close: async () => store.close(),
  }
}

/** A custom resource that is to be applied, from an object as a test writes it. */
export function applied(object: KubeObject & { readonly kind: string }): Item {
  return { resource: customResource(kindNamed(object.kind)!, object), wants: 'apply' }
}

export function deleted(object: KubeObject & { readonly kind: string }): Item {
  return { ...applied(object), wants: 'delete' }
}

/** A result in one word: what was done, or why not. */
export function outcome(result: Result | undefined): string {
  if (result === undefined) return 'nothing'
  return result.kind === 'done' ? `done ${result.action ?? ''}`.trim() : `${result.kind} ${result.reason}`
}

/** The results by address, each in one word. */
export function outcomes(results: Results): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...results].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([at, one]) => [at, outcome(one)]),
  )
}

/** The digests of all rows. */
export async function rows(store: Store): Promise<Readonly<Record<string, string>>> {
  const all = await store.list({})
  return Object.fromEntries(all.map(({ resource, owner }) => [resource.address, `${owner}: ${resource.digest}`]))
}
