import path from 'node:path'
import { KIND_NAMES, KINDS, type Address, type Kind } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import { nearest } from '../model/nearest.ts'
import type { Resource, SecretValues } from '../model/state.ts'
import type { ListFilter, Store } from '../model/store.ts'
import { documentText, streamText } from './document-text.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { sealCredential, withoutValues, type Sealed, type Sealing } from './export-credential.ts'
import type { CommonOptions, StoreOptions } from './options.ts'
import { overStore } from './reading.ts'
import { fullDocument } from './service-document.ts'
import { painter, visible } from './style.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { filePath, overwrites, takenIn, writeFiles } from './write-files.ts'

interface ExportOptions extends CommonOptions, StoreOptions {
  readonly namespace?: string
  readonly kind: readonly string[]
  readonly owner?: string
  readonly out?: string
  readonly recipient: readonly string[]
  readonly forceOverwrite: boolean
  readonly cluster: boolean
  readonly kubeconfig?: string
}

type ExportCall = Call<ExportOptions>

/** `tenon export` */
export async function run(call: ExportCall): Promise<ExitCode> {
  const filter = filterOf(call.options)
  if (call.options.cluster) return await fromCluster(call, filter)
  return await overStore(call.options, call.io, false, store => exportFrom(store, filter, call))
}

/** The libraries for a cluster are loaded for this alone. */
async function fromCluster({ options, io }: ExportCall, { kinds, namespace }: ListFilter): Promise<ExitCode> {
  if (options.owner !== undefined || options.recipient.length > 0) {
    throw new UsageError('--cluster takes neither --owner nor --recipient: values stay encrypted as they are')
  }
  const { exportCluster } = await import('./export-cluster.ts')
  return await exportCluster({ options, io, kubeconfig: options.kubeconfig, namespace, kinds })
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return exportJson({ complete: false }, [], errors)
}

function exportJson(parts: object, diagnostics: readonly Diagnostic[], errors: readonly ErrorJson[]): unknown {
  return { ...parts, diagnostics, errors }
}

function filterOf({ kind, namespace, owner }: ExportOptions): ListFilter {
  return {
    ...(kind.length > 0 && { kinds: kind.map(kindOf) }),
    ...(namespace !== undefined && { namespace }),
    ...(owner !== undefined && { owner }),
  }
}

/** A kind as documents or as addresses write it. */
function kindOf(text: string): Kind {
  const found = KINDS.find(kind => kind === text || KIND_NAMES[kind] === text)
  if (found !== undefined) return found
  const suggestion = nearest(text, KINDS)
  const cure = suggestion === undefined ? `it takes ${KINDS.join(', ')}` : `did you mean "${suggestion}"?`
  throw new UsageError(`--kind is "${text}": ${cure}`)
}

interface Exported extends Sealed {
  readonly resource: Resource
  /** A credential whose values are not in it. */
  readonly isEmpty: boolean
}

async function exportFrom(store: Store, filter: ListFilter, call: ExportCall): Promise<ExitCode> {
  const { options, io } = call
  const resources = (await store.list(filter)).map(({ resource }) => resource)
  const exported = await allOf(store, resources, { ...options, now: io.now() })
  const diagnostics = warnings(exported, options)
  if (options.out !== undefined) return toFolder(exported, options.out, diagnostics, call)
  say(diagnostics, call)
  const documents = exported.map(({ document }) => document)
  if (options.output === 'json') io.stdout.write(toJson(exportJson({ complete: true, documents }, diagnostics, [])))
  else io.stdout.write(streamText(exported.map(({ text }) => text)))
  return EXIT.ok
}

/** Writes a file for each resource, or none of them where one is there already. */
function toFolder(
  exported: readonly Exported[],
  folder: string,
  warned: readonly Diagnostic[],
  call: ExportCall,
): ExitCode {
  const { options, io } = call
  const files = new Map(exported.map(({ resource, text }) => [filePath(resource), text]))
  const target = path.resolve(io.cwd, folder)
  const taken = options.forceOverwrite ? [] : takenIn(target, files.keys())
  const complete = taken.length === 0
  const diagnostics = complete ? warned : [...warned, overwrites(taken, folder, 'Export')]
  say(diagnostics, call)
  if (complete) writeFiles(target, files)
  const result = { complete, files: complete ? [...files.keys()] : [] }
  if (options.output === 'json') io.stdout.write(toJson(exportJson(result, diagnostics, [])))
  else if (complete && !options.quiet) io.stdout.write(`Wrote ${files.size} files to ${visible(folder)}.\n`)
  return complete ? EXIT.ok : EXIT.refused
}

function say(diagnostics: readonly Diagnostic[], { options, io }: ExportCall): void {
  io.stderr.write(renderDiagnostics(diagnostics, [], painter(io, io.stderr, options.color)))
}

interface Target {
  readonly recipient: readonly string[]
  readonly out?: string
  readonly now: Date
}

async function allOf(store: Store, resources: readonly Resource[], target: Target): Promise<readonly Exported[]> {
  const tables = await store.tables(resources.flatMap(({ spec }) => ('operations' in spec ? [spec.operations] : [])))
  const values = await valuesOf(store, resources, target)
  // In one stream a MAC over everything would forbid to edit any of it: each credential carries its own SOPS document.
  const form = target.out === undefined ? 'string' : 'in place'
  const sealing: Sealing = { recipients: target.recipient, form, now: target.now }
  const exported: Exported[] = []
  for (const resource of resources) {
    const known = values.get(resource.address)
    if (resource.kind === 'credential' && known !== undefined) {
      exported.push({ resource, isEmpty: false, ...(await sealCredential(resource, known, sealing)) })
      continue
    }
    const part =
      resource.kind === 'credential'
        ? withoutValues(resource)
        : { comment: [], document: { ...fullDocument(resource, tables) } }
    exported.push({
      resource,
      isEmpty: resource.kind === 'credential',
      document: part.document,
      text: documentText(part),
    })
  }
  return exported
}

/** Values are opened only for somebody who can decrypt them again. */
async function valuesOf(
  store: Store,
  resources: readonly Resource[],
  { recipient }: Target,
): Promise<ReadonlyMap<Address, SecretValues>> {
  if (recipient.length === 0) return new Map()
  return await store.open(resources.filter(({ kind }) => kind === 'credential').map(({ address }) => address))
}

function warnings(exported: readonly Exported[], { recipient }: ExportOptions): Diagnostic[] {
  const empty = exported.filter(({ isEmpty }) => isEmpty).map(({ resource }) => resource.address)
  const cure =
    recipient.length === 0
      ? 'Export with --recipient to have them encrypted, or put a SOPS file where each document names one.'
      : 'The store has no values for them: put a SOPS file where each document names one.'
  const left: Diagnostic = {
    severity: 'warning',
    code: 'credentials-missing',
    message: `values of credentials were left out: ${named(empty)}`,
    cure,
  }
  const nothing: Diagnostic = {
    severity: 'warning',
    code: 'nothing-exported',
    message: 'nothing in the store matches',
    cure: 'Look at --namespace, --kind and --owner; shipped services are never exported.',
  }
  return [...(empty.length > 0 ? [left] : []), ...(exported.length === 0 ? [nothing] : [])]
}

/** A few by name, many by number. */
function named(addresses: readonly Address[]): string {
  const shown = addresses.slice(0, 10).join(', ')
  return addresses.length <= 10 ? shown : `${shown} and ${addresses.length - 10} more`
}
