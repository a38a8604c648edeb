import { isDeepStrictEqual } from 'node:util'
import { kindNamed, type Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { check } from '../reconcile.ts'
import type { KubeObject } from '../source/cluster/api.ts'
import { sentences } from './blame.ts'
import { customResource, isDeleting, type CustomResource } from './custom-resource.ts'
import type { OperatorFlags } from './options.ts'
import type { Parts } from './parts.ts'
import { referencesOf } from './references.ts'
import { judging, risks } from './risks.ts'
import type { Item } from './attempt.ts'

/** What the API server asks (admission.k8s.io/v1). */
export interface AdmissionReview {
  readonly request: {
    readonly uid: string
    readonly kind: { readonly kind: string }
    readonly operation: 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT'
    readonly object: KubeObject | null
    readonly oldObject: KubeObject | null
  }
}

export interface AdmissionAnswer {
  readonly apiVersion: 'admission.k8s.io/v1'
  readonly kind: 'AdmissionReview'
  readonly response: {
    readonly uid: string
    readonly allowed: boolean
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string }
    readonly warnings?: readonly string[]
  }
}

/** Whether a value from outside has the parts of a review that are used here. */
export function isReview(value: unknown): value is AdmissionReview {
  const request = field(value, 'request')
  const isObject = (object: unknown): boolean =>
    object === null || typeof field(field(object, 'metadata'), 'name') === 'string'
  return (
    typeof field(request, 'uid') === 'string' &&
    typeof field(field(request, 'kind'), 'kind') === 'string' &&
    typeof field(request, 'operation') === 'string' &&
    isObject(field(request, 'object') ?? null) &&
    isObject(field(request, 'oldObject') ?? null)
  )
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Readonly<Record<string, unknown>>)[name] : undefined
}

/**
 * Judges a resource before the API server takes it: what `tenon validate` would call an error is refused, and so is what a
 * guardrail of the store denies; what else the change would do is said in warnings. Nothing is decrypted, and nothing is
 * written.
 */
export async function admission(
  { request }: AdmissionReview,
  flags: OperatorFlags,
  parts: Parts,
): Promise<AdmissionAnswer> {
  const kind = kindNamed(request.kind.kind)
  const object = request.object ?? request.oldObject
  if (kind === undefined || object === null) return answer(request.uid)
  const resource = customResource(kind, object)
  if (request.operation === 'DELETE')
    return answer(request.uid, await risks({ resource, wants: 'delete' }, flags, parts))
  // Finalizers and labels of a resource that was refused since must stay possible to write.
  if (isDeleting(resource) || hasSameSpec(request.object, request.oldObject)) return answer(request.uid)
  const found = await diagnosticsOf(resource, flags, parts)
  const errors = found.filter(({ severity, code }) => severity === 'error' && !PASSING.has(code))
  if (errors.length > 0) return answer(request.uid, { invalid: sentences(errors) })
  const { denied, warnings } = await risks({ resource, wants: 'apply' }, flags, parts)
  const own = found.map(({ code, message }) => `${code}: ${message}`)
  return answer(request.uid, { denied, warnings: [...own, ...warnings] })
}

/** What may come in any order: the operator waits for it. */
const PASSING = new Set([
  'unknown-reference',
  'cluster-object-missing',
  'cluster-object-unreadable',
  'cluster-object-denied',
])

const MOST_WARNINGS = 10
/** Kubernetes cuts longer ones. */
const LONGEST_WARNING = 250

interface Verdict {
  readonly invalid?: string
  /** Right by itself, and forbidden here. */
  readonly denied?: string | undefined
  readonly warnings?: readonly string[]
}

function answer(uid: string, { invalid, denied, warnings = [] }: Verdict = {}): AdmissionAnswer {
  const shown = warnings.slice(0, MOST_WARNINGS).map(text => text.replaceAll(/\s+/g, ' ').slice(0, LONGEST_WARNING))
  const message = invalid ?? denied
  const as = invalid === undefined ? { code: 403, reason: 'Forbidden' } : { code: 422, reason: 'Invalid' }
  return {
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    response: {
      uid,
      allowed: message === undefined,
      ...(message !== undefined && { status: { ...as, message } }),
      ...(message === undefined && shown.length > 0 && { warnings: shown }),
    },
  }
}

function hasSameSpec(one: KubeObject | null, other: KubeObject | null): boolean {
  return one !== null && other !== null && isDeepStrictEqual(one.spec, other.spec)
}

/** The diagnostics of one resource, judged beside what it refers to as it stands in the cluster. */
async function diagnosticsOf(
  resource: CustomResource,
  flags: OperatorFlags,
  parts: Parts,
): Promise<readonly Diagnostic[]> {
  const items = [...withReferences(resource, parts)].map((one): Item => ({ resource: one, wants: 'apply' }))
  const { diagnostics } = await check(judging(items, flags, parts))
  return diagnostics.filter(({ file }) => file === resource.address)
}

/** The resource, then everything that it refers to, directly and through others. */
function withReferences(resource: CustomResource, { cache }: Parts): Iterable<CustomResource> {
  const found = new Map<string, CustomResource>([[resource.address, resource]])
  for (const one of found.values()) {
    for (const to of referencesOf(one)) {
      const known = found.has(to) ? undefined : cache.get(to as Address)
      if (known !== undefined) found.set(to, known)
    }
  }
  return found.values()
}
