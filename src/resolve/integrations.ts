import { addressOf } from '../model/address.ts'
import type { Problem } from '../model/diagnostic.ts'
import { normalPerson } from '../model/effect.ts'
import type { PermissionSpec } from '../model/manifest.gen.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { nearest } from '../model/nearest.ts'
import { METHODS, type OperationTable } from '../model/operation.ts'
import { serviceAddress } from '../model/references.ts'
import { matchesAnything, reached, selectorIndex, unmatchedSelectors } from '../model/selector.ts'
import type { Resource, ResourceOf } from '../model/state.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'
import { checkSettingsSchema, type SettingsCheck } from './settings.ts'

type IntegrationManifest = ManifestOf<'integration'>

/** Checks an integration whose references all lead somewhere. */
export function checkIntegration(
  manifest: IntegrationManifest,
  resource: ResourceOf<'integration'>,
  scope: Scope,
): void {
  const service = scope.find(serviceAddress(manifest.spec.service, manifest.namespace))
  if (service === undefined || !('auth' in service.spec)) return
  checkTarget(manifest, service, scope)
  checkAcknowledgement(manifest, service, scope)
  checkSettings(manifest, service, scope)
  checkCredentials(manifest, service, scope)
  const table = scope.operations(service)
  for (const index of resource.spec.permissions.keys()) {
    checkNarrowing(manifest, index, scope)
    checkGlobs(manifest, index, scope)
    if (table !== undefined) checkSelectors(manifest, index, table, scope)
  }
}

function checkTarget(manifest: IntegrationManifest, service: Resource, scope: Scope): void {
  const { endpoint } = manifest.spec
  const needed = 'type' in service.spec && (service.spec.type === 'openapi' || service.spec.type === 'http')
  if (endpoint !== undefined || !needed || ('endpoint' in service.spec && service.spec.endpoint !== undefined)) return
  scope.report({
    severity: 'error',
    code: 'endpoint-missing',
    message: `"${service.name}" has no endpoint of its own`,
    cure: 'Say under spec.endpoint which URL to call.',
    place: { ...placeOf(manifest, ['spec', 'service']), key: true },
  })
}

/** A custom OpenAPI service is any definition of that type that does not ship with the program. */
function checkAcknowledgement(manifest: IntegrationManifest, service: Resource, scope: Scope): void {
  const custom =
    'type' in service.spec && service.spec.type === 'openapi' && !scope.context.catalogue.has(service.address)
  if (!custom || manifest.spec.acknowledgement !== undefined) return
  scope.report({
    severity: 'error',
    code: 'acknowledgement-missing',
    message: `"${service.name}" is a custom OpenAPI service, and nobody has acknowledged its terms`,
    cure: 'Add spec.acknowledgement with terms, by and date.',
    place: { ...placeOf(manifest, ['spec', 'service']), key: true },
  })
}

const schemas = new WeakMap<object, SettingsCheck>()

function checkSettings(manifest: IntegrationManifest, service: Resource, scope: Scope): void {
  const schema = 'settingsSchema' in service.spec ? service.spec.settingsSchema : undefined
  const { settings } = manifest.spec
  if (schema === undefined) {
    if (settings === undefined || Object.keys(settings).length === 0) return
    const message = `"${service.name}" declares no settings`
    const cure = 'Remove spec.settings, or give the service a settingsSchema.'
    scope.report({
      severity: 'error',
      code: 'settings-unexpected',
      message,
      cure,
      place: { ...placeOf(manifest, ['spec', 'settings']), key: true },
    })
    return
  }
  let checked = schemas.get(schema)
  if (checked === undefined) schemas.set(schema, (checked = checkSettingsSchema(schema)))
  if (!checked.ok) return
  for (const { path, message, cure } of checked.validate(settings ?? {})) {
    const place = placeOf(manifest, ['spec', ...(settings === undefined ? [] : ['settings', ...path])])
    scope.report({ severity: 'error', code: 'settings-invalid', message, ...(cure && { cure }), place })
  }
}

function checkCredentials(manifest: IntegrationManifest, service: Resource, scope: Scope): void {
  for (const [index, name] of (manifest.spec.credentials ?? []).entries()) {
    const credential = scope.find(addressOf('credential', manifest.namespace, name))
    if (credential?.kind !== 'credential') continue
    const theirs = serviceAddress(credential.spec.service, credential.namespace)
    if (theirs === service.address) continue
    scope.report({
      severity: 'error',
      code: 'credential-service-mismatch',
      message: `credential "${name}" is for ${theirs}, and this integration connects to ${service.address}`,
      cure: 'Name a credential of the same service.',
      place: placeOf(manifest, ['spec', 'credentials', index]),
    })
  }
}

/** A star stands for whole segments; a path that no request can have selects nothing, and a denial of nothing is a trap. */
function checkGlobs(manifest: IntegrationManifest, index: number, scope: Scope): void {
  for (const [item, glob] of (manifest.spec.permissions![index]!.paths ?? []).entries()) {
    const segments = glob.split('/').slice(1)
    const inside = segments.find(segment => segment.includes('*') && segment !== '*' && segment !== '**')
    const isOdd = segments.slice(0, -1).includes('') || segments.some(segment => segment === '.' || segment === '..')
    if (inside === undefined && !isOdd) continue
    const what = inside === undefined ? 'an empty segment, "." or ".."' : `a star inside the segment "${inside}"`
    const cure = 'Use * for one whole segment and ** for any number of them, or name the operations.'
    const place = placeOf(manifest, ['spec', 'permissions', index, 'paths', item])
    scope.report({
      severity: 'error',
      code: 'path-glob-invalid',
      message: `the path "${glob}" has ${what}`,
      cure,
      place,
    })
  }
}

const NOTHING_CURE = 'Correct it, or remove it: it has no effect.'

function checkSelectors(manifest: IntegrationManifest, index: number, table: OperationTable, scope: Scope): void {
  const declared = manifest.spec.permissions![index]!
  // A service without a document lists nothing: only methods and paths can select, and any of them may match.
  if (table.operations.length === 0) {
    checkUndocumented(manifest, index, scope)
    return
  }
  const unmatched = unmatchedSelectors(declared, table.operations)
  for (const { selector, index: item, value, nearest: suggestion } of unmatched) {
    const strict = selector === 'operations'
    scope.report({
      severity: strict ? 'error' : 'warning',
      code: strict ? 'unknown-operation' : 'selector-matches-nothing',
      message: `no operation of the service has ${SELECTED[selector]} "${value}"`,
      cure: didYouMean(suggestion ?? (selector === 'methods' ? nearest(value, METHODS) : undefined)),
      place: placeOf(manifest, ['spec', 'permissions', index, selector, item]),
    })
  }
  if (unmatched.length > 0) return
  const place = placeOf(manifest, ['spec', 'permissions', index])
  const found = emptyHanded(declared, table)
  if (found !== undefined) scope.report({ severity: 'warning', ...found, place })
}

/** Why a permission has no effect on any operation of the service, each of whose selectors matches some. */
function emptyHanded(
  permission: PermissionSpec,
  { operations }: OperationTable,
): Omit<Problem, 'severity'> | undefined {
  if (!matchesAnything(permission, operations)) {
    const message = 'no operation of the service matches all selectors of this permission together'
    return { code: 'selector-matches-nothing', message, cure: NOTHING_CURE }
  }
  if (reached(selectorIndex(operations), permission).length > 0) return undefined
  const message = 'all operations that this permission selects are new since the lock, so it gives nothing'
  return { code: 'selects-only-new', message, cure: 'Name the operations, or run `tenon lock`.' }
}

function didYouMean(suggestion: string | undefined): string {
  return suggestion === undefined ? NOTHING_CURE : `Did you mean "${suggestion}"?`
}

const SELECTED = { methods: 'the method', operations: 'the id', tags: 'the tag', paths: 'a path like' } as const

function checkUndocumented(manifest: IntegrationManifest, index: number, scope: Scope): void {
  const permission = manifest.spec.permissions![index]!
  for (const selector of ['operations', 'tags'] as const) {
    if (permission[selector] === undefined) continue
    scope.report({
      severity: 'error',
      code: 'selector-needs-document',
      message: `"${selector}" selects operations of a document, and the service has none`,
      cure: 'Select by methods and paths, or give the service a document or a list of operations.',
      place: { ...placeOf(manifest, ['spec', 'permissions', index, selector]), key: true },
    })
  }
}

/** A narrowing is part of the access; it may name a group of the access or one nested in it. */
function checkNarrowing(manifest: IntegrationManifest, index: number, scope: Scope): void {
  const { access } = manifest.spec
  const permission = manifest.spec.permissions![index]!
  const inside = {
    groups: permission.groups && nestedGroups(manifest, scope),
    individuals: permission.individuals && new Set(access.individuals?.map(normalPerson)),
    companies: permission.companies && new Set(access.companies),
  }
  for (const list of ['groups', 'individuals', 'companies'] as const) {
    const allowed = inside[list]
    for (const [item, name] of (permission[list] ?? []).entries()) {
      if (allowed === undefined || allowed.has(list === 'individuals' ? normalPerson(name) : name)) continue
      const suggestion = nearest(name, allowed)
      scope.report({
        severity: 'error',
        code: 'narrowing-outside-access',
        message: `"${name}" is not part of the integration's access`,
        cure:
          suggestion === undefined
            ? 'A permission narrows the access; name somebody who has it.'
            : `Did you mean "${suggestion}"?`,
        place: placeOf(manifest, ['spec', 'permissions', index, list, item]),
      })
    }
  }
}

function nestedGroups(manifest: IntegrationManifest, scope: Scope): ReadonlySet<string> {
  const names = new Set(manifest.spec.access.groups)
  // A set grows while it is walked, so that each group is visited once, circles included.
  for (const name of names) {
    const group = scope.find(addressOf('accessGroup', manifest.namespace, name))
    if (group?.kind === 'accessGroup') for (const nested of group.spec.groups) names.add(nested)
  }
  return names
}
