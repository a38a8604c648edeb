import { API_VERSION, KIND_NAMES, isNamespaced, type Kind } from '../../model/address.ts'

/** The name of each kind in the API's paths. */
export const PLURALS = {
  clusterServiceDefinition: 'clusterservicedefinitions',
  serviceDefinition: 'servicedefinitions',
  accessGroup: 'accessgroups',
  credential: 'credentials',
  integration: 'integrations',
  consumer: 'consumers',
  guardrail: 'guardrails',
} as const satisfies Record<Kind, string>

/** The path of all custom resources of a kind, in a namespace or in all of them. */
export function collectionPath(kind: Kind, namespace: string | undefined): string {
  const inside = namespace === undefined || !isNamespaced(kind) ? '' : `/namespaces/${namespace}`
  return `/apis/${API_VERSION}${inside}/${PLURALS[kind]}`
}

/** The path of one custom resource. */
export function resourcePath(kind: Kind, namespace: string | undefined, name: string): string {
  return `${collectionPath(kind, namespace)}/${name}`
}

/** What identifies a custom resource's kind in its own text. */
export function typeOf(kind: Kind): { readonly apiVersion: string; readonly kind: string } {
  return { apiVersion: API_VERSION, kind: KIND_NAMES[kind] }
}
