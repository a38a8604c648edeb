import { compareAddresses, type Address } from '../model/address.ts'
import type { Change, FieldChange } from '../model/plan.ts'
import type { Resource, SecretState, State } from '../model/state.ts'
import type { Head, Stored } from '../model/store.ts'
import { fieldChanges } from './fields.ts'

export type Heads = ReadonlyMap<Address, Head>

/** Whose resources are compared, and which rows of others are taken over. */
export interface Ownership {
  readonly owner: string
  readonly adopt: ReadonlySet<Address>
  /** Leaves out of the comparison what `--namespace` or `--selector` did not select. */
  readonly selects: (resource: Pick<Resource, 'namespace' | 'labels'>) => boolean
  /** Set where the documents are only a part of what the owner declares: what is deleted is said one by one. */
  readonly part?: Part
}

/** What a cluster asks to delete, each with the policy that its last document gives. */
export interface Part {
  readonly deletes: ReadonlyMap<Address, 'Delete' | 'Orphan'>
}

/** What differs, by address alone: all that has to be loaded in full before the plan can say how. */
export interface Difference {
  readonly create: readonly Address[]
  readonly update: readonly Address[]
  readonly delete: readonly Address[]
  /** Declared here, recorded as somebody else's. */
  readonly foreign: readonly Address[]
  readonly unchanged: number
}

/** Compares heads with the desired state; costs one look-up a resource and loads nothing. */
export function difference(heads: Heads, desired: State, ownership: Ownership): Difference {
  const found = {
    create: [] as Address[],
    update: [] as Address[],
    delete: [] as Address[],
    foreign: [] as Address[],
    unchanged: 0,
  }
  for (const [address, resource] of desired) {
    if (!ownership.selects(resource)) continue
    const head = heads.get(address)
    if (head === undefined) found.create.push(address)
    else if (head.owner !== ownership.owner && !ownership.adopt.has(address)) found.foreign.push(address)
    else if (head.owner !== ownership.owner || !isSame(head, resource)) found.update.push(address)
    else found.unchanged++
  }
  for (const [address, head] of heads) {
    if (head.owner === ownership.owner && !desired.has(address)) found.delete.push(address)
  }
  return found
}

function isSame(head: Head, resource: Resource): boolean {
  return head.digest === resource.digest && secretChange(head.secret, resource.secret) === undefined
}

/** How the values of a credential differ, in the only words that a plan may say about them. */
function secretChange(before: SecretState | undefined, after: SecretState | undefined): FieldChange | undefined {
  if (before?.source === after?.source) return undefined
  if (after === undefined) return { path: '/data', before: 'set', after: 'unset' }
  if (before === undefined) return { path: '/data', before: 'unset', after: 'set' }
  if (after.fingerprint === undefined) return { path: '/data', before: 'set', after: 'not verified' }
  if (after.fingerprint === before.fingerprint)
    return { path: '/sops', before: 'encrypted', after: 're-encrypted, same values' }
  return { path: '/data', before: 'set', after: 'changed' }
}

/**
 * The ordered changes that make the observed rows equal to the desired state. Referred-to kinds are created first and
 * deleted last, so that every step leaves references intact.
 */
export function diff(
  found: Difference,
  bodies: ReadonlyMap<Address, Stored>,
  desired: State,
  ownership: Ownership,
): readonly Change[] {
  const changes: Change[] = []
  for (const address of found.create)
    changes.push({ action: 'create', address, after: desired.get(address)!, reasons: [] })
  for (const address of found.update) {
    const stored = bodies.get(address)
    if (stored !== undefined) changes.push(updateOrReplace(stored, desired.get(address)!, ownership))
  }
  changes.sort((a, b) => compareAddresses(a.address, b.address))
  const deletes = found.delete.toSorted((a, b) => compareAddresses(b, a))
  for (const address of deletes) {
    const before = bodies.get(address)?.resource
    if (before === undefined || !ownership.selects(before)) continue
    const orphan = isOrphaned(before, ownership.part?.deletes.get(address))
    changes.push({ action: 'delete', address, before, orphan, reasons: orphan ? ORPHAN_REASONS : [] })
  }
  return changes
}

function updateOrReplace({ resource: before, owner }: Stored, after: Resource, ownership: Ownership): Change {
  const { labels, annotations, spec, address } = after
  const secret = secretChange(before.secret, after.secret)
  const fields = [
    ...fieldChanges({ labels: before.labels, annotations: before.annotations }, { labels, annotations }, '/metadata'),
    ...fieldChanges(before.spec, spec, '/spec'),
    ...(secret === undefined ? [] : [secret]),
  ]
  const adopted = owner === ownership.owner ? undefined : (owner ?? 'nobody')
  const reasons = adopted === undefined ? [] : [`taken over from ${adopted}`]
  const replaces = after.kind === 'integration' && fields.some(({ path }) => path.startsWith('/spec/access'))
  const action = replaces ? 'replace' : 'update'
  return {
    action,
    address,
    before,
    after,
    fields,
    adopted,
    reasons: replaces ? [...reasons, 'access cannot change after creation'] : reasons,
  }
}

function isOrphaned(resource: Resource, policy: 'Delete' | 'Orphan' | undefined): boolean {
  return resource.kind === 'integration' && (policy ?? resource.spec.deletionPolicy) === 'Orphan'
}

const ORPHAN_REASONS = ['stays in the store, owned by nobody (deletionPolicy: Orphan)']
