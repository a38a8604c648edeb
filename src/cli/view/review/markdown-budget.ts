import { bytesOf, counted } from './numbers.ts'

/** One row, or one line of a list, with its line break; shown whole or not at all. */
export interface Item {
  readonly section: string
  readonly text: string
}

/** Items of one sort in the order in which they matter, made only when there is room for them. */
export interface Stream {
  readonly name: string
  /** The part of the room that it may take before others had theirs. */
  readonly share: number
  /** An item, or nothing after the last one. */
  at(index: number): Item | undefined
  /** What is left out where only so many items are shown; nothing where that is nothing. */
  hidden(shown: number): string | undefined
}

/** Counts what is left of so many items of one sort. */
export function leftOut(length: number, one: string, many = `${one}s`): Stream['hidden'] {
  return shown => (shown < length ? counted(length - shown, one, many) : undefined)
}

/** What stands around the items of a section. */
export interface Frame {
  readonly head: string
  readonly foot: string
}

/** The items of each section that found room, in order. */
export type Bodies = ReadonlyMap<string, readonly string[]>

/** How many items of each stream are shown, by its name: always the first ones. */
export type Taken = Map<string, number>

/** What there is to show, and how it is framed. */
export interface Contents {
  readonly streams: readonly Stream[]
  readonly frames: Readonly<Record<string, Frame>>
}

/**
 * Gives out the room: first to each stream its share, then what is left to them in their order. A stream stops at the
 * first item that does not fit, so that what is hidden always matters less than what is shown.
 */
export function fill({ streams, frames }: Contents, room: number, taken: Taken): Bodies {
  const bodies = new Map<string, string[]>()
  let left = room
  const costOf = ({ section, text }: Item): number => {
    if (text === '') return 0
    const { head, foot } = frames[section]!
    // A blank line stands before a section.
    return bytesOf(text) + (bodies.has(section) ? 0 : bytesOf(head) + bytesOf(foot) + 1)
  }
  const take = (stream: Stream, wanted: number): void => {
    const allowed = Math.min(left, wanted)
    let used = 0
    for (let index = taken.get(stream.name) ?? 0; ; index++) {
      taken.set(stream.name, index)
      const item = stream.at(index)
      if (item === undefined) return
      const cost = costOf(item)
      if (used + cost > allowed) return
      used += cost
      left -= cost
      if (cost > 0) push(bodies, item)
    }
  }
  for (const stream of streams) take(stream, Math.floor(room * stream.share))
  for (const stream of streams) take(stream, left)
  return bodies
}

function push(bodies: Map<string, string[]>, { section, text }: Item): void {
  const body = bodies.get(section)
  if (body === undefined) bodies.set(section, [text])
  else body.push(text)
}
