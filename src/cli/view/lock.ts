import type { Diagnostic } from '../../model/diagnostic.ts'
import { acceptanceKey, isWrite, type Operation } from '../../model/operation.ts'
import type { LockEntry } from '../lock-entries.ts'
import { visible, type Paint } from '../style.ts'
import type { ErrorJson } from './plan-json.ts'

/** What `lock` makes of the lock file of one source. */
export interface LockFileAnswer {
  /** The folder that it stands in. */
  readonly root: string
  /** The file, as shown to people. */
  readonly file: string
  readonly action: 'create' | 'update' | 'unchanged'
  /** Whether it accepts every operation that there is, and none that there is not. */
  readonly isCurrent: boolean
  readonly entries: readonly LockEntry[]
  readonly text: string
}

/** What `lock` found, and what it does about it. */
export interface LockAnswer {
  readonly mode: 'write' | 'preview' | 'check'
  readonly files: readonly LockFileAnswer[]
  /** Whether everything that was asked for is accepted already, and nothing accepted is gone. */
  readonly isLocked: boolean
  readonly diagnostics: readonly Diagnostic[]
}

interface Counts {
  readonly services: number
  readonly operations: number
  readonly added: number
  readonly addedWrites: number
  readonly removed: number
}

function counts(entries: readonly LockEntry[]): Counts {
  const kept = entries.filter(({ isGone }) => !isGone)
  const added = entries.flatMap(entry => entry.added)
  return {
    services: kept.length,
    operations: sum(kept.map(({ accepted }) => accepted.length)),
    added: added.length,
    addedWrites: added.filter(isWrite).length,
    removed: sum(entries.map(({ removed }) => removed.length)),
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}

/** What `lock -o json` prints, whatever happened (`schemas/lock.schema.json`). */
export function lockJson(
  answer: LockAnswer | Pick<LockAnswer, 'diagnostics'>,
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  const { diagnostics } = answer
  if (!('files' in answer)) return { complete: false, diagnostics, errors }
  const { mode, files, isLocked } = answer
  return {
    complete: true,
    locked: isLocked,
    counts: counts(files.flatMap(({ entries }) => entries)),
    files: files.map(({ file, action, entries }) => ({
      file,
      action,
      written: mode === 'write' && action !== 'unchanged',
      services: entries.map(entryJson),
    })),
    diagnostics,
    errors,
  }
}

function entryJson({ address, accepted, added, removed, isGone }: LockEntry): object {
  return { service: address, operations: accepted.length, added: added.map(operationJson), removed, gone: isGone }
}

function operationJson(operation: Operation): object {
  return { operation: acceptanceKey(operation), id: operation.id, write: isWrite(operation) }
}

/** More lines than this for one service are counted; JSON has them all. */
const MAX_LINES = 50

const RESULTS = { write: 'Locked', preview: 'Would lock', check: 'Not locked' } as const

/** What was added and removed, service by service, writes first, then the counts. */
export function lockResultText({ mode, files, isLocked }: LockAnswer, paint: Paint, quiet: boolean): string {
  if (quiet && !(mode === 'check' && !isLocked)) return ''
  return files
    .map(file => `${file.entries.map(entry => entryText(entry, file, paint)).join('')}${fileText(file, mode)}\n`)
    .join('')
}

function entryText(entry: LockEntry, { action }: LockFileAnswer, paint: Paint): string {
  const { address, accepted, added, removed, isGone } = entry
  if (added.length + removed.length === 0 && !isGone) return ''
  // The first lock accepts what was accepted all along.
  if (action === 'create') return `${paint('bold', visible(address))}: ${operationsText(accepted.length, added)}\n`
  const lines = [
    ...added.map(operation => addedText(operation, paint)),
    ...removed.map(key => `  ${paint('red', '-')} ${visible(key)}\n`),
  ]
  const more = lines.length > MAX_LINES ? `  and ${lines.length - MAX_LINES} more\n` : ''
  const head = `${paint('bold', visible(address))}${isGone ? ', which is not declared any more' : ''}\n`
  return head + lines.slice(0, MAX_LINES).join('') + more
}

function addedText(operation: Operation, paint: Paint): string {
  const key = acceptanceKey(operation)
  const notes = [...(operation.id === key ? [] : [operation.id]), ...(isWrite(operation) ? ['write'] : [])]
  return `  ${paint('green', '+')} ${visible(key)}${notes.length === 0 ? '' : ` (${visible(notes.join(', '))})`}\n`
}

function operationsText(count: number, operations: readonly Operation[]): string {
  const writes = operations.filter(isWrite).length
  return `${plural(count, 'operation')}${writes === 0 ? '' : `, ${plural(writes, 'write')}`}`
}

function fileText({ file, action, isCurrent, entries }: LockFileAnswer, mode: LockAnswer['mode']): string {
  const { services, operations, added, addedWrites, removed } = counts(entries)
  const all = `${plural(operations, 'operation')} of ${plural(services, 'service')}`
  if (isCurrent) return `Nothing to change: ${all} in ${visible(file)}.`
  const writes = addedWrites === 0 ? '' : ` (${plural(addedWrites, 'write')})`
  const changes = `${added} added${writes}, ${removed} removed`
  if (mode !== 'check')
    return `${RESULTS[mode]} ${all} in ${visible(file)}${action === 'create' ? '' : `: ${changes}`}.`
  if (action === 'create') return `Not locked: there is no ${visible(file)}. Run \`tenon lock\`.`
  return `Not locked: ${visible(file)} would have ${changes}. Look at them, then run \`tenon lock\`.`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
