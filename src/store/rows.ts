import type { Address, Kind } from '../model/address.ts'
import type { Resource, SecretState } from '../model/state.ts'
import type { AuditRecord, Head, Limits, Stored } from '../model/store.ts'
import type { Link } from './audit.ts'
import { fromJson, type SqlValue } from './sql.ts'

/** A row of `tenon_resources` without its body, beside the fingerprint that its sealed values have. */
export interface HeadRow {
  readonly address: Address
  readonly owner: string | null
  readonly digest: string
  readonly revision: number
  readonly secret: string | null
  readonly fingerprint: string | null
}

export const HEAD_COLUMNS = 'r.address, r.owner, r.digest, r.revision, r.secret, s.fingerprint'
export const HEAD_TABLES = 'tenon_resources r LEFT JOIN tenon_secrets s ON s.address = r.address'

export interface ResourceRow extends HeadRow {
  readonly kind: Kind
  readonly namespace: string | null
  readonly name: string
  readonly created_at: string
  readonly updated_at: string
  readonly updated_by: string
  readonly commit_id: string | null
  readonly body: string
}

export const RESOURCE_COLUMNS = `${HEAD_COLUMNS}, r.kind, r.namespace, r.name, r.created_at, r.updated_at, r.updated_by,
  r.commit_id, r.body`

/** The part of a resource that only its readers look into. */
type Body = Pick<Resource, 'labels' | 'annotations' | 'spec' | 'origin'>

export function headOf(row: HeadRow): Head {
  const head = { owner: row.owner ?? undefined, digest: row.digest, revision: row.revision }
  const secret = secretOf(row)
  return secret === undefined ? head : { ...head, secret }
}

export function storedOf(row: ResourceRow): Stored {
  const { kind, address, name, digest } = row
  const secret = secretOf(row)
  const resource = {
    kind,
    address,
    namespace: row.namespace ?? undefined,
    name,
    digest,
    ...fromJson<Body>(row.body),
    ...(secret === undefined ? {} : { secret }),
  }
  return {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Kind and spec were written from one resource.
    resource: resource as Resource,
    owner: row.owner ?? undefined,
    revision: row.revision,
    createdAt: row.created_at,
    updatedAt: row.updated_at,
    updatedBy: row.updated_by,
    commit: row.commit_id ?? undefined,
  }
}

/** JSON of the columns `body` and `secret`. The fingerprint is left out: it belongs to the sealed values, not to a put. */
export function bodyText({ labels, annotations, spec, origin }: Resource): string {
  return JSON.stringify({ labels, annotations, spec, origin } satisfies Body)
}

export function secretText({ secret }: Resource): string | null {
  if (secret === undefined) return null
  const { fingerprint: _, ...known } = secret
  return JSON.stringify(known)
}

export function limitsOf(text: string | null): Limits | undefined {
  return text === null ? undefined : fromJson(text)
}

export interface AuditRow {
  readonly sequence: number
  readonly revision: number
  readonly at: string
  readonly actor: string
  readonly owner: string
  readonly commit_id: string | null
  readonly action: AuditRecord['action']
  readonly address: Address | null
  readonly fields: string
  readonly before_digest: string | null
  readonly after_digest: string | null
  readonly previous: string
  readonly hash: string
  readonly seal: string | null
}

export const AUDIT_COLUMNS = [
  'sequence',
  'revision',
  'at',
  'actor',
  'owner',
  'commit_id',
  'action',
  'address',
  'fields',
  'before_digest',
  'after_digest',
  'previous',
  'hash',
  'seal',
] as const satisfies (keyof AuditRow)[]

export function auditRecordOf(row: AuditRow): AuditRecord {
  return {
    sequence: row.sequence,
    revision: row.revision,
    at: row.at,
    actor: row.actor,
    owner: row.owner,
    commit: row.commit_id ?? undefined,
    action: row.action,
    address: row.address ?? undefined,
    fields: fromJson(row.fields),
    before: row.before_digest ?? undefined,
    after: row.after_digest ?? undefined,
    previous: row.previous,
    hash: row.hash,
  }
}

/** The values of a row of `tenon_audit`, in the order of its columns. */
export function auditValues({ record, seal }: Link): readonly SqlValue[] {
  const row: AuditRow = {
    ...record,
    commit_id: record.commit ?? null,
    address: record.address ?? null,
    fields: JSON.stringify(record.fields),
    before_digest: record.before ?? null,
    after_digest: record.after ?? null,
    seal: seal ?? null,
  }
  return AUDIT_COLUMNS.map(column => row[column])
}

function secretOf({ secret, fingerprint }: HeadRow): SecretState | undefined {
  if (secret === null) return undefined
  return { ...fromJson<Omit<SecretState, 'fingerprint'>>(secret), fingerprint: fingerprint ?? undefined }
}
