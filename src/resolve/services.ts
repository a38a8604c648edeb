import { addressOf, type Address } from '../model/address.ts'
import type { Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { OperationSpec } from '../model/manifest.gen.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import type { Operation, OperationTable } from '../model/operation.ts'
import type { ResolveContext, Scope } from './context.ts'
import { MAX_DOCUMENT_BYTES, readConfigMapRef } from './cluster.ts'
import { endpointFault } from './endpoint.ts'
import { locked, reportGoneServices } from './lock.ts'
import { operationTable, type OpenApiResult } from './openapi/operations.ts'
import { placeOf } from './references.ts'
import { checkSettingsSchema } from './settings.ts'

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>

/** The operation table of every declared service, from its document or its list. */
export async function serviceTables(
  manifests: readonly Manifest[],
  context: ResolveContext,
  report: Report,
): Promise<ReadonlyMap<Address, OperationTable>> {
  const tables = new Map<Address, OperationTable>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'serviceDefinition' && manifest.kind !== 'clusterServiceDefinition') continue
    const table = await tableOf(manifest, context, report)
    // Without a table nothing is said of what selects its operations: what is wrong has been said.
    if (table !== undefined) tables.set(manifest.address, locked(manifest, table, context, report))
  }
  reportGoneServices(manifests, context, report)
  return tables
}

async function tableOf(
  manifest: ServiceManifest,
  context: ResolveContext,
  report: Report,
): Promise<OperationTable | undefined> {
  const { openapi, operations } = manifest.spec
  if (openapi === undefined) return operationTable(declared(manifest, operations ?? [], report))
  const at = (...path: string[]): Place => placeOf(manifest, ['spec', 'openapi', ...path])
  if (openapi.configMapRef !== undefined) {
    const bytes = await readConfigMapRef(manifest, context, report)
    if (bytes === undefined) return undefined
    const { file } = manifest.place.document
    const { problems, ...result } = await context.openApi.read(bytes, { file })
    // Lines of a ConfigMap are nobody's lines: what is wrong is said of the reference.
    const unplaced = problems.map(({ line: _line, column: _column, file: _file, ...problem }) => problem)
    return accepted({ ...result, problems: unplaced }, manifest, report)
  }
  if (openapi.inline !== undefined) {
    return accepted(
      await context.openApi.readInline(openapi.inline, { file: manifest.place.document.file, place: at('inline') }),
      manifest,
      report,
    )
  }
  if (openapi.file === undefined) return undefined
  const read = await context.readBeside(manifest.place.document, openapi.file, MAX_DOCUMENT_BYTES)
  if (read.kind === 'read')
    return accepted(await context.openApi.read(read.bytes, { file: read.file }), manifest, report)
  const { code, message, cure } = read
  report({ severity: 'error', code, message, cure, place: at('file') })
  return undefined
}

function accepted(result: OpenApiResult, manifest: ServiceManifest, report: Report): OperationTable | undefined {
  // A problem of an inline document has no line of its own: it is shown where the document begins.
  const place = placeOf(manifest, ['spec', 'openapi'])
  for (const problem of result.problems)
    report(problem.line === undefined ? { ...problem, place: problem.place ?? place } : problem)
  return result.kind === 'read' ? result.table : undefined
}

function declared(manifest: ServiceManifest, specs: readonly OperationSpec[], report: Report): readonly Operation[] {
  const seen = new Set<string>()
  const operations: Operation[] = []
  for (const [index, spec] of specs.entries()) {
    const method = spec.method.toLowerCase()
    const id = spec.id ?? `${method.toUpperCase()} ${spec.path}`
    const place = placeOf(manifest, ['spec', 'operations', index])
    if (seen.has(id)) {
      const cure = 'Give one of them another id.'
      report({
        severity: 'error',
        code: 'duplicate-operation',
        message: `two operations have the id "${id}"`,
        cure,
        place,
      })
    }
    seen.add(id)
    operations.push({ ...spec, id, method, tags: spec.tags ?? [] })
  }
  return operations
}

/** Checks what a definition says beside its operations: its settings schema, its endpoint, and its name. */
export function checkService(manifest: ServiceManifest, scope: Scope): void {
  const { spec, name } = manifest
  const shipped = addressOf('clusterServiceDefinition', undefined, name)
  if (manifest.kind === 'clusterServiceDefinition' && scope.context.catalogue.has(shipped)) {
    const cure = 'Choose another name; a ServiceDefinition of a namespace may use this one.'
    const place = placeOf(manifest, ['metadata', 'name'])
    scope.report({
      severity: 'error',
      code: 'shipped-service',
      message: `a service named "${name}" ships with Tenon`,
      cure,
      place,
    })
  }
  if (spec.settingsSchema !== undefined) {
    const checked = checkSettingsSchema(spec.settingsSchema)
    for (const fault of checked.ok ? [] : checked.faults) {
      const { message, cure } = fault
      const place = placeOf(manifest, ['spec', 'settingsSchema', ...fault.path])
      scope.report({ severity: 'error', code: 'settings-schema-invalid', message, ...(cure && { cure }), place })
    }
  }
  if (spec.endpoint !== undefined) checkEndpoint(manifest, spec.endpoint, scope)
  for (const [index, auth] of (spec.auth ?? []).entries()) {
    for (const url of ['tokenUrl', 'authorizationUrl'] as const) {
      if (auth[url] !== undefined) checkEndpoint(manifest, auth[url], scope, ['spec', 'auth', index, url])
    }
  }
}

/** Reports an endpoint that may not be called. */
export function checkEndpoint(
  manifest: Manifest,
  endpoint: string,
  scope: Scope,
  path: readonly (string | number)[] = ['spec', 'endpoint'],
): void {
  const fault = endpointFault(endpoint, scope.context.allowedEndpoints)
  if (fault === undefined) return
  scope.report({
    severity: 'error',
    code: 'unsafe-endpoint',
    message: `the ${String(path.at(-1))} ${fault}`,
    cure: 'Use an https URL of a public host; an administrator may allow an internal host with --allow-endpoint.',
    place: placeOf(manifest, path),
  })
}
