import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Entry } from '../catalogue-entries.ts'
import type { Paint } from '../style.ts'
import { provenance } from './found.ts'
import type { ErrorJson } from './plan-json.ts'
import { table } from './table.ts'

/** What `services` lists. */
export interface ServiceList {
  readonly entries: readonly Entry[]
  readonly categories: readonly { readonly name: string; readonly count: number }[]
}

/** What `services -o json` prints, whatever happened (`schemas/services.schema.json`). */
export function servicesJson(
  found: ServiceList | undefined,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  return {
    complete: found !== undefined,
    ...(found && { services: found.entries.map(entryJson), categories: found.categories }),
    diagnostics,
    errors,
  }
}

/** What lists say of a service; those who show one begin with it. */
export function entryJson(entry: Entry): Record<string, unknown> {
  const { resource, origin, scope, template, table: operations } = entry
  const { displayName, description, category, type, endpoint, docs, test } = resource.spec
  return {
    name: resource.name,
    address: resource.address,
    ...(resource.namespace !== undefined && { namespace: resource.namespace }),
    displayName,
    description,
    category: category ?? 'other',
    type,
    origin,
    scope,
    template,
    auth: authTypes(entry),
    operationCount: operations?.operations.length ?? 0,
    testable: test !== undefined,
    ...(endpoint !== undefined && { endpoint }),
    ...(docs !== undefined && { docs }),
    ...(origin === 'custom' && provenance(entry)),
  }
}

/** The ways to sign in, once each. */
export function authTypes({ resource }: Entry): readonly string[] {
  return [...new Set(resource.spec.auth.map(({ type }) => type))]
}

const HEADING = ['NAME', 'SERVICE', 'CATEGORY', 'TYPE', 'ORIGIN', 'OPERATIONS', 'SIGN-IN']

/** A table of services, and how many each category has. */
export function servicesText({ entries, categories }: ServiceList, paint: Paint, quiet: boolean): string {
  if (entries.length === 0) return quiet ? '' : 'No service matches.\n'
  const rows = entries.map(entry => {
    const { resource, origin, template, table: operations } = entry
    const { name, namespace, spec } = resource
    return [
      namespace === undefined ? name : `${namespace}/${name}`,
      spec.displayName,
      spec.category ?? 'other',
      spec.type,
      template ? 'template' : origin,
      String(operations?.operations.length ?? 0),
      authTypes(entry).join(', '),
    ]
  })
  const counts = categories.map(({ name, count }) => `${name} ${count}`).join(', ')
  const summary = quiet
    ? ''
    : `\n${entries.length} ${entries.length === 1 ? 'service' : 'services'}. Categories: ${counts}.\n`
  return table(HEADING, rows, paint) + summary
}
