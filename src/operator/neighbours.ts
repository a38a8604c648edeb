import type { Address } from '../model/address.ts'
import type { CustomResource } from './custom-resource.ts'
import type { Running } from './operation.ts'
import { referencesOf, type Reference } from './references.ts'
import type { Reason } from './result.ts'
import { statusOf } from './status.ts'

/**
 * Wakes those for whom a written row may change something: those that refer to it, and what it refers to or did before.
 * `known`: what else it is known to have referred to.
 */
export function wakeNeighbours(
  address: Address,
  { cache, queue }: Pick<Running, 'cache' | 'queue'>,
  known: readonly Reference[] = [],
): void {
  const woken = new Set<Address>(judgedBy(address, { cache }))
  const up = [address]
  for (const one of up) {
    for (const referrer of cache.referrers(one)) {
      if (woken.has(referrer)) continue
      woken.add(referrer)
      // Whoever is in a group is in those that contain it.
      if (referrer.startsWith('accessGroup/')) up.push(referrer)
    }
  }
  const resource = cache.get(address)
  const down = [...known, ...cache.takeFormer(address), ...(resource === undefined ? [] : referencesOf(resource))]
  for (const to of down) {
    if (cache.get(to as Address) !== undefined) woken.add(to as Address)
    if (address.startsWith('credential/')) for (const rival of rivals(to, address, { cache })) woken.add(rival)
  }
  woken.delete(address)
  for (const key of woken) queue.add(key)
}

/** Credentials for the same service that wait to become its default: there can be one only. */
function rivals(service: Reference, address: Address, { cache }: Pick<Running, 'cache'>): readonly Address[] {
  const namespace = address.split('/')[1]!
  return cache.referrers(service).filter(other => {
    if (!other.startsWith(`credential/${namespace}/`)) return false
    const resource = cache.get(other)
    return resource?.object.spec?.['isDefault'] === true && !isReady(resource)
  })
}

/** What a guardrail of the same namespace may have refused, and what is not written yet, which it may refuse. */
function judgedBy(address: Address, { cache }: Pick<Running, 'cache'>): readonly Address[] {
  if (!address.startsWith('guardrail/')) return []
  const namespace = address.split('/')[1]
  return [...cache.all()]
    .filter(resource => resource.object.metadata.namespace === namespace && JUDGED.has(reasonOf(resource)))
    .map(resource => resource.address)
}

const JUDGED: ReadonlySet<string | undefined> = new Set(['GuardRefused', 'ApprovalRequired'] satisfies Reason[])

function reasonOf(resource: CustomResource): string | undefined {
  return statusOf(resource).conditions.find(({ type }) => type === 'Ready')?.reason
}

function isReady(resource: CustomResource): boolean {
  return statusOf(resource).conditions.some(({ type, status }) => type === 'Ready' && status === 'True')
}
