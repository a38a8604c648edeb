import { parseAddress, type Address } from '../model/address.ts'
import {
  annotation,
  hasFinalizer,
  isDeleting,
  isOn,
  isSuspended,
  modeOf,
  type CustomResource,
  type Mode,
} from './custom-resource.ts'
import type { Item } from './attempt.ts'
import type { Group } from './due.ts'
import type { Running } from './operation.ts'
import { statusOf } from './status.ts'

/** The digests that resources name as approved. */
export function approvedBy(resources: Iterable<CustomResource>): ReadonlySet<string> {
  return new Set([...resources].flatMap(resource => digestsIn(annotation(resource, 'approved'))))
}

function digestsIn(text: string | undefined): readonly string[] {
  return (text ?? '')
    .split(',')
    .map(digest => digest.trim())
    .filter(digest => digest !== '')
}

type Waiting = Pick<Running, 'cache' | 'mode' | 'unapproved'>

/**
 * What is planned together with keys that are due: in mode Approve the resources of a namespace make one part, so that one
 * digest stands for all that they would do together. Whatever is as it should be needs no plan.
 */
export function beside(keys: readonly Address[], running: Waiting): readonly Address[] {
  const places = new Set(keys.filter(key => concernsOthers(key, running)).map(placeOf))
  if (places.size === 0) return []
  const due = new Set(keys)
  return [...running.cache.all()]
    .filter(
      resource =>
        !due.has(resource.address) &&
        places.has(placeOf(resource.address)) &&
        modeOf(resource, running.mode) === 'Approve' &&
        !isSuspended(resource) &&
        !isAtRest(resource, running),
    )
    .map(({ address }) => address)
}

/** Whether a key that is due may change the part of its namespace, or what is approved of it. */
function concernsOthers(key: Address, running: Waiting): boolean {
  const resource = running.cache.get(key)
  // It waited with the others, and they may no longer wait for the same.
  if (resource === undefined || modeOf(resource, running.mode) !== 'Approve') return running.unapproved.has(key)
  return !isAtRest(resource, running) || annotation(resource, 'approved') !== undefined
}

function isAtRest(resource: CustomResource, { unapproved }: Pick<Running, 'unapproved'>): boolean {
  const { observedGeneration, conditions } = statusOf(resource)
  const isReady = conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
  return isReady && observedGeneration === resource.object.metadata.generation && !unapproved.has(resource.address)
}

/** The namespace of an address; nothing for what is of the whole cluster. */
export function placeOf(address: Address): string {
  return parseAddress(address)?.namespace ?? ''
}

/** Remembers which of the keys wait for approval; those that were not planned with others that wait are due once more. */
export function remember(
  keys: readonly Address[],
  waiting: ReadonlySet<Address>,
  { unapproved, queue }: Pick<Running, 'unapproved' | 'queue'>,
): void {
  const taken = new Set(keys)
  const elsewhere = new Set([...unapproved].filter(key => !taken.has(key)).map(placeOf))
  for (const key of keys) {
    if (waiting.has(key)) unapproved.add(key)
    else unapproved.delete(key)
    if (waiting.has(key) && elsewhere.has(placeOf(key))) queue.add(key)
  }
}

/**
 * Everything that is approved for the part of a namespace: by the annotation of any of its resources in mode Approve, or
 * of the namespace itself. Throws `ApiError`.
 */
export async function approvedFor(
  { namespace }: Pick<Group, 'namespace'>,
  { cache, mode, approvedOn }: Pick<Running, 'cache' | 'mode' | 'approvedOn'>,
): Promise<ReadonlySet<string>> {
  const itself = namespace === undefined ? undefined : await approvedOn.read(namespace)
  return new Set([...approvedIn(namespace, cache.all(), mode), ...digestsIn(itself)])
}

/** What the resources of a namespace approve, waiting or not. */
export function approvedIn(
  namespace: string | undefined,
  all: Iterable<CustomResource>,
  mode: Mode,
): ReadonlySet<string> {
  return approvedBy([...all].filter(resource => isPartOf(resource, namespace ?? '', mode)))
}

function isPartOf(resource: CustomResource, place: string, mode: Mode): boolean {
  return placeOf(resource.address) === place && modeOf(resource, mode) === 'Approve'
}

/** What waits beside a resource, as far as anybody knows: what was refused for another reason is no part of it. */
export function openBeside({ address }: CustomResource, all: Iterable<CustomResource>, mode: Mode): readonly Item[] {
  return [...all]
    .filter(other => other.address !== address && isPartOf(other, placeOf(address), mode) && isOpen(other))
    .map(resource => ({ resource, wants: isDeleting(resource) ? 'delete' : 'apply' }))
}

function isOpen(resource: CustomResource): boolean {
  if (isDeleting(resource) ? isOn(resource, 'skipCleanup') || !hasFinalizer(resource) : isSuspended(resource))
    return false
  const { observedGeneration, conditions } = statusOf(resource)
  const isSeen = observedGeneration === resource.object.metadata.generation
  return !isSeen || conditions.some(({ type, reason }) => type === 'Ready' && reason === 'ApprovalRequired')
}
