import type { Problem, Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { Lock } from '../model/lock.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import { acceptanceKey, accepting, type OperationTable } from '../model/operation.ts'
import type { ResolveContext } from './context.ts'
import { operationTable } from './openapi/table.ts'
import { placeOf } from './references.ts'
import { set } from './sets.ts'

type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>

/** What was accepted of one service, and where that is written. */
interface Acceptance {
  readonly keys: readonly string[]
  readonly placeOf: (entry: number) => Place
  readonly cure: string
}

/**
 * The table of a service in which every operation that nobody has accepted is new. What the definition itself accepts
 * counts; else what the lock file lists; without either, everything is accepted. Reports what is accepted and not there.
 */
export function locked(
  manifest: ServiceManifest,
  table: OperationTable,
  { lock }: Pick<ResolveContext, 'lock'>,
  report: Report,
): OperationTable {
  const acceptance = acceptanceOf(manifest, lock)
  if (acceptance === undefined) {
    // Without operations there is nothing that could be accepted.
    if (lock === undefined || table.operations.length === 0) return table
    report(notLocked(manifest, table))
  }
  const keys = table.operations.map(acceptanceKey)
  if (acceptance !== undefined) reportStale(manifest, keys, acceptance, report)
  const unaccepted = new Set(notAmong(keys, acceptance?.keys ?? []))
  if (unaccepted.size === 0) return table
  return operationTable(
    table.operations.map((operation, at) => (unaccepted.has(at) ? { ...operation, isNew: true } : operation)),
  )
}

/** The positions of the keys that stand for nothing among the others. Keys are mostly written alike, so that is tried first. */
function notAmong(keys: readonly string[], others: readonly string[]): readonly number[] {
  const exactly = new Set(others)
  const positions = [...keys.keys()].filter(at => !exactly.has(keys[at]!))
  if (positions.length === 0) return positions
  const alike = new Set(others.map(accepting))
  return positions.filter(at => !alike.has(accepting(keys[at]!)))
}

/**
 * What a definition accepts itself and its table does not say: the entries that name no operation yet, or none any more.
 * `undefined` without a list, and where new operations show that there is one and nothing else is in it. A lock file says
 * nothing here: accepting operations in it changes no resource beside its table.
 */
export function acceptedBeyond(
  { spec: { acceptedOperations } }: ServiceManifest,
  { operations }: OperationTable,
): readonly string[] | undefined {
  if (acceptedOperations === undefined) return undefined
  const others = notAmong(acceptedOperations, operations.map(acceptanceKey))
  if (others.length === 0 && operations.some(({ isNew }) => isNew)) return undefined
  return set(others.map(at => acceptedOperations[at]!))
}

function acceptanceOf(manifest: ServiceManifest, lock: Lock | undefined): Acceptance | undefined {
  const { acceptedOperations } = manifest.spec
  if (acceptedOperations !== undefined) {
    return {
      keys: acceptedOperations,
      placeOf: entry => placeOf(manifest, ['spec', 'acceptedOperations', entry]),
      cure: 'Take it out, or correct the method or the path.',
    }
  }
  const keys = lock?.services.get(manifest.address)
  const document = lock?.files.get(manifest.address)
  if (keys === undefined || document === undefined) return undefined
  return {
    keys,
    placeOf: entry => ({ document, index: 0, path: ['services', manifest.address, entry] }),
    cure: 'Run `tenon lock`.',
  }
}

function notLocked({ address, name, place }: ServiceManifest, { operations }: OperationTable): Problem {
  return {
    severity: 'warning',
    code: 'service-not-locked',
    message: `the lock file does not list ${address}, so all ${operations.length} operations of "${name}" are new, and permissions cover them only by name`,
    cure: 'Run `tenon lock`.',
    place: { ...place, path: ['metadata', 'name'] },
  }
}

const SHOWN = 3

/** One warning for a service, however many of its operations went away. */
function reportStale(
  { name }: ServiceManifest,
  known: readonly string[],
  { keys, placeOf: at, cure }: Acceptance,
  report: Report,
): void {
  const stale = notAmong(keys, known)
  const [first] = stale
  if (first === undefined) return
  const named = stale.slice(0, SHOWN).map(entry => `"${keys[entry]}"`)
  const more = stale.length > SHOWN ? ` and ${stale.length - SHOWN} more` : ''
  const message = `accepted and no operation of "${name}": ${named.join(', ')}${more}`
  report({ severity: 'warning', code: 'lock-stale', message, cure, place: at(first) })
}

/** Warns of services in the lock file that no document declares any more. */
export function reportGoneServices(
  manifests: readonly Manifest[],
  { lock, invalid }: Pick<ResolveContext, 'lock' | 'invalid'>,
  report: Report,
): void {
  if (lock === undefined || !lock.isWhole) return
  const declared = new Set(manifests.map(({ address }) => address))
  for (const [address, document] of lock.files) {
    if (declared.has(address) || invalid.has(address)) continue
    report({
      severity: 'warning',
      code: 'lock-stale',
      message: `the lock file lists ${address}, which no document declares`,
      cure: 'Run `tenon lock`.',
      place: { document, index: 0, path: ['services', address], key: true },
    })
  }
}
