import { digestOf } from '../model/digest.ts'
import type { AccessSpec, PermissionSpec } from '../model/manifest.gen.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import type { Resource, ResourceSpecs, SecretState } from '../model/state.ts'
import { normalGuardrail } from './guardrail.ts'
import { declared, people, set } from './sets.ts'

/** What a manifest alone does not say: a service's operations, a credential's values. */
export interface Resolved {
  readonly operations?: string
  /** What the service accepts beyond its table; follows from the manifest and the table. */
  readonly accepted?: readonly string[]
  readonly secret?: SecretState
}

const made = new WeakMap<Manifest, { readonly resolved: Resolved; readonly resource: Resource }>()

/**
 * The resource that a manifest declares, in its normal form and with its digest. The same manifest gives the same object
 * while what was resolved for it is the same: two states of the files share most of their manifests.
 */
export function resourceOf(manifest: Manifest, resolved: Resolved): Resource {
  const known = made.get(manifest)
  if (known !== undefined && isSame(known.resolved, resolved)) return known.resource
  const resource = newResource(manifest, resolved)
  made.set(manifest, { resolved, resource })
  return resource
}

function newResource(manifest: Manifest, resolved: Resolved): Resource {
  const { kind, address, namespace, name, labels, annotations, place, lines } = manifest
  const spec = normalSpec(manifest, resolved)
  const origin = { file: place.document.file, line: lines.document, permissions: lines.permissions }
  const digest = digestOf({ labels, annotations, spec })
  const resource = { kind, address, namespace, name, labels, annotations, spec, digest, origin } as Resource
  return resolved.secret === undefined ? resource : { ...resource, secret: resolved.secret }
}

function isSame(a: Resolved, b: Resolved): boolean {
  return a.operations === b.operations && a.secret === b.secret
}

function normalSpec(manifest: Manifest, resolved: Resolved): ResourceSpecs[Manifest['kind']] {
  switch (manifest.kind) {
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
      return service(manifest, resolved)
    case 'accessGroup':
      return accessGroup(manifest)
    case 'credential':
      return credential(manifest)
    case 'integration':
      return integration(manifest)
    case 'consumer':
      return { ...declared(manifest.spec), integrations: set(manifest.spec.integrations) }
    case 'guardrail':
      return normalGuardrail(manifest)
    default:
      return manifest satisfies never
  }
}

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>

function service(
  { spec }: ServiceManifest,
  { operations = '', accepted }: Resolved,
): ResourceSpecs['serviceDefinition'] {
  const { openapi: _openapi, operations: _operations, ...own } = declared(spec)
  const { acceptedOperations: _acceptedOperations, template: _template, ...rest } = own
  return { ...rest, auth: spec.auth ?? [], operations, ...(accepted && { acceptedOperations: accepted }) }
}

function accessGroup({ spec }: ManifestOf<'accessGroup'>): ResourceSpecs['accessGroup'] {
  return { ...declared(spec), members: people(spec.members), groups: set(spec.groups), idpGroups: set(spec.idpGroups) }
}

function credential({ spec }: ManifestOf<'credential'>): ResourceSpecs['credential'] {
  const { data: _data, file: _file, sops: _sops, secretRef: _secretRef, ...rest } = declared(spec)
  return { ...rest, isDefault: spec.isDefault ?? false }
}

function integration({ spec }: ManifestOf<'integration'>): ResourceSpecs['integration'] {
  return {
    ...declared(spec),
    enabled: spec.enabled ?? true,
    settings: spec.settings ?? {},
    access: principals(spec.access),
    permissions: (spec.permissions ?? []).map(permission),
    credentials: set(spec.credentials),
    dataClasses: set(spec.dataClasses),
    deletionPolicy: spec.deletionPolicy ?? 'Delete',
  }
}

function permission(spec: PermissionSpec): PermissionSpec {
  const { includeNew, ...rest } = spec
  const { methods, operations, tags, paths } = spec
  return {
    ...principals(rest),
    ...(includeNew === true && { includeNew }),
    ...(methods && { methods: set(methods) }),
    ...(operations && { operations: set(operations) }),
    ...(tags && { tags: set(tags) }),
    ...(paths && { paths: set(paths) }),
  }
}

function principals<T extends Pick<AccessSpec, 'companies' | 'groups' | 'individuals'>>(spec: T): T {
  const { companies, groups, individuals } = spec
  return {
    ...spec,
    ...(companies && { companies: set(companies) }),
    ...(groups && { groups: set(groups) }),
    ...(individuals && { individuals: people(individuals) }),
  }
}
