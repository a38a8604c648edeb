import { addressOf } from '../model/address.ts'
import type { OperationTable } from '../model/operation.ts'
import type { ResourceOf } from '../model/state.ts'
import type { Catalogue } from '../source/catalogue.ts'
import { InvalidInput, unknownName } from './invalid-input.ts'
import type { Found, Reading } from './reading.ts'

export type Service = ResourceOf<'clusterServiceDefinition' | 'serviceDefinition'>

/** A service that integrations may connect to, with what a list says of it. */
export interface Entry extends Found {
  readonly resource: Service
  /** Shipped with the program, or declared by somebody; nobody can choose. */
  readonly origin: 'standard' | 'custom'
  /** For every namespace, or for its own. */
  readonly scope: 'global' | 'client'
  /** Only a start for own definitions; integrations cannot refer to it. */
  readonly template: boolean
  readonly table: OperationTable | undefined
}

/** All services, or with a namespace those that it may use: shipped ones, then declared ones; by address. */
export async function entries(reading: Reading, namespace: string | undefined): Promise<readonly Entry[]> {
  const { catalogue } = reading
  const declared = await reading.list({ kinds: ['clusterServiceDefinition', 'serviceDefinition'] })
  const all: Found[] = [...[...catalogue.state.values()].map(resource => ({ resource })), ...declared]
  const services = all.flatMap(found => (isService(found.resource) ? [{ ...found, resource: found.resource }] : []))
  const visible = services.filter(
    ({ resource }) => namespace === undefined || resource.namespace === undefined || resource.namespace === namespace,
  )
  const tables = await reading.tables(new Set(visible.map(({ resource }) => resource.spec.operations)))
  return visible.map(found => entryOf(found, catalogue, tables.get(found.resource.spec.operations)))
}

type FoundService = Found & { readonly resource: Service }

function entryOf(found: FoundService, { state, templates }: Catalogue, table: OperationTable | undefined): Entry {
  const { address, namespace, name } = found.resource
  const isShipped = state.has(address)
  return {
    ...found,
    origin: isShipped ? 'standard' : 'custom',
    scope: namespace === undefined ? 'global' : 'client',
    template: isShipped && templates.has(name),
    table,
  }
}

function isService(resource: Found['resource']): resource is Service {
  return resource.kind === 'clusterServiceDefinition' || resource.kind === 'serviceDefinition'
}

/** What people can do who do not find their service. */
export const CUSTOM_ROUTE =
  'A service that is not listed can be described: `tenon services scaffold custom-openapi` prints a start.'

interface Wanted {
  /** A name, or an address. */
  readonly name: string
  readonly namespace: string | undefined
  /** The installation's own words for people who miss a service. */
  readonly requestText: string | undefined
}

/** The service of this name: the namespace's own one before a global one. Throws `InvalidInput` for none or several. */
export async function entryNamed(reading: Reading, { name, namespace, requestText }: Wanted): Promise<Entry> {
  const all = await entries(reading, namespace)
  const own = all.find(({ resource }) => resource.address === addressOf('serviceDefinition', namespace, name))
  const exact = own ?? all.find(({ resource }) => resource.address === name)
  if (exact !== undefined) return exact
  const [first, ...more] = all.filter(({ resource }) => resource.name === name)
  if (first === undefined) {
    const message = `there is no service "${name}"`
    const cure = [CUSTOM_ROUTE, ...(requestText === undefined ? [] : [requestText])].join(' ')
    throw unknownName(
      { code: 'unknown-service', message, cure },
      name,
      new Set(all.map(({ resource }) => resource.name)),
    )
  }
  if (more.length === 0) return first
  const addresses = [first, ...more].map(({ resource }) => resource.address)
  const message = `several services are called "${name}": ${addresses.join(', ')}`
  const cure = 'Name one of them by its address, or say --namespace.'
  throw new InvalidInput([{ severity: 'error', code: 'ambiguous-service', message, cure }])
}
