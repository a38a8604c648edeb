import type { Address } from '../model/address.ts'
import { bindingFaults, isWholeBinding } from '../model/binding.ts'
import type { Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import { Secret } from '../model/secret.ts'
import type { SecretTree } from '../model/sops.ts'
import type { Binding, Resource, ResourceOf } from '../model/state.ts'
import type { Scope } from './context.ts'
import { isPlainSecret, valuesPath } from './fields.ts'
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
  const place = valuesPlace(manifest)
  if (found === undefined) {
    reportUnbound(manifest, required, report)
    return undefined
  }
  const binding = asBinding(typeof found === 'string' ? parsed(found) : found)
  if (binding !== undefined) return binding
  report({
    severity: 'error',
    code: 'binding-invalid',
    message: `the ${isPlainSecret(manifest) ? '' : 'encrypted '}"for" entry of credential "${manifest.name}" is not a binding`,
    cure: 'It has name, service and namespace (texts), integrations and hosts (lists) and revision (a number), and nothing else.',
    place,
  })
  return undefined
}

/** Says that values may be used anywhere: an error where a binding is required. */
export function reportUnbound(manifest: CredentialManifest, required: boolean, report: Report): void {
  const said = isPlainSecret(manifest)
    ? {
        message: `the Secret of credential "${manifest.name}" does not say what its values are for`,
        cure: 'Add an entry "for" to it: JSON with name, service, namespace, integrations and hosts.',
      }
    : {
        message: `the encrypted values of credential "${manifest.name}" do not say what they are for, so anybody may copy them elsewhere`,
        cure: 'Add an encrypted "for" entry with name, service, namespace, integrations and hosts.',
      }
  const severity = required ? 'error' : 'warning'
  report({ severity, code: 'credential-not-bound', ...said, place: valuesPlace(manifest) })
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
    if (resource?.kind === 'credential' && manifest.kind === 'credential') checkRecord(manifest, resource, scope)
    if (resource?.kind === 'integration' && manifest.kind === 'integration') checkUse(manifest, resource, scope)
  }
}

function checkRecord(
  manifest: CredentialManifest,
  { spec, namespace, name, secret }: ResourceOf<'credential'>,
  scope: Scope,
): void {
  const binding = secret?.binding
  if (secret?.fingerprint === undefined) return
  const hasHost = spec.type !== 'connectionString' && spec.type !== 'webhook'
  if (scope.context.requireBinding && !isWholeBinding(binding, hasHost)) {
    const parts = hasHost
      ? 'name, service, namespace, integrations and hosts'
      : 'name, service, namespace and integrations'
    refuse(valuesPlace(manifest), `the binding of credential "${name}" does not say all of ${parts}`, scope)
  }
  if (binding === undefined) return
  const record = { name, service: spec.service.name, namespace }
  for (const part of TEXTS) {
    if (binding[part] === undefined || binding[part] === record[part]) continue
    refuse(
      valuesPlace(manifest),
      `credential "${name}" was encrypted for ${part} "${binding[part]}" and is declared for "${record[part]}"`,
      scope,
    )
  }
}

function checkUse(manifest: ManifestOf<'integration'>, integration: ResourceOf<'integration'>, scope: Scope): void {
  const { catalogue } = scope.context
  const world = {
    find: (address: Address) => scope.find(address),
    isShipped: (address: Address) => catalogue.has(address),
  }
  for (const { credential, message } of bindingFaults(integration, world)) {
    const index = manifest.spec.credentials?.indexOf(credential) ?? -1
    refuse(placeOf(manifest, ['spec', 'credentials', ...(index < 0 ? [] : [index])]), message, scope)
  }
}

/** Where the values of a credential come from. */
function valuesPlace(manifest: CredentialManifest): Place {
  return { ...placeOf(manifest, valuesPath(manifest)), key: true }
}

function refuse(place: Place, message: string, scope: Scope): void {
  const cure = 'Somebody who holds the secret has to encrypt it again for this use.'
  scope.report({ severity: 'error', code: 'credential-not-bound', message, cure, place })
}
