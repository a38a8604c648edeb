import { compareAddresses, type Address } from '../model/address.ts'
import type { Operation } from '../model/operation.ts'
import type { ListFilter, StoreReader } from '../model/store.ts'
import { queryIn } from './bulk.ts'
import { openSealed } from './open-sealed.ts'
import { HEAD_COLUMNS, HEAD_TABLES, headOf, limitsOf, RESOURCE_COLUMNS, storedOf } from './rows.ts'
import type { HeadRow, ResourceRow } from './rows.ts'
import { fromJson, type SqlSession, type SqlValue } from './sql.ts'
import type { StoreKeys } from './unlock.ts'

type Reads<Name extends keyof StoreReader> = Pick<StoreReader, Name>

/** The reading half of a store over its tables, without the audit log. */
export function reader(
  session: SqlSession,
  keys: StoreKeys,
): Reads<'position' | 'heads' | 'load' | 'list' | 'referrers' | 'owners' | 'tables' | 'open'> {
  return {
    position: async owner => position(session, owner),
    heads: async (owner, addresses) => heads(session, owner, addresses),
    load: async addresses => load(session, addresses),
    list: async filter => list(session, filter),
    referrers: async addresses => referrers(session, addresses),
    owners: async prefix => owners(session, prefix),
    tables: async digests => tables(session, digests),
    open: async addresses => openSealed(session, keys, addresses),
  }
}

async function position(session: SqlSession, owner: string): ReturnType<StoreReader['position']> {
  const [row] = await session.query<{ revision: number; owner_revision: number | null; limits: string | null }>(
    `SELECT s.revision, o.revision AS owner_revision, o.limits
     FROM tenon_store s LEFT JOIN tenon_owners o ON o.owner = $1`,
    [owner],
  )
  const limits = limitsOf(row?.limits ?? null)
  return { revision: row?.revision ?? 0, ownerRevision: row?.owner_revision ?? 0, limits }
}

const SELECT_HEAD = `SELECT ${HEAD_COLUMNS} FROM ${HEAD_TABLES}`
const SELECT_RESOURCE = `SELECT ${RESOURCE_COLUMNS} FROM ${HEAD_TABLES}`

async function heads(
  session: SqlSession,
  owner: string | undefined,
  addresses: Iterable<Address>,
): ReturnType<StoreReader['heads']> {
  const owned = owner === undefined ? [] : await session.query<HeadRow>(`${SELECT_HEAD} WHERE r.owner = $1`, [owner])
  const found = new Map(owned.map(row => [row.address, headOf(row)]))
  const others = [...addresses].filter(address => !found.has(address))
  const rows = await queryIn<HeadRow>(session, `${SELECT_HEAD} WHERE r.address IN (?)`, others)
  for (const row of rows) found.set(row.address, headOf(row))
  return found
}

async function load(session: SqlSession, addresses: Iterable<Address>): ReturnType<StoreReader['load']> {
  const rows = await queryIn<ResourceRow>(session, `${SELECT_RESOURCE} WHERE r.address IN (?)`, addresses)
  return new Map(rows.map(row => [row.address, storedOf(row)]))
}

async function list(session: SqlSession, filter: ListFilter): ReturnType<StoreReader['list']> {
  const { where, params } = condition(filter)
  const rows = await session.query<ResourceRow>(`${SELECT_RESOURCE} WHERE ${where}`, params)
  return rows.toSorted((a, b) => compareAddresses(a.address, b.address)).map(storedOf)
}

async function referrers(session: SqlSession, addresses: Iterable<Address>): ReturnType<StoreReader['referrers']> {
  const text = 'SELECT referrer, referred FROM tenon_references WHERE referred IN (?)'
  const edges = await queryIn<{ referrer: Address; referred: Address }>(session, text, addresses)
  const found = new Map<Address, Address[]>()
  for (const { referrer, referred } of edges.toSorted((a, b) => compareAddresses(a.referrer, b.referrer))) {
    const others = found.get(referred)
    if (others === undefined) found.set(referred, [referrer])
    else others.push(referrer)
  }
  return found
}

async function owners(session: SqlSession, prefix: string): ReturnType<StoreReader['owners']> {
  const rows = await session.query<{ owner: string }>(
    'SELECT owner FROM tenon_owners o WHERE EXISTS (SELECT 1 FROM tenon_resources r WHERE r.owner = o.owner)',
  )
  // There are few, and what a prefix is differs from engine to engine.
  return rows
    .map(({ owner }) => owner)
    .filter(owner => owner.startsWith(prefix))
    .toSorted()
}

async function tables(session: SqlSession, digests: Iterable<string>): ReturnType<StoreReader['tables']> {
  const text = 'SELECT digest, operations FROM tenon_operations WHERE digest IN (?)'
  const rows = await queryIn<{ digest: string; operations: string }>(session, text, digests)
  return new Map(
    rows.map(({ digest, operations }) => [digest, { digest, operations: fromJson<Operation[]>(operations) }]),
  )
}

function condition({ kinds, namespace, owner }: ListFilter): { where: string; params: readonly SqlValue[] } {
  const params: SqlValue[] = []
  const place = (value: SqlValue): string => `$${params.push(value)}`
  const tests = ['1 = 1']
  if (kinds !== undefined) tests.push(kinds.length === 0 ? '1 = 0' : `r.kind IN (${kinds.map(place).join(', ')})`)
  if (namespace !== undefined) tests.push(`r.namespace = ${place(namespace)}`)
  if (owner !== undefined) tests.push(`r.owner = ${place(owner)}`)
  return { where: tests.join(' AND '), params }
}
