import { addressOf, isNamespaced, KIND_NAMES, type Address, type Kind } from '../model/address.ts'
import type { Problem } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { ServiceReference } from '../model/manifest.gen.ts'
import type { Manifest } from '../model/manifest.ts'
import type { Scope } from './context.ts'

/** One name in a document that refers to a resource, and where it stands. */
interface Reference {
  readonly kind: Kind
  readonly name: string
  readonly path: readonly (string | number)[]
}

/** Reports every reference of a manifest that leads nowhere; true when all of them lead somewhere. */
export function checkReferences(manifest: Manifest, scope: Scope): boolean {
  let whole = true
  for (const reference of referencesIn(manifest)) {
    const address = addressOf(reference.kind, manifest.namespace, reference.name)
    const problem = scope.context.invalid.has(address) ? undefined : referenceProblem(manifest, reference, scope)
    if (problem !== undefined) scope.report(problem)
    if (problem !== undefined || scope.find(address) === undefined) whole = false
  }
  return whole
}

/** The place of a path below the top of a manifest's document. */
export function placeOf(manifest: Manifest, path: readonly (string | number)[]): Place {
  return { ...manifest.place, path }
}

function referenceProblem(manifest: Manifest, reference: Reference, scope: Scope): Problem | undefined {
  const { kind, name, path } = reference
  const address: Address = addressOf(kind, manifest.namespace, name)
  const place = placeOf(manifest, path)
  const what = `${KIND_NAMES[manifest.kind]} "${manifest.name}" names ${KIND_NAMES[kind]} "${name}"`
  if (kind === 'clusterServiceDefinition' && scope.context.templates.has(name)) {
    const cure = 'Write a ServiceDefinition of your own, with your OpenAPI document, and refer to that.'
    return {
      severity: 'error',
      code: 'template-reference',
      message: `${what}, which is only a template to start from`,
      cure,
      place,
    }
  }
  if (scope.find(address) !== undefined) return undefined
  const namespace = isNamespaced(kind) ? manifest.namespace : undefined
  const where = namespace === undefined ? 'neither shipped nor declared' : `not declared in namespace "${namespace}"`
  return {
    severity: 'error',
    code: 'unknown-reference',
    message: `${what}, which is ${where}`,
    cure: cureFor(reference, namespace, scope),
    place,
  }
}

function cureFor({ kind, name }: Reference, namespace: string | undefined, scope: Scope): string {
  const suggestion = scope.suggest(name, kind, namespace)
  if (suggestion !== undefined) return `Did you mean "${suggestion}"?`
  if (
    kind === 'serviceDefinition' &&
    scope.find(addressOf('clusterServiceDefinition', undefined, name)) !== undefined
  ) {
    return `"${name}" is a global service: use kind ClusterServiceDefinition.`
  }
  if (kind === 'clusterServiceDefinition')
    return '`tenon services` lists the shipped ones; others need a ClusterServiceDefinition document.'
  return `Declare it in this namespace, or take the name out.`
}

function* referencesIn(manifest: Manifest): Generator<Reference> {
  if (manifest.kind === 'accessGroup') yield* named('accessGroup', manifest.spec.groups, ['spec', 'groups'])
  if (manifest.kind === 'consumer') yield* named('integration', manifest.spec.integrations, ['spec', 'integrations'])
  if (manifest.kind === 'credential') yield service(manifest.spec.service)
  if (manifest.kind !== 'integration') return
  const { spec } = manifest
  yield service(spec.service)
  yield* named('credential', spec.credentials, ['spec', 'credentials'])
  yield* named('accessGroup', spec.access.groups, ['spec', 'access', 'groups'])
  for (const [index, permission] of (spec.permissions ?? []).entries()) {
    yield* named('accessGroup', permission.groups, ['spec', 'permissions', index, 'groups'])
  }
}

function* named(
  kind: Kind,
  names: readonly string[] | undefined,
  path: readonly (string | number)[],
): Generator<Reference> {
  for (const [index, name] of (names ?? []).entries()) yield { kind, name, path: [...path, index] }
}

function service(reference: ServiceReference): Reference {
  const kind = reference.kind === 'ServiceDefinition' ? 'serviceDefinition' : 'clusterServiceDefinition'
  return { kind, name: reference.name, path: ['spec', 'service', 'name'] }
}
