import { addressOf, type Address } from './address.ts'
import { serviceAddress } from './references.ts'
import type { Binding, Resource, ResourceOf } from './state.ts'

/** What bindings are judged in: resources by address, and which services ship with the program. */
export interface BindingWorld {
  find(address: Address): Resource | undefined
  isShipped(address: Address): boolean
}

/** A use that a binding does not allow: the credential, and a sentence that names both sides and no value. */
export interface BindingFault {
  readonly credential: string
  readonly message: string
}

/**
 * Each way in which an integration uses a credential where its binding does not allow it: an integration
 * that it was not encrypted for, or a host that its values would be sent to.
 */
export function bindingFaults(integration: ResourceOf<'integration'>, world: BindingWorld): readonly BindingFault[] {
  return integration.spec.credentials.flatMap(name => {
    const credential = world.find(addressOf('credential', integration.namespace, name))
    const binding = credential?.kind === 'credential' ? credential.secret?.binding : undefined
    if (credential?.kind !== 'credential' || binding === undefined) return []
    const hosts = hostsOf(integration, credential, world).filter(host => !allows(binding.hosts, host))
    const messages = [
      ...(allows(binding.integrations, integration.name) ? [] : [wrongUse(name, binding, integration.name)]),
      ...hosts.map(host => wrongHost(name, binding, host)),
    ]
    return messages.map(message => ({ credential: name, message }))
  })
}

/** Whether a binding names everything that it has to: a part that is left out allows anything. */
export function isWholeBinding(binding: Binding | undefined, hasHost: boolean): boolean {
  if (binding === undefined) return false
  const { name, service, namespace, integrations, hosts } = binding
  return [name, service, namespace, integrations].every(part => part !== undefined) && (!hasHost || hosts !== undefined)
}

function allows(bound: readonly string[] | undefined, name: string): boolean {
  return bound === undefined || bound.includes(name)
}

function wrongUse(credential: string, { integrations = [] }: Binding, integration: string): string {
  const bound = integrations.map(name => `"${name}"`).join(', ') || 'no integration'
  return `credential "${credential}" was encrypted for ${bound} and is used by "${integration}"`
}

function wrongHost(credential: string, { hosts = [] }: Binding, host: string): string {
  const bound = hosts.map(name => `"${name}"`).join(', ') || '(none)'
  return `credential "${credential}" was encrypted for the host ${bound} and would be sent to "${host}"`
}

/**
 * The hosts that get a credential's values in the end: that of the endpoint, and for OAuth those where tokens are issued.
 * The token URLs of shipped services come with the program and need not be named.
 */
function hostsOf(
  integration: ResourceOf<'integration'>,
  credential: ResourceOf<'credential'>,
  world: BindingWorld,
): readonly string[] {
  const { spec, namespace } = integration
  const service = world.find(serviceAddress(spec.service, namespace))
  const definition = service !== undefined && 'auth' in service.spec ? service.spec : undefined
  const isOwn = service !== undefined && !world.isShipped(service.address) && credential.spec.type === 'oauth2'
  const tokens = isOwn ? (definition?.auth ?? []).map(({ tokenUrl }) => tokenUrl) : []
  const hosts = [spec.endpoint ?? definition?.endpoint, ...tokens].map(url =>
    url === undefined ? undefined : URL.parse(url)?.hostname,
  )
  return [...new Set(hosts.filter(host => host !== undefined))]
}
