import path from 'node:path'
import { decode } from '../decode/decode.ts'
import type { Address } from '../model/address.ts'
import type { Diagnostic, Problem } from '../model/diagnostic.ts'
import { LOCK_FILE } from '../model/lock.ts'
import type { Manifest } from '../model/manifest.ts'
import { check } from '../reconcile.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { InvalidInput, showInvalid } from './invalid-input.ts'
import { progress } from './io.ts'
import { lockEntries, lockText, type Lockable, type LockEntry } from './lock-entries.ts'
import { selectionOf, type LockSelection } from './lock-selection.ts'
import type { SourceOptions } from './options.ts'
import { openSession, quotable, type Session } from './session.ts'
import { painter } from './style.ts'
import { NO_DOCUMENTS } from './validate.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import { lockJson, lockResultText, type LockAnswer, type LockFileAnswer } from './view/lock.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { writeFiles } from './write-files.ts'

export interface LockOptions extends SourceOptions {
  readonly check: boolean
  readonly dryRun: boolean
  readonly service: readonly string[]
  readonly operation: readonly string[]
}

/** `tenon lock` */
export async function run({ options, io }: Call<LockOptions>): Promise<ExitCode> {
  const session = openSession(options, io)
  try {
    const shown = progress(io, options.quiet)
    const answer = await answerOf({ ...session, run: { ...session.run, say: shown.say } }, options)
    shown.done()
    io.stderr.write(
      renderDiagnostics(answer.diagnostics, quotable(session.source), painter(io, io.stderr, options.color)),
    )
    if (answer.mode === 'write') write(answer.files)
    if (options.output === 'json') io.stdout.write(toJson(lockJson(answer, [])))
    else io.stdout.write(lockResultText(answer, painter(io, io.stdout, options.color), options.quiet))
    return answer.mode === 'check' && !answer.isLocked ? EXIT.refused : EXIT.ok
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return showInvalid(error, lockJson({ diagnostics: error.diagnostics }, []), io, options)
  } finally {
    await session.close()
  }
}

/** Complete JSON also when the files could not be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return lockJson({ diagnostics: [] }, errors)
}

function write(files: readonly LockFileAnswer[]): void {
  for (const { root, text, action } of files) {
    if (action !== 'unchanged') writeFiles(root, new Map([[LOCK_FILE, text]]))
  }
}

async function answerOf(session: Session, options: LockOptions): Promise<LockAnswer> {
  if (options.file.includes('-')) throw new InvalidInput([NEEDS_FOLDER])
  const { services, manifests, diagnostics } = await servicesOf(session)
  const listed = session.run.context.lock?.services ?? new Map<Address, readonly string[]>()
  const selection = selectionOf(options, { services: services.filter(isLockable), listed })
  const files = rootsOf(manifests).map(root => fileAnswer(root, session, { services, selection }))
  const left = [...services.flatMap(inDocument), ...files.flatMap(file => notListed(file, services))]
  const isLocked = left.length === 0 && files.every(({ isCurrent }) => isCurrent)
  const mode = options.check ? 'check' : options.dryRun ? 'preview' : 'write'
  return { mode, files, isLocked, diagnostics: [...diagnostics, ...left] }
}

const NEEDS_FOLDER: Diagnostic = {
  severity: 'error',
  code: 'lock-needs-folder',
  message: 'standard input has no folder in which a lock file could stand',
  cure: 'Name a file or a directory with -f.',
}

/** A declared service with its operations, and the source that declares it. */
interface Declared extends Lockable {
  readonly root: string
  /** It says itself what is accepted: the lock file has no say in it. */
  readonly acceptsItself: boolean
}

function isLockable({ acceptsItself, operations }: Declared): boolean {
  return !acceptsItself && operations.length > 0
}

/** The services that the documents declare, as if nothing were locked. Throws `InvalidInput` for invalid documents. */
async function servicesOf(session: Session): Promise<{
  readonly services: readonly Declared[]
  readonly manifests: readonly Manifest[]
  readonly diagnostics: readonly Diagnostic[]
}> {
  const { lock: _lock, ...context } = session.run.context
  const unlocked = { ...session.run, context }
  const problems: Problem[] = [...unlocked.problems]
  const decoded = decode(unlocked.documents, unlocked, problem => problems.push(problem))
  const checked = await check(unlocked, undefined, { ...decoded, problems })
  const { documents, diagnostics } = checked
  const files = quotable(session.source)
  if (checked.kind === 'invalid') throw new InvalidInput(diagnostics, files)
  if (documents === 0) throw new InvalidInput([...diagnostics, NO_DOCUMENTS], files)
  const { state, tables } = checked.desired
  const services = decoded.manifests.flatMap((manifest): Declared[] => {
    if (manifest.kind !== 'serviceDefinition' && manifest.kind !== 'clusterServiceDefinition') return []
    const { address, spec, place } = manifest
    const resource = state.get(address)
    const table =
      resource !== undefined && 'operations' in resource.spec ? tables.get(resource.spec.operations) : undefined
    const acceptsItself = spec.acceptedOperations !== undefined
    return [{ address, operations: table?.operations ?? [], root: place.document.root, acceptsItself }]
  })
  return { services, manifests: decoded.manifests, diagnostics }
}

function rootsOf(manifests: readonly Manifest[]): readonly Manifest['place']['document'][] {
  const roots = new Map(manifests.map(({ place }) => [place.document.root, place.document]))
  return [...roots.values()]
}

function fileAnswer(
  { root, file, path: below }: Manifest['place']['document'],
  session: Session,
  { services, selection }: { readonly services: readonly Declared[]; readonly selection: LockSelection },
): LockFileAnswer {
  const existing = session.source.lockFiles.find(document => document.root === root)
  const all = session.run.context.lock
  const listed =
    existing && new Map([...(all?.services ?? [])].filter(([address]) => all?.files.get(address) === existing))
  const own = services.filter(service => service.root === root && isLockable(service))
  const entries = lockEntries({ services: own, listed, ...selection })
  const text = lockText(entries)
  const isSame = existing !== undefined && Buffer.from(existing.bytes).toString() === text
  return {
    root,
    file: existing?.file ?? path.join(file.slice(0, file.length - below.length), LOCK_FILE),
    action: isSame ? 'unchanged' : existing === undefined ? 'create' : 'update',
    isCurrent: existing !== undefined && entries.every(hasNoChange),
    entries,
    text,
  }
}

function hasNoChange({ added, removed, isGone }: LockEntry): boolean {
  return added.length + removed.length === 0 && !isGone
}

/** What a service that lists its accepted operations itself has not accepted: nothing that a lock file could change. */
function inDocument({ address, acceptsItself, operations }: Declared): readonly Diagnostic[] {
  const count = operations.filter(({ isNew }) => isNew).length
  if (!acceptsItself || count === 0) return []
  const message = `${address} lists its accepted operations itself, and ${count} of its operations ${count === 1 ? 'is' : 'are'} not among them`
  return [
    { severity: 'warning', code: 'operations-not-accepted', message, cure: 'Add them to spec.acceptedOperations.' },
  ]
}

/** Services that a lock with flags leaves out: all of their operations are new from now on. */
function notListed({ root, file, entries }: LockFileAnswer, services: readonly Declared[]): readonly Diagnostic[] {
  const listed = new Set(entries.map(({ address }) => address))
  const out = services.filter(service => service.root === root && isLockable(service) && !listed.has(service.address))
  return out.map(({ address, operations }) => ({
    severity: 'warning',
    code: 'service-not-locked',
    message: `${file} does not list ${address}, so all ${operations.length} of its operations are new`,
    cure: 'Run `tenon lock` without flags, or name it with --service.',
  }))
}
