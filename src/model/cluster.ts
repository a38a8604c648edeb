import type { Secret } from './secret.ts'

/** What asking a cluster for one object gave. `version` changes whenever the object does, and tells nothing of it. */
export type ClusterRead<Value> =
  | { readonly kind: 'read'; readonly version: string; readonly value: Value }
  | { readonly kind: 'missing' }
  /** This program has no right to it, or the API server failed. */
  | { readonly kind: 'denied' | 'failed'; readonly message: string }

/** A Secret's entries by key, decoded. */
export type SecretEntries = ReadonlyMap<string, Secret>

/** Reads what custom resources name, each by its name and never by a list. */
export interface ClusterReader {
  secret(namespace: string | undefined, name: string): Promise<ClusterRead<SecretEntries>>
  /** A ConfigMap's entries by key: `data` as text, `binaryData` decoded. */
  configMap(namespace: string | undefined, name: string): Promise<ClusterRead<ReadonlyMap<string, Uint8Array>>>
}
