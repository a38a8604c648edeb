import { addressOf, type Address } from '../model/address.ts'
import type { Report } from '../model/diagnostic.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import { serviceAddress } from '../model/references.ts'
import { Secret } from '../model/secret.ts'
import type { SecretTree } from '../model/sops.ts'
import type { Binding, Resource, ResourceOf } from '../model/state.ts'
import type { Scope } from './context.ts'
import { placeOf } from './references.ts'

type CredentialManifest = ManifestOf<'credential'>

const TEXTS = ['name', 'service', 'namespace'] as const
const LISTS = ['integrations', 'hosts'] as const
const KNOWN = new Set<string>([...TEXTS, ...LISTS, 'revision'])

/** What the `for` entry of decrypted values says; its absence is reported, as an error where a binding is required. */
export function bindingOf(
  manifest: CredentialManifest,
  tree: SecretTree | undefined,
  required: boolean,
  report: Report,
): Binding | undefined {
  const found = tree instanceof Map ? plain((tree as ReadonlyMap<string, SecretTree>).get('for')) : undefined
  const place = placeOf(manifest, [])
  if (found === undefined) {
    report({
      severity: required ? 'error' : 'warning',
      code: 'credential-not-bound',
      message: `the encrypted values of credential "${manifest.name}" do not say what they are for, so anybody may copy them elsewhere`,
      cure: 'Add an encrypted "for" entry with name, service, namespace, integrations and hosts.',
      place,
    })
    return undefined
  }
  const binding = asBinding(typeof found === 'string' ? parsed(found) : found)
  if (binding !== undefined) return binding
  report({
    severity: 'error',
    code: 'binding-invalid',
    message: `the encrypted "for" entry of credential "${manifest.name}" is not a binding`,
    cure: 'It has name, service and namespace (texts), integrations and hosts (lists) and revision (a number), and nothing else.',
    place,
  })
  return undefined
}

/** A binding in clear: it names places, not secrets, and has to be compared with them. */
function plain(tree: SecretTree | undefined): unknown {
  if (tree instanceof Secret) return tree.reveal()
  if (Array.isArray(tree)) return tree.map(item => plain(item))
  if (!(tree instanceof Map)) return tree
  return Object.fromEntries([...(tree as ReadonlyMap<string, SecretTree>)].map(([key, value]) => [key, plain(value)]))
}

/** In a dotenv file the binding is JSON. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function asBinding(value: unknown): Binding | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  const given = value as Record<string, unknown>
  if (Object.keys(given).some(key => !KNOWN.has(key))) return undefined
  if (TEXTS.some(key => given[key] !== undefined && typeof given[key] !== 'string')) return undefined
  if (LISTS.some(key => given[key] !== undefined && !isTexts(given[key]))) return undefined
  const { revision, ...rest } = given
  if (revision === undefined) return rest
  const count = Number(revision)
  return Number.isSafeInteger(count) && count >= 0 ? { ...rest, revision: count } : undefined
}

function isTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

/** Refuses a credential wherever its binding does not match: its own record, and every integration that uses it. */
export function checkBindings(
  manifests: readonly Manifest[],
  state: ReadonlyMap<Address, Resource>,
  scope: Scope,
): void {
  for (const manifest of manifests) {
    const resource = state.get(manifest.address)
    if (resource?.kind === 'credential') checkRecord(manifest, resource, scope)
    if (resource?.kind === 'integration') checkUse(manifest, resource, scope)
  }
}

function checkRecord(
  manifest: Manifest,
  { spec, namespace, name, secret }: ResourceOf<'credential'>,
  scope: Scope,
): void {
  const binding = secret?.binding
  if (binding === undefined) return
  const record = { name, service: spec.service.name, namespace }
  for (const part of TEXTS) {
    if (binding[part] === undefined || binding[part] === record[part]) continue
    refuse(
      manifest,
      `credential "${name}" was encrypted for ${part} "${binding[part]}" and is declared for "${record[part]}"`,
      scope,
    )
  }
}

function checkUse(manifest: Manifest, integration: ResourceOf<'integration'>, scope: Scope): void {
  for (const name of integration.spec.credentials) {
    const credential = scope.find(addressOf('credential', integration.namespace, name))
    const binding = credential?.kind === 'credential' ? credential.secret?.binding : undefined
    if (!allows(binding?.integrations, integration.name)) {
      const bound = quoted(binding?.integrations, 'no integration')
      refuse(manifest, `credential "${name}" was encrypted for ${bound} and is used by "${integration.name}"`, scope)
    }
    const host = hostOf(integration, scope)
    if (host === undefined || allows(binding?.hosts, host)) continue
    const bound = quoted(binding?.hosts, '(none)')
    refuse(manifest, `credential "${name}" was encrypted for the host ${bound} and would be sent to "${host}"`, scope)
  }
}

function allows(bound: readonly string[] | undefined, name: string): boolean {
  return bound === undefined || bound.includes(name)
}

function quoted(names: readonly string[] = [], nothing: string): string {
  return names.map(name => `"${name}"`).join(', ') || nothing
}

/** The host that an integration calls in the end. */
function hostOf({ spec, namespace }: ResourceOf<'integration'>, scope: Scope): string | undefined {
  const service = scope.find(serviceAddress(spec.service, namespace))
  const endpoint =
    spec.endpoint ?? (service !== undefined && 'endpoint' in service.spec ? service.spec.endpoint : undefined)
  return endpoint === undefined ? undefined : URL.parse(endpoint)?.hostname
}

function refuse(manifest: Manifest, message: string, scope: Scope): void {
  const cure = 'Somebody who holds the secret has to encrypt it again for this use.'
  scope.report({ severity: 'error', code: 'credential-not-bound', message, cure, place: placeOf(manifest, []) })
}
