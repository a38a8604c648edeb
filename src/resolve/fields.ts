import type { Report } from '../model/diagnostic.ts'
import type { CredentialSpec } from '../model/manifest.gen.ts'
import type { ManifestOf } from '../model/manifest.ts'
import { nearest } from '../model/nearest.ts'
import { Secret } from '../model/secret.ts'
import type { SecretTree } from '../model/sops.ts'
import type { SecretValues } from '../model/state.ts'
import { placeOf } from './references.ts'

type CredentialManifest = ManifestOf<'credential'>

/** The secret fields of each type; `for` may stand beside them. */
export const FIELDS: Readonly<
  Record<CredentialSpec['type'], { readonly required: readonly string[]; readonly optional?: readonly string[] }>
> = {
  apiKey: { required: ['apiKey'], optional: ['apiSecret'] },
  basic: { required: ['username', 'password'] },
  bearer: { required: ['token'] },
  oauth2: { required: ['clientId', 'clientSecret'] },
  connectionString: { required: ['connectionString'] },
  webhook: { required: ['signingSecret'] },
}

const BINDING = 'for'

/** The field of a credential's spec that its values come from. */
export function valuesPath({ spec }: CredentialManifest): readonly string[] {
  return ['spec', (['data', 'file', 'sops', 'secretRef'] as const).find(source => spec[source] !== undefined) ?? 'data']
}

/** Whether values come from the entries of a Kubernetes Secret themselves, which no SOPS encrypted. */
export function isPlainSecret({ spec }: CredentialManifest): boolean {
  return spec.secretRef !== undefined && spec.secretRef.key === undefined
}

/** Reports fields that the type does not have, and those that it needs; true when there are none of either. */
export function checkFields(
  manifest: CredentialManifest,
  names: readonly string[],
  path: readonly string[],
  report: Report,
): boolean {
  const { required, optional = [] } = FIELDS[manifest.spec.type]
  const known = [...required, ...optional]
  const unknown = names.filter(name => name !== BINDING && !known.includes(name))
  const missing = required.filter(name => !names.includes(name))
  const inPlace = manifest.spec.data !== undefined
  for (const name of unknown) {
    report({
      severity: 'error',
      code: 'credential-field-unknown',
      message: `a credential of type ${manifest.spec.type} has no field "${name}"`,
      cure:
        nearest(name, known) === undefined
          ? `Its fields are ${known.join(', ')}.`
          : `Did you mean "${nearest(name, known)}"?`,
      place: { ...placeOf(manifest, inPlace ? [...path, name] : path), key: true },
    })
  }
  for (const name of missing) {
    report({
      severity: 'error',
      code: 'credential-field-missing',
      message: `a credential of type ${manifest.spec.type} needs the field "${name}"`,
      cure: isPlainSecret(manifest)
        ? 'Add a key of this name to the Secret.'
        : 'Add it with sops, so that it is encrypted like the others.',
      place: { ...placeOf(manifest, path), key: true },
    })
  }
  return unknown.length + missing.length === 0
}

/** The values by field, sorted by name; reports whatever is not an encrypted, non-empty scalar. */
export function secretFields(
  manifest: CredentialManifest,
  tree: SecretTree | undefined,
  report: Report,
): SecretValues | undefined {
  const path = valuesPath(manifest)
  const fields = tree instanceof Map ? (tree as ReadonlyMap<string, SecretTree>) : new Map<string, SecretTree>()
  if (!checkFields(manifest, [...fields.keys()], path, report)) return undefined
  const clear = [...fields].filter(([, value]) => !isEncrypted(value)).map(([name]) => name)
  for (const name of clear) {
    report({
      severity: 'error',
      code: 'secret-in-clear',
      message: `the field "${name}" of credential "${manifest.name}" is not encrypted`,
      cure: 'Encrypt it with sops, and replace the value: it has been in clear.',
      place: { ...placeOf(manifest, path), key: true },
    })
  }
  if (clear.length > 0) return undefined
  const names = [...fields.keys()].filter(name => name !== BINDING).toSorted()
  return new Map(names.map(name => [name, fields.get(name) as Secret]))
}

/** Every leaf is encrypted; of the fields only the binding may be more than one leaf. */
function isEncrypted(value: SecretTree): boolean {
  if (value instanceof Secret) return true
  if (Array.isArray(value)) return value.every(item => isEncrypted(item as SecretTree))
  return value instanceof Map && [...(value as ReadonlyMap<string, SecretTree>).values()].every(isEncrypted)
}
