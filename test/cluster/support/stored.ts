/** What the store of an operator holds, read as another program would read it, and what it should hold. */
import { kindNamed, type Address } from '../../../src/model/address.ts'
import type { State } from '../../../src/model/state.ts'
import type { Store } from '../../../src/model/store.ts'
import { check, type Run } from '../../../src/reconcile.ts'
import { openApiReader } from '../../../src/resolve/openapi/operations.ts'
import { catalogue } from '../../../src/source/catalogue.ts'
import { documentOf } from '../../../src/source/cluster/document.ts'
import { openStore } from '../../../src/store/open.ts'
import { temporaryFolder } from '../../support/tenon.ts'
import type { Client, KubeObject } from './client.ts'
import { pathOf, TENON_KINDS } from './objects.ts'
import type { Operator } from './operator.ts'

/** Reads the store of an operator, which may be running. */
export async function reading<Answer>(
  { store: url, keyFile }: Pick<Operator, 'store' | 'keyFile'>,
  read: (store: Store) => Promise<Answer>,
): Promise<Answer> {
  const store = await openStore({ url, keyFile, create: false, notice: () => {} })
  try {
    return await read(store)
  } finally {
    await store.close()
  }
}

type Digests = Readonly<Record<Address, string>>

/** The rows of a namespace: what each says, in short. */
export async function storedIn(operator: Pick<Operator, 'store' | 'keyFile'>, namespace: string): Promise<Digests> {
  const rows = await reading(operator, async store => store.list({ namespace }))
  return Object.fromEntries(rows.map(({ resource: { address, digest } }) => [address, digest]))
}

/** The rows that a store has to hold for what a namespace of the cluster holds. */
export async function wantedIn(client: Client, namespace: string): Promise<Digests> {
  const state = await desired(await objectsIn(client, namespace))
  return Object.fromEntries([...state.values()].map(({ address, digest }) => [address, digest]))
}

/** All of Tenon's objects in a namespace, except those that are going. */
export async function objectsIn(client: Client, namespace: string): Promise<readonly KubeObject[]> {
  const lists = await Promise.all(
    TENON_KINDS.slice(1).map(async kind => {
      const { items } = await client.get(pathOf(kind, namespace))
      return items.map((item: KubeObject) => Object.assign(item, { kind }))
    }),
  )
  return lists.flat().filter(({ metadata }) => metadata.deletionTimestamp === undefined)
}

/** What objects ask for, as long as they name no values. Throws where they are invalid. */
export async function desired(objects: readonly KubeObject[]): Promise<State> {
  const shipped = catalogue()
  const run: Partial<Run> = {
    owner: 'cluster:test',
    documents: objects.map(object => documentOf(kindNamed(object.kind)!, object)),
    problems: [],
    defaultNamespace: 'default',
    strict: true,
    say: () => {},
    context: {
      ...shipped,
      catalogue: shipped.state,
      readBeside: async () => Promise.reject(new Error('nothing is read')),
      openApi: openApiReader({ cacheFolder: temporaryFolder() }),
      allowedEndpoints: new Set(),
      requireBinding: false,
      today: undefined,
    },
  }
  const checked = await check(run as Run)
  if (checked.kind === 'invalid') throw new Error(JSON.stringify(checked.diagnostics))
  return checked.desired.state
}
