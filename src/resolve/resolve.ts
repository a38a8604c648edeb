import type { Address } from '../model/address.ts'
import type { Report } from '../model/diagnostic.ts'
import type { Manifest } from '../model/manifest.ts'
import type { OperationTable } from '../model/operation.ts'
import { nearest } from '../model/nearest.ts'
import { references } from '../model/references.ts'
import type { Desired, Resource, SecretValues } from '../model/state.ts'
import type { ResolveContext, Scope } from './context.ts'
import { checkBindings } from './binding.ts'
import { checkCredential, checkDefaults, credentialSecrets } from './credentials.ts'
import { warnOfExpiredGroups } from './expired-groups.ts'
import { checkGroupCycles } from './groups.ts'
import { checkIntegration } from './integrations.ts'
import { acceptedBeyond } from './lock.ts'
import { resourceOf, type Resolved } from './normal.ts'
import { checkReferences } from './references.ts'
import { checkEndpoint, checkService, serviceTables } from './services.ts'

/**
 * Manifests to desired state: OpenAPI documents become operation tables, SOPS files become sealed values, and every
 * reference is looked up, in the namespace, the catalogue and the rows of other owners. The author's mistakes go to
 * `report`, all of them.
 */
export async function resolve(
  manifests: readonly Manifest[],
  context: ResolveContext,
  report: Report,
): Promise<Desired & { readonly foreign: ReadonlyMap<Address, Resource> }> {
  const tables = await serviceTables(manifests, context, report)
  const secrets = await credentialSecrets(manifests, context, report)
  const state = new Map<Address, Resource>()
  for (const manifest of manifests) {
    const { address } = manifest
    const table = tables.get(address)
    const secret = secrets.get(address)
    state.set(
      address,
      resourceOf(manifest, { ...(table && operationsOf(manifest, table)), ...(secret && { secret: secret.state }) }),
    )
  }
  const foreign = await foreignRows(state, context)
  const all = await allTables([...tables.values()], foreign, context)
  const scope = scopeOf({ state, foreign, tables: all, context, report })
  for (const manifest of manifests) check(manifest, state.get(manifest.address)!, scope)
  checkGroupCycles(manifests, scope)
  warnOfExpiredGroups(manifests, scope)
  checkDefaults(manifests, scope)
  checkBindings(manifests, state, scope)
  const values = new Map<Address, SecretValues>()
  for (const [address, secret] of secrets) if (secret.values !== undefined) values.set(address, secret.values)
  return { state, tables: all, values, foreign }
}

function operationsOf(manifest: Manifest, table: OperationTable): Resolved {
  const isService = manifest.kind === 'serviceDefinition' || manifest.kind === 'clusterServiceDefinition'
  const accepted = isService ? acceptedBeyond(manifest, table) : undefined
  return { operations: table.digest, ...(accepted && { accepted }) }
}

function check(manifest: Manifest, resource: Resource, scope: Scope): void {
  const { kind, spec } = manifest
  if (kind === 'integration' && spec.endpoint !== undefined) checkEndpoint(manifest, spec.endpoint, scope)
  if (!checkReferences(manifest, scope)) return
  if (manifest.kind === 'serviceDefinition' || manifest.kind === 'clusterServiceDefinition')
    checkService(manifest, scope)
  if (manifest.kind === 'credential') checkCredential(manifest, scope)
  if (manifest.kind === 'integration' && resource.kind === 'integration') checkIntegration(manifest, resource, scope)
}

/** What the documents refer to without declaring it, and what that refers to in turn, as other owners declared it. */
async function foreignRows(
  state: ReadonlyMap<Address, Resource>,
  context: ResolveContext,
): Promise<ReadonlyMap<Address, Resource>> {
  const found = new Map<Address, Resource>()
  if (context.store === undefined) return found
  const asked = new Set<Address>()
  const isNew = (address: Address): boolean => {
    if (state.has(address) || context.catalogue.has(address) || asked.has(address)) return false
    asked.add(address)
    return true
  }
  let missing = missingFrom(state.values(), isNew)
  while (missing.length > 0) {
    const rows = await context.store.foreign(missing)
    for (const [address, resource] of rows) found.set(address, resource)
    missing = missingFrom(rows.values(), isNew)
  }
  return found
}

function missingFrom(resources: Iterable<Resource>, isNew: (address: Address) => boolean): readonly Address[] {
  const missing: Address[] = []
  for (const resource of resources) missing.push(...references(resource).filter(isNew))
  return missing
}

async function allTables(
  declared: readonly OperationTable[],
  foreign: ReadonlyMap<Address, Resource>,
  context: ResolveContext,
): Promise<ReadonlyMap<string, OperationTable>> {
  const all = new Map(context.tables)
  for (const table of declared) all.set(table.digest, table)
  const wanted = [...foreign.values()].flatMap(resource =>
    'operations' in resource.spec ? [resource.spec.operations] : [],
  )
  if (context.store === undefined || wanted.length === 0) return all
  for (const [digest, table] of await context.store.tables(wanted)) all.set(digest, table)
  return all
}

function scopeOf(parts: {
  state: ReadonlyMap<Address, Resource>
  foreign: ReadonlyMap<Address, Resource>
  tables: ReadonlyMap<string, OperationTable>
  context: ResolveContext
  report: Report
}): Scope {
  const { state, foreign, tables, context, report } = parts
  const places = [state, context.catalogue, foreign]
  return {
    context,
    report,
    find: address => state.get(address) ?? context.catalogue.get(address) ?? foreign.get(address),
    operations: service => ('operations' in service.spec ? tables.get(service.spec.operations) : undefined),
    suggest: suggester(places),
  }
}

/** Comparing every unknown name with every known one grows with the square of a large mistake: only so many are compared. */
const MAX_COMPARISONS = 300_000

function suggester(places: readonly ReadonlyMap<Address, Resource>[]): Scope['suggest'] {
  const known = new Map<string, string[]>()
  let left = MAX_COMPARISONS
  return (name, kind, namespace) => {
    const key = `${kind}/${namespace ?? ''}`
    let names = known.get(key)
    if (names === undefined) {
      const all = places.flatMap(place => [...place.values()])
      names = all
        .filter(resource => resource.kind === kind && resource.namespace === namespace)
        .map(resource => resource.name)
      known.set(key, names)
    }
    left -= names.length
    return left < 0 ? undefined : nearest(name, names)
  }
}
