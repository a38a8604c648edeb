import type { Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import { serviceAddress } from '../model/references.ts'
import type { Decrypt, SecretTree, SopsVerdict } from '../model/sops.ts'
import type { SecretState, SecretValues } from '../model/state.ts'
import { bindingOf, reportUnbound } from './binding.ts'
import { readSecretRef, type PlainEntries } from './cluster.ts'
import type { ResolveContext, Scope, StoreContext } from './context.ts'
import { warnAboutDates } from './due.ts'
import { checkFields, secretFields, valuesPath } from './fields.ts'
import { placeOf } from './references.ts'
import { digestOfBytes, sealedBytes, type SealedBytes } from './sealed-bytes.ts'
import { dataOf, valuesInString } from './sops-string.ts'

type CredentialManifest = ManifestOf<'credential'>

/** Decryption waits for threads of Node's own; several at once keep all of them busy. */
const AT_ONCE = 16

/** What a credential's values are: their state, and the values themselves when they were decrypted now. */
export interface CredentialSecret {
  readonly state: SecretState
  readonly values?: SecretValues
}

/**
 * Reads the values of every declared credential. A file whose bytes all equal those last verified and applied is not
 * decrypted again. Without a store nothing is decrypted: only what stands in clear is checked, and a blind run remembers
 * the digest of the bytes, so that another file is noticed.
 */
export async function credentialSecrets(
  manifests: readonly Manifest[],
  context: ResolveContext,
  report: Report,
): Promise<ReadonlyMap<Address, CredentialSecret>> {
  const secrets = new Map<Address, CredentialSecret>()
  const decrypt = context.store?.decrypt && once(context.store.decrypt)
  const credentials = manifests.filter(manifest => manifest.kind === 'credential')
  const read = async (manifest: CredentialManifest): Promise<void> => {
    const sealed = await valuesOf(manifest, context, report)
    const { store } = context
    if (sealed === undefined) return
    if (store === undefined) {
      if (context.blind === true && !('entries' in sealed)) secrets.set(manifest.address, { state: unread(sealed) })
      return
    }
    const secret =
      'entries' in sealed
        ? plainSecret({ manifest, sealed, store }, context, report)
        : await unseal({ manifest, sealed, store, decrypt }, context, report)
    if (secret !== undefined) secrets.set(manifest.address, secret)
  }
  for (let start = 0; start < credentials.length; start += AT_ONCE) {
    await Promise.all(credentials.slice(start, start + AT_ONCE).map(read))
  }
  return secrets
}

async function valuesOf(
  manifest: CredentialManifest,
  context: ResolveContext,
  report: Report,
): Promise<SealedBytes | PlainEntries | undefined> {
  if (manifest.spec.file !== undefined && context.isRedacted === true) return undefined
  if (manifest.spec.secretRef === undefined) return await sealedBytes(manifest, context.readBeside, report)
  const found = await readSecretRef(manifest, context, report)
  return found?.kind === 'sops' ? { ...found, file: manifest.place.document.file, at: 'string' } : found
}

interface Unsealing {
  readonly manifest: CredentialManifest
  readonly sealed: SealedBytes
  readonly store: StoreContext
  readonly decrypt: Decrypt | undefined
}

async function unseal(work: Unsealing, context: ResolveContext, report: Report): Promise<CredentialSecret | undefined> {
  const { manifest, sealed, store, decrypt } = work
  const source = digestOfBytes(sealed.bytes)
  const known = store.secret(manifest.address)
  if (known?.source === source && known.fingerprint !== undefined) {
    if (known.binding === undefined) reportUnbound(manifest, context.requireBinding, report)
    // The record may have changed although the values did not.
    return checkFields(manifest, known.fields, valuesPath(manifest), report) ? { state: known } : undefined
  }
  if (decrypt === undefined) return { state: unread(sealed) }
  const verdict = await decrypt(sealed.bytes, { format: sealed.format, file: sealed.file })
  if (verdict.kind === 'refused') {
    report(placed(verdict.problem, manifest))
    return undefined
  }
  if (verdict.macOnlyEncrypted) reportMacOnly(manifest, context, report)
  const found = valuesTree(work, verdict.documents, report)
  if (found === undefined) return undefined
  const { tree } = found
  const values = secretFields(manifest, tree, report)
  if (values === undefined) return undefined
  const binding = bindingOf(manifest, tree, context.requireBinding, report)
  const fingerprint = store.fingerprint(manifest.address, values)
  const fields = [...values.keys()]
  return { state: { source, fingerprint, fields, lastModified: verdict.lastModified, binding }, values }
}

/** What is known of values that nobody decrypted. */
function unread({ bytes }: SealedBytes): SecretState {
  return {
    source: digestOfBytes(bytes),
    fingerprint: undefined,
    fields: [],
    lastModified: undefined,
    binding: undefined,
  }
}

const FROM_SECRET = 'secret:'

/**
 * The entries of a Kubernetes Secret, which are in clear for whoever may read it. What was verified is named by the
 * Secret's version: a digest of values in clear would be something to try guesses on.
 */
function plainSecret(
  work: { readonly manifest: CredentialManifest; readonly sealed: PlainEntries; readonly store: StoreContext },
  context: ResolveContext,
  report: Report,
): CredentialSecret | undefined {
  const { manifest, sealed, store } = work
  const values = secretFields(manifest, sealed.entries, report)
  if (values === undefined) return undefined
  // Its namespace binds it, so that only a demand for more makes the absence of more a problem.
  const isBound = context.requireBinding || sealed.entries.has('for')
  const binding = isBound ? bindingOf(manifest, sealed.entries, context.requireBinding, report) : undefined
  const fingerprint = store.fingerprint(manifest.address, values)
  const known = store.secret(manifest.address)
  // Labels of a Secret change its version, and no value.
  const isSame = known?.fingerprint === fingerprint && known.source.startsWith(FROM_SECRET)
  const source = isSame ? known.source : `${FROM_SECRET}${sealed.version}`
  return { state: { source, fingerprint, fields: [...values.keys()], lastModified: undefined, binding }, values }
}

/** A problem of a file has its line in that file; one of a string has none, and is shown where the string stands. */
function placed(problem: Problem, manifest: CredentialManifest): Problem {
  const place = { ...placeOf(manifest, valuesPath(manifest)), key: true }
  if (manifest.spec.sops === undefined) return { place, ...problem }
  const { line: _line, column: _column, file: _file, ...rest } = problem
  return { ...rest, place }
}

/** Text in clear may have been changed unseen, the record of the credential included. */
function reportMacOnly(manifest: CredentialManifest, context: ResolveContext, report: Report): void {
  report({
    severity: context.requireBinding ? 'error' : 'warning',
    code: 'sops-mac-only-encrypted',
    message: 'the MAC of this credential covers its encrypted values only',
    cure: 'Encrypt the file without mac_only_encrypted.',
    place: placeOf(manifest, []),
  })
}

/** `undefined` when the documents are of somebody else, which has been reported. */
function valuesTree(
  { manifest, sealed }: Unsealing,
  documents: readonly SecretTree[],
  report: Report,
): { readonly tree: SecretTree | undefined } | undefined {
  if (sealed.at === 'string') return valuesInString(manifest, documents, report)
  return { tree: sealed.at === 'top' ? documents[0] : dataOf(documents[sealed.at]) }
}

/** Several credentials of one file share one decryption. */
function once(decrypt: Decrypt): Decrypt {
  const done = new Map<string, Promise<SopsVerdict>>()
  return (bytes, options) => {
    const key = `${options.file}\0${digestOfBytes(bytes)}`
    let verdict = done.get(key)
    if (verdict === undefined) done.set(key, (verdict = decrypt(bytes, options)))
    return verdict
  }
}

/** Checks the record of a credential, which stands in clear, against its service. */
export function checkCredential(manifest: CredentialManifest, scope: Scope): void {
  const { spec } = manifest
  const service = scope.find(serviceAddress(spec.service, manifest.namespace))
  const types = service !== undefined && 'auth' in service.spec ? service.spec.auth.map(({ type }) => type) : []
  if (types.length > 0 && !types.includes(spec.type)) {
    scope.report({
      severity: 'error',
      code: 'credential-type-unsupported',
      message: `"${spec.service.name}" does not sign in with ${spec.type}`,
      cure: `It takes ${[...new Set(types)].join(', ')}.`,
      place: placeOf(manifest, ['spec', 'type']),
    })
  }
  if (spec.data !== undefined) checkFields(manifest, Object.keys(spec.data), ['spec', 'data'], scope.report)
  warnAboutAccount(manifest, scope)
  warnAboutDates(manifest, scope)
}

function warnAboutAccount(manifest: CredentialManifest, { report }: Scope): void {
  const { account, scope } = manifest.spec
  if (account?.type === 'personal' && scope === 'company') {
    const message = `company credential "${manifest.name}" signs in with a personal account`
    const cure = 'Use a dedicated account: a personal one leaves with its owner.'
    report({
      severity: 'warning',
      code: 'personal-account',
      message,
      cure,
      place: placeOf(manifest, ['spec', 'account', 'type']),
    })
  }
  if (account?.adminLevel !== true) return
  const message = `credential "${manifest.name}" signs in with administrator rights`
  const cure = 'Use an account that may do no more than the permissions need.'
  report({
    severity: 'warning',
    code: 'admin-level',
    message,
    cure,
    place: placeOf(manifest, ['spec', 'account', 'adminLevel']),
  })
}

/** At most one default per service, scope and namespace. */
export function checkDefaults(manifests: readonly Manifest[], scope: Scope): void {
  const first = new Map<string, CredentialManifest>()
  for (const manifest of manifests) {
    if (manifest.kind !== 'credential' || manifest.spec.isDefault !== true) continue
    const service = serviceAddress(manifest.spec.service, manifest.namespace)
    const key = `${manifest.namespace}\0${service}\0${manifest.spec.scope}`
    const other = first.get(key)
    if (other === undefined) {
      first.set(key, manifest)
      continue
    }
    const { file } = other.place.document
    scope.report({
      severity: 'error',
      code: 'duplicate-default',
      message: `"${other.name}" (${file}:${other.lines.document}) is already the default ${manifest.spec.scope} credential for this service`,
      cure: 'Keep isDefault on one of them.',
      place: placeOf(manifest, ['spec', 'isDefault']),
    })
  }
}
