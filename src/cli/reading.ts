import { compareAddresses, type Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { WorldError } from '../model/errors.ts'
import type { OperationTable } from '../model/operation.ts'
import { references } from '../model/references.ts'
import type { Resource, State } from '../model/state.ts'
import type { ListFilter, Store, Stored } from '../model/store.ts'
import { check } from '../reconcile.ts'
import { catalogue, type Catalogue } from '../source/catalogue.ts'
import type { ExitCode } from './exit.ts'
import { InvalidInput, showInvalid } from './invalid-input.ts'
import type { Io } from './io.ts'
import type { ReadingOptions } from './reading-options.ts'
import { openSession, openStoreOf, quotable } from './session.ts'
import { NO_DOCUMENTS } from './validate.ts'
import type { Call } from './verbs.ts'
import { painter } from './style.ts'
import { renderDiagnostics } from './view/diagnostics.ts'

/** A resource, and what the store says of it beside; `stored` is absent in files and for shipped services. */
export interface Found {
  readonly resource: Resource
  readonly stored?: Stored
}

/** What a verb answers from: the store, or files that were checked. Shipped services are found in both, listed in neither. */
export interface Reading {
  readonly from: 'store' | 'files'
  /** Warnings about the files. */
  readonly diagnostics: readonly Diagnostic[]
  readonly catalogue: Catalogue
  load(addresses: Iterable<Address>): Promise<ReadonlyMap<Address, Found>>
  list(filter: ListFilter): Promise<readonly Found[]>
  referrers(addresses: Iterable<Address>): Promise<ReadonlyMap<Address, readonly Address[]>>
  tables(digests: Iterable<string>): Promise<ReadonlyMap<string, OperationTable>>
}

type Work<O> = (reading: Reading, call: Call<O>) => Promise<ExitCode>

/**
 * Runs a verb over the files given with `-f`, or else over the store. What the files or the arguments have wrong is shown,
 * with `failed` as the verb's JSON. `mayBeMissing`: a store that does not exist reads as empty instead of being an error.
 */
export async function reading<O extends ReadingOptions>(
  call: Call<O>,
  work: Work<O>,
  failed: (diagnostics: readonly Diagnostic[]) => unknown,
  mayBeMissing = false,
): Promise<ExitCode> {
  const { options, io } = call
  try {
    if (options.file.length > 0) return await work(await readFiles(options, io), call)
    return await overStore(options, io, mayBeMissing, async store => work(readStore(store), call))
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return showInvalid(error, failed(error.diagnostics), io, options)
  }
}

/** Runs work over the store that the flags name, and closes it. Throws `WorldError` when there is none. */
export async function overStore<Answer>(
  options: ReadingOptions | { readonly store?: string; readonly keyFile?: string },
  io: Io,
  mayBeMissing: boolean,
  work: (store: Store) => Promise<Answer>,
): Promise<Answer> {
  const store = await openStoreOf(options, io, false)
  try {
    if (!mayBeMissing && (await store.position('')).revision === 0) throw noStore(options.store)
    return await work(store)
  } finally {
    await store.close()
  }
}

function noStore(url = '.tenon'): WorldError {
  const where = /^postgres(ql)?:/i.test(url) ? 'the database' : `"${url}"`
  return new WorldError('no-store', `there is no store in ${where}, or nothing was ever applied to it`, {
    cure: 'Apply files first (`tenon apply -f DIRECTORY`), name the store with --store, or answer from files with -f.',
  })
}

function readStore(store: Store): Reading {
  const shipped = catalogue()
  return {
    from: 'store',
    diagnostics: [],
    catalogue: shipped,
    load: async addresses => {
      const wanted = [...addresses]
      const rows = await store.load(wanted.filter(address => !shipped.state.has(address)))
      return new Map([
        ...shippedAmong(wanted, shipped.state),
        ...[...rows].map(([at, row]) => [at, found(row)] as const),
      ])
    },
    list: async filter => (await store.list(filter)).map(found),
    referrers: addresses => store.referrers(addresses),
    tables: async digests => {
      const wanted = [...digests]
      const rest = await store.tables(wanted.filter(digest => !shipped.tables.has(digest)))
      return new Map([...shipped.tables, ...rest])
    },
  }
}

function found(stored: Stored): Found {
  return { resource: stored.resource, stored }
}

function shippedAmong(addresses: readonly Address[], shipped: State): [Address, Found][] {
  return addresses.flatMap(address => {
    const resource = shipped.get(address)
    return resource === undefined ? [] : [[address, { resource }] as [Address, Found]]
  })
}

async function readFiles(options: ReadingOptions, io: Io): Promise<Reading> {
  const session = openSession(options, io)
  const documents = quotable(session.source)
  try {
    const checked = await check(session.run)
    const { diagnostics } = checked
    if (checked.kind === 'invalid') throw new InvalidInput(diagnostics, documents)
    if (checked.documents === 0) throw new InvalidInput([...diagnostics, NO_DOCUMENTS], documents)
    if (!options.quiet)
      io.stderr.write(renderDiagnostics(diagnostics, documents, painter(io, io.stderr, options.color)))
    const { state, tables } = checked.desired
    return { from: 'files', diagnostics, ...readState(state, tables) }
  } finally {
    await session.close()
  }
}

function readState(state: State, tables: ReadonlyMap<string, OperationTable>): Omit<Reading, 'from' | 'diagnostics'> {
  const shipped = catalogue()
  const sorted = [...state.values()].toSorted((a, b) => compareAddresses(a.address, b.address))
  let users: ReadonlyMap<Address, readonly Address[]> | undefined
  return {
    catalogue: shipped,
    load: addresses => {
      const resources = [...addresses].map(address => shipped.state.get(address) ?? state.get(address))
      return Promise.resolve(
        new Map(resources.flatMap(one => (one === undefined ? [] : [[one.address, { resource: one }]]))),
      )
    },
    list: ({ kinds, namespace }) => {
      const wanted = sorted.filter(
        resource =>
          (kinds === undefined || kinds.includes(resource.kind)) &&
          (namespace === undefined || resource.namespace === namespace),
      )
      return Promise.resolve(wanted.map(resource => ({ resource })))
    },
    referrers: addresses => {
      users ??= referrersOf(sorted)
      return Promise.resolve(new Map([...addresses].flatMap(at => (users?.has(at) ? [[at, users.get(at)!]] : []))))
    },
    tables: () => Promise.resolve(tables),
  }
}

function referrersOf(resources: readonly Resource[]): ReadonlyMap<Address, readonly Address[]> {
  const users = new Map<Address, Address[]>()
  for (const resource of resources) {
    for (const address of references(resource)) {
      const known = users.get(address)
      if (known === undefined) users.set(address, [resource.address])
      else known.push(resource.address)
    }
  }
  return users
}
