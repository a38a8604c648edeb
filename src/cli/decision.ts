import { compile, type CompiledAccess } from '../access/compile.ts'
import { inForce } from '../access/in-force.ts'
import { findOperation, requestedOperation } from '../access/operations.ts'
import { addressOf, type Address } from '../model/address.ts'
import type { Operation } from '../model/operation.ts'
import { references, serviceAddress } from '../model/references.ts'
import type { Resource, ResourceOf } from '../model/state.ts'
import { addressIn } from './address-argument.ts'
import { InvalidInput, unknownName } from './invalid-input.ts'
import type { Reading } from './reading.ts'

/** A question about one operation of one integration, ready to be answered; or the answer that such a request never passes. */
export type Question = { readonly integration: ResourceOf<'integration'>; readonly compiled: CompiledAccess } & (
  | { readonly kind: 'found'; readonly operation: Operation; readonly index: number }
  | { readonly kind: 'denied'; readonly reason: string }
)

/** What `can` and `who-can` are asked about, as it was typed. */
export interface Asked {
  readonly integration: string
  readonly operation: string
  /** The day to answer for, `YYYY-MM-DD`: groups that have expired by then give nothing. */
  readonly asOf: string
}

/**
 * Finds what `can` and `who-can` are asked about: the integration by `namespace/name`, the operation by its id or by
 * `METHOD /path`. A service that lists no operations is asked by method and path as they are. Throws `InvalidInput` for
 * names that mean nothing.
 */
export async function question(reading: Reading, asked: Asked): Promise<Question> {
  const { operation: operationText, asOf } = asked
  const integration = await findIntegration(reading, asked.integration)
  const around = await surroundingsOf(integration, reading)
  const operations = await operationsOf(integration, around, reading)
  const group = (name: string): ResourceOf<'accessGroup'> | undefined => {
    const resource = around.get(addressOf('accessGroup', integration.namespace, name))
    return resource?.kind === 'accessGroup' ? inForce(resource, asOf) : undefined
  }
  const compiled = (table: readonly Operation[]): CompiledAccess => compile({ integration, operations: table, group })
  if (operations.length === 0) {
    const requested = requestedOperation(operationText)
    if (requested.kind === 'unknown') throw unlisted(operationText, integration)
    if (requested.kind === 'denied') return { ...requested, integration, compiled: compiled([]) }
    return { ...requested, integration, compiled: compiled([requested.operation]), index: 0 }
  }
  const found = findOperation(operations, operationText)
  if (found.kind === 'unknown') throw unknownOperation(operationText, integration, found.nearest)
  if (found.kind === 'denied') return { ...found, integration, compiled: compiled(operations) }
  return { ...found, integration, compiled: compiled(operations), operation: operations[found.index]! }
}

async function findIntegration(reading: Reading, text: string): Promise<ResourceOf<'integration'>> {
  const address = integrationAddress(text)
  const found = address === undefined ? undefined : (await reading.load([address])).get(address)
  if (found?.resource.kind === 'integration') return found.resource
  const known = (await reading.list({ kinds: ['integration'] })).map(
    ({ resource }) => `${resource.namespace}/${resource.name}`,
  )
  const sameName = known.find(name => name.endsWith(`/${text}`))
  const message =
    address === undefined
      ? `"${text}" is not an integration: write namespace/name`
      : `there is no integration "${text}"`
  const cure = sameName === undefined ? thereAre(known) : `Did you mean "${sameName}"?`
  throw unknownName({ code: 'unknown-integration', message, cure }, text, known)
}

const SHOWN = 5

function thereAre(names: readonly string[]): string {
  if (names.length === 0) return 'There are no integrations at all.'
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return `There ${names.length === 1 ? 'is' : 'are'} ${names.slice(0, SHOWN).join(', ')}${more}.`
}

/** `namespace/name`; a whole address is understood, too. */
function integrationAddress(text: string): Address | undefined {
  return addressIn(text.startsWith('integration/') ? text : `integration/${text}`)
}

/** The service and all groups that decisions about an integration depend on. */
async function surroundingsOf(
  integration: ResourceOf<'integration'>,
  reading: Reading,
): Promise<ReadonlyMap<Address, Resource>> {
  const found = new Map<Address, Resource>()
  const asked = new Set<Address>()
  let next: readonly Resource[] = [integration]
  while (next.length > 0) {
    const wanted = next.flatMap(references).filter(address => !address.startsWith('credential/') && !asked.has(address))
    for (const address of wanted) asked.add(address)
    const rows = wanted.length === 0 ? new Map() : await reading.load(new Set(wanted))
    next = [...rows.values()].map(({ resource }) => resource)
    for (const resource of next) found.set(resource.address, resource)
  }
  return found
}

/** The operations of the service. One that is gone cannot be judged, and must not look like one that lists nothing. */
async function operationsOf(
  integration: ResourceOf<'integration'>,
  around: ReadonlyMap<Address, Resource>,
  reading: Reading,
): Promise<readonly Operation[]> {
  const address = serviceAddress(integration.spec.service, integration.namespace)
  const service = around.get(address)
  const digest = service !== undefined && 'operations' in service.spec ? service.spec.operations : undefined
  const table = digest === undefined ? undefined : (await reading.tables([digest])).get(digest)
  if (table !== undefined) return table.operations
  throw new InvalidInput([
    {
      severity: 'error',
      code: 'unknown-service',
      message: `${integration.address} connects to ${address}, which is not there`,
      cure: 'Declare and apply the service again; until then nothing can be said about its operations.',
    },
  ])
}

function unknownOperation(
  text: string,
  integration: ResourceOf<'integration'>,
  suggestion: string | undefined,
): InvalidInput {
  const { name } = integration.spec.service
  const cure =
    suggestion === undefined ? `\`tenon services show ${name}\` lists its operations.` : `Did you mean "${suggestion}"?`
  const message = `"${name}" has no operation "${text}"`
  return new InvalidInput([{ severity: 'error', code: 'unknown-operation', message, cure }])
}

function unlisted(text: string, integration: ResourceOf<'integration'>): InvalidInput {
  const message = `"${text}" does not name an operation: the service "${integration.spec.service.name}" lists none`
  const cure = 'Ask by method and path, such as "GET /items/42".'
  return new InvalidInput([{ severity: 'error', code: 'unknown-operation', message, cure }])
}
