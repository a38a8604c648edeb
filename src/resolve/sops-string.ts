import type { Report } from '../model/diagnostic.ts'
import type { ManifestOf } from '../model/manifest.ts'
import type { SecretTree, SopsFormat } from '../model/sops.ts'
import { valuesPath } from './fields.ts'
import { placeOf } from './references.ts'

type CredentialManifest = ManifestOf<'credential'>

/** The format of a SOPS document that has no file name. A binary file is JSON. */
export function sopsStringFormat(text: string): SopsFormat {
  if (text.trimStart().startsWith('{')) return 'json'
  // sops writes its own entries into every dotenv file; a YAML line of such text has a colon behind it.
  return /^sops_version=[\w.+-]+$/m.test(text) ? 'dotenv' : 'yaml'
}

/**
 * The values in the documents of a `sops` string. They stand at the top of the first, or the string is a whole file of
 * Tenon documents encrypted in place: its MAC covers all of it, so nothing can be cut out. Then they are the `data` of the
 * document that declares this credential, and never of another. Reports where there is no such document.
 */
export function valuesInString(
  manifest: CredentialManifest,
  documents: readonly SecretTree[],
  report: Report,
): { readonly tree: SecretTree | undefined } | undefined {
  if (!documents.some(isOurs)) return { tree: documents[0] }
  const named = documents.filter(document => isOurs(document) && isNamed(document, manifest))
  const here = named.filter(document => namespaceOf(document) === manifest.namespace)
  // A document of a file may leave its namespace to the defaults of its source, which the string does not hold.
  const found = here.length > 0 ? here : named.filter(document => namespaceOf(document) === undefined)
  const tree = dataOf(found[0])
  if (found.length === 1 && tree !== undefined) return { tree }
  report({
    severity: 'error',
    code: 'sops-document-of-another',
    message: `the SOPS document of credential "${manifest.name}" ${complaint(found.length, manifest)}`,
    cure: 'Take the file that declares this credential in place, or a SOPS document with its fields at the top.',
    place: { ...placeOf(manifest, valuesPath(manifest)), key: true },
  })
  return undefined
}

function complaint(found: number, { name, namespace }: CredentialManifest): string {
  const own = `the Credential "${name}" of namespace "${namespace}"`
  if (found === 0) return `is a file of other resources: it does not declare ${own}`
  return found === 1 ? `declares ${own} without encrypted data` : `declares ${own} more than once`
}

/** What a Credential document encrypted in place holds below `spec.data`. */
export function dataOf(document: SecretTree | undefined): SecretTree | undefined {
  return entry(entry(document, 'spec'), 'data')
}

function isOurs(document: SecretTree): boolean {
  const version = entry(document, 'apiVersion')
  return typeof version === 'string' && version.startsWith('tenon.dev/')
}

function isNamed(document: SecretTree, { name }: CredentialManifest): boolean {
  return entry(document, 'kind') === 'Credential' && entry(entry(document, 'metadata'), 'name') === name
}

function namespaceOf(document: SecretTree): SecretTree | undefined {
  return entry(entry(document, 'metadata'), 'namespace')
}

function entry(tree: SecretTree | undefined, key: string): SecretTree | undefined {
  return tree instanceof Map ? (tree as ReadonlyMap<string, SecretTree>).get(key) : undefined
}
