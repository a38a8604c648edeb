import type { Address } from '../../model/address.ts'
import type { EditPath, SideName } from '../../model/finding.ts'
import type { What } from './words.ts'

/** One edit of a change that can be put back by itself. It is known by its identity, so each is made once. */
export interface Edit {
  /** The resource that was edited. */
  readonly address: Address
  /** Where it is to be seen: what was removed stands only on the side before. */
  readonly side: SideName
  readonly at: EditPath
  readonly what: What
}

/** Something on both sides of a change, with the edit that made it differ; without one, it is the same on both. */
export interface Slot<T> {
  readonly before: T | undefined
  readonly after: T | undefined
  readonly edit: Edit | undefined
}

/** Which edits are made in a mixture of both sides; the others are put back. */
export type Made = (edit: Edit) => boolean

/** What a mixture of both sides holds in this place. */
export function pick<T>({ before, after, edit }: Slot<T>, made: Made): T | undefined {
  return edit === undefined || made(edit) ? after : before
}

/** The same for places of a list, each of which may be empty. */
export function pickAll<T>(slots: readonly Slot<T>[], made: Made): readonly T[] {
  return slots.map(slot => pick(slot, made)).filter(value => value !== undefined)
}

/** The edits of some places. */
export function editsOf(slots: readonly Slot<unknown>[]): readonly Edit[] {
  return slots.map(({ edit }) => edit).filter(edit => edit !== undefined)
}

/** A place that holds the same on both sides. */
export function kept<T>(value: T | undefined): Slot<T> {
  return { before: value, after: value, edit: undefined }
}

/** The entries of a set on both sides; `edit` makes the edit of one that only one side has. */
export function entries(
  before: readonly string[],
  after: readonly string[],
  edit: (name: string, change: 'added' | 'removed') => Edit,
): readonly Slot<string>[] {
  const [was, is] = [new Set(before), new Set(after)]
  return [
    ...before.filter(name => is.has(name)).map(kept),
    ...before
      .filter(name => !is.has(name))
      .map(name => ({ before: name, after: undefined, edit: edit(name, 'removed') })),
    ...after
      .filter(name => !was.has(name))
      .map(name => ({ before: undefined, after: name, edit: edit(name, 'added') })),
  ]
}

/** The side on which something that was added or removed is to be seen. */
export function sideOf(change: 'added' | 'removed'): SideName {
  return change === 'added' ? 'after' : 'before'
}
