import { addressOf, type Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { references } from '../model/references.ts'
import type { Resource } from '../model/state.ts'
import { documentText, type Commented } from './document-text.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { withoutValues } from './export-credential.ts'
import { InvalidInput } from './invalid-input.ts'
import { reading, type Reading } from './reading.ts'
import type { ReadingOptions } from './reading-options.ts'
import { fullDocument } from './service-document.ts'
import { painter } from './style.ts'
import { known } from './usage.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

interface DuplicateOptions extends ReadingOptions {
  readonly name?: string
}

/** `tenon duplicate ADDRESS --name NEW` */
export function run(call: Call<DuplicateOptions>): Promise<ExitCode> {
  return reading(call, duplicate, diagnostics => duplicateJson(undefined, diagnostics, []))
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return duplicateJson(undefined, [], errors)
}

function duplicateJson(
  document: Commented['document'] | undefined,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): unknown {
  return { complete: document !== undefined, ...(document && { document }), diagnostics, errors }
}

async function duplicate(from: Reading, { args, options, io }: Call<DuplicateOptions>): Promise<ExitCode> {
  const name = checkedName(options)
  const address = await known(from, args[0] ?? '')
  const original = (await from.load([address])).get(address)!.resource
  const copy = await renamed(original, { name, namespace: options.namespace }, from)
  const { part, notes } = await reset(copy, from)
  const diagnostics = [...notes, ...(await missing(copy, from))]
  io.stderr.write(renderDiagnostics(diagnostics, [], painter(io, io.stderr, options.color)))
  const json = options.output === 'json'
  io.stdout.write(
    json ? toJson(duplicateJson(part.document, [...from.diagnostics, ...diagnostics], [])) : documentText(part),
  )
  return EXIT.ok
}

function checkedName({ name, namespace = 'default' }: DuplicateOptions): string {
  if (name === undefined) throw new UsageError('duplicate needs the name of the copy: --name')
  if (name.length > 253 || !/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name)) {
    throw new UsageError(`--name takes lower-case letters, digits, "-" and ".", not "${name}"`)
  }
  if (namespace.length > 63 || !/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(namespace)) {
    throw new UsageError(`--namespace takes lower-case letters, digits and "-", not "${namespace}"`)
  }
  return name
}

interface NewName {
  readonly name: string
  readonly namespace: string | undefined
}

async function renamed(original: Resource, options: NewName, from: Reading): Promise<Resource> {
  const { kind, namespace: own } = original
  const namespace = own === undefined ? undefined : (options.namespace ?? own)
  const address = addressOf(kind, namespace, options.name)
  if ((await from.load([address])).has(address)) {
    const cure = 'Choose another name with --name.'
    throw new InvalidInput([{ severity: 'error', code: 'name-taken', message: `${address} is there already`, cure }])
  }
  return { ...original, namespace, name: options.name, address }
}

/** The copy's document, without anything that belongs to the original's credentials alone. */
async function reset(copy: Resource, from: Reading): Promise<{ part: Commented; notes: readonly Diagnostic[] }> {
  if (copy.kind === 'integration') {
    const part = { comment: ['Name credentials of the same service under spec.credentials.'] }
    const document = { ...fullDocument({ ...copy, spec: { ...copy.spec, credentials: [] } }, new Map()) }
    return { part: { ...part, document }, notes: [credentialsMissing(`${copy.address} names no credentials`)] }
  }
  if (copy.kind === 'credential') {
    const { rotation, ...spec } = copy.spec
    const every = rotation?.every
    // The dates are those of the values that are gone, and a service has one default only.
    const fresh = { ...spec, isDefault: false, ...(every !== undefined && { rotation: { every } }) }
    return {
      part: withoutValues({ ...copy, spec: fresh }),
      notes: [credentialsMissing(`${copy.address} has no values`)],
    }
  }
  const tables = await from.tables('operations' in copy.spec ? [copy.spec.operations] : [])
  return { part: { comment: [], document: { ...fullDocument(copy, tables) } }, notes: [] }
}

function credentialsMissing(what: string): Diagnostic {
  return {
    severity: 'warning',
    code: 'credentials-missing',
    message: `${what}: a copy starts without credentials (CredentialsMissing)`,
    cure: 'Add them before the copy is used.',
  }
}

/** What the copy refers to and its namespace does not have. */
async function missing(copy: Resource, from: Reading): Promise<readonly Diagnostic[]> {
  const needed = references(copy).filter(address => !address.startsWith('credential/'))
  const there = await from.load(needed)
  const absent: readonly Address[] = needed.filter(address => !there.has(address))
  return absent.map(address => ({
    severity: 'warning',
    code: 'unknown-reference',
    message: `the copy refers to ${address}, which is not there`,
    cure: 'Declare it, or change the copy before you apply it.',
  }))
}
