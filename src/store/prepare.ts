import { references } from '../model/references.ts'
import type { Put, WriteBatch } from '../model/store.ts'
import { bodyText, secretText } from './rows.ts'
import { fingerprintOf, sealValues } from './seal.ts'
import type { SqlValue } from './sql.ts'
import type { StoreKeys } from './unlock.ts'

export const RESOURCES = {
  into: 'tenon_resources',
  columns: [
    'address',
    'kind',
    'namespace',
    'name',
    'owner',
    'digest',
    'operations',
    'revision',
    'created_at',
    'created_by',
    'updated_at',
    'updated_by',
    'commit_id',
    'secret',
    'body',
  ],
  onConflict: `(address) DO UPDATE SET owner = excluded.owner, digest = excluded.digest,
    operations = excluded.operations, revision = excluded.revision, updated_at = excluded.updated_at,
    updated_by = excluded.updated_by, commit_id = excluded.commit_id, secret = excluded.secret, body = excluded.body`,
}
export const REFERENCES = { into: 'tenon_references', columns: ['referrer', 'referred'] }
export const SECRETS = {
  into: 'tenon_secrets',
  columns: ['address', 'version', 'key_id', 'fingerprint', 'record'],
  onConflict: `(address) DO UPDATE SET version = excluded.version, key_id = excluded.key_id,
    fingerprint = excluded.fingerprint, record = excluded.record`,
}
export const TABLES = { into: 'tenon_operations', columns: ['digest', 'operations'], onConflict: '(digest) DO NOTHING' }

/** What a batch puts into each table, with values sealed. */
export interface Prepared {
  /** Digests of the operation tables that the puts name. */
  readonly named: ReadonlySet<string>
  readonly resources: readonly (readonly SqlValue[])[]
  readonly references: readonly (readonly SqlValue[])[]
  readonly secrets: readonly (readonly SqlValue[])[]
  readonly tables: readonly (readonly SqlValue[])[]
}

/** The rows that a batch puts at a revision; made without the store. */
export function prepare(batch: WriteBatch, keys: StoreKeys, revision: number): Prepared {
  const { puts, tables } = batch
  const named = new Set(puts.flatMap(put => operationsOf(put) ?? []))
  return {
    named,
    resources: puts.map(put => resourceValues(put, batch, revision)),
    references: puts.flatMap(({ resource }) =>
      [...new Set(references(resource))].map(referred => [resource.address, referred]),
    ),
    secrets: puts.flatMap(put => secretValues(put, keys, revision)),
    // Tables that no put names are in the store already, or are not wanted there.
    tables: [...tables.values()]
      .filter(table => named.has(table.digest))
      .map(table => [table.digest, JSON.stringify(table.operations)]),
  }
}

function resourceValues(put: Put, { owner, at, actor, commit }: WriteBatch, revision: number): SqlValue[] {
  const { resource } = put
  const { address, kind, namespace = null, name, digest } = resource
  const identity = [address, kind, namespace, name, owner, digest, operationsOf(put), revision]
  return [...identity, at, actor, at, actor, commit ?? null, secretText(resource), bodyText(resource)]
}

function secretValues({ resource, values }: Put, keys: StoreKeys, version: number): SqlValue[][] {
  if (values === undefined) return []
  const { installation, ring, fingerprint } = keys
  const { address } = resource
  const record = sealValues(ring.primary, { installation, address, version }, values)
  return [[address, version, ring.primary.id, fingerprintOf(fingerprint, address, values), record]]
}

/** The digest of the operation table that a put names; only services name one. */
function operationsOf({ resource }: Put): string | null {
  return resource.kind === 'clusterServiceDefinition' || resource.kind === 'serviceDefinition'
    ? resource.spec.operations
    : null
}
