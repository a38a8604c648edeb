/** Where the objects that tests write are in the API. */
import type { KubeObject } from './client.ts'

interface Place {
  readonly api: string
  readonly plural: string
  readonly clusterWide?: true
}

const TENON = '/apis/tenon.dev/v1alpha1'
const RBAC = '/apis/rbac.authorization.k8s.io/v1'

/** The kinds that the operator reconciles. */
export const TENON_KINDS = [
  'ClusterServiceDefinition',
  'ServiceDefinition',
  'AccessGroup',
  'Credential',
  'Integration',
  'Consumer',
  'Guardrail',
] as const

const PLACES: Readonly<Record<string, Place>> = {
  ClusterServiceDefinition: { api: TENON, plural: 'clusterservicedefinitions', clusterWide: true },
  ServiceDefinition: { api: TENON, plural: 'servicedefinitions' },
  AccessGroup: { api: TENON, plural: 'accessgroups' },
  Credential: { api: TENON, plural: 'credentials' },
  Integration: { api: TENON, plural: 'integrations' },
  Consumer: { api: TENON, plural: 'consumers' },
  Guardrail: { api: TENON, plural: 'guardrails' },
  Namespace: { api: '/api/v1', plural: 'namespaces', clusterWide: true },
  Secret: { api: '/api/v1', plural: 'secrets' },
  ConfigMap: { api: '/api/v1', plural: 'configmaps' },
  ServiceAccount: { api: '/api/v1', plural: 'serviceaccounts' },
  Pod: { api: '/api/v1', plural: 'pods' },
  Event: { api: '/apis/events.k8s.io/v1', plural: 'events' },
  Lease: { api: '/apis/coordination.k8s.io/v1', plural: 'leases' },
  Role: { api: RBAC, plural: 'roles' },
  RoleBinding: { api: RBAC, plural: 'rolebindings' },
  ClusterRole: { api: RBAC, plural: 'clusterroles', clusterWide: true },
  ClusterRoleBinding: { api: RBAC, plural: 'clusterrolebindings', clusterWide: true },
  CustomResourceDefinition: {
    api: '/apis/apiextensions.k8s.io/v1',
    plural: 'customresourcedefinitions',
    clusterWide: true,
  },
  ValidatingAdmissionPolicy: {
    api: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingadmissionpolicies',
    clusterWide: true,
  },
  ValidatingAdmissionPolicyBinding: {
    api: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingadmissionpolicybindings',
    clusterWide: true,
  },
  ValidatingWebhookConfiguration: {
    api: '/apis/admissionregistration.k8s.io/v1',
    plural: 'validatingwebhookconfigurations',
    clusterWide: true,
  },
}

/** The path of one object, or of all of a kind in a namespace or everywhere. */
export function pathOf(kind: string, namespace?: string, name?: string): string {
  const place = PLACES[kind]
  if (place === undefined) throw new Error(`the tests do not know where ${kind} is in the API; see objects.ts`)
  const within = place.clusterWide || namespace === undefined ? '' : `/namespaces/${namespace}`
  return `${place.api}${within}/${place.plural}${name === undefined ? '' : `/${name}`}`
}

/** The path of an object that a test holds. */
export function pathOfObject({ kind, metadata }: KubeObject): string {
  return pathOf(kind, metadata.namespace, metadata.name)
}
