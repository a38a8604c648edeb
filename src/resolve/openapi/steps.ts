import type { Path } from './fault.ts'

/** One step through a document's text, in order; offsets count UTF-16 code units from 0. */
export type Step =
  | { readonly kind: 'key'; readonly start: number; readonly name: string }
  | { readonly kind: 'map' | 'list' | 'scalar'; readonly start: number }
  | { readonly kind: 'end' }

/** Where a value stands: its own offset, and that of its key if it has one. */
interface Spot {
  readonly value: number
  readonly key: number | undefined
  readonly collection: boolean
}

interface Wanted {
  readonly children: Map<string, Wanted>
  spot?: Spot
}

interface Frame {
  readonly wanted: Wanted | undefined
  readonly list: boolean
  child: Wanted | undefined
  index: number
  key: number | undefined
}

/**
 * The offset of each path, found in one pass. A collection is pointed at by its key, a scalar by itself unless `key` is
 * asked for; what has no text of its own (it came through an alias) by the nearest collection that has.
 */
export function locate(
  steps: Iterable<Step>,
  places: readonly { readonly path: Path; readonly key?: boolean }[],
): number[] {
  const root: Wanted = { children: new Map() }
  for (const { path } of places) want(root, path)
  visit(steps, root)
  return places.map(({ path, key }) => offsetOf(nearest(root, path), key === true))
}

function want(root: Wanted, path: Path): void {
  let node = root
  for (const segment of path) {
    const child = node.children.get(String(segment)) ?? { children: new Map() }
    node.children.set(String(segment), child)
    node = child
  }
}

function visit(steps: Iterable<Step>, root: Wanted): void {
  const frames: Frame[] = []
  for (const step of steps) {
    const frame = frames.at(-1)
    if (step.kind === 'end') {
      frames.pop()
    } else if (step.kind === 'key') {
      if (frame === undefined) continue
      frame.child = frame.wanted?.children.get(step.name)
      frame.key = step.start
    } else {
      const wanted = frame === undefined ? root : meet(frame)
      const collection = step.kind !== 'scalar'
      if (wanted !== undefined) wanted.spot = { value: step.start, key: frame?.key, collection }
      if (collection) frames.push({ wanted, list: step.kind === 'list', child: undefined, index: 0, key: undefined })
    }
  }
}

function meet(frame: Frame): Wanted | undefined {
  if (!frame.list) return frame.child
  const child = frame.wanted?.children.get(String(frame.index))
  frame.index += 1
  return child
}

function nearest(root: Wanted, path: Path): Spot | undefined {
  let node: Wanted | undefined = root
  let spot = root.spot
  for (const segment of path) {
    node = node.children.get(String(segment))
    if (node?.spot === undefined) return spot
    spot = node.spot
  }
  return spot
}

function offsetOf(spot: Spot | undefined, key: boolean): number {
  if (spot === undefined) return 0
  return spot.key !== undefined && (key || spot.collection) ? spot.key : spot.value
}

/** Finds line and column (both from 1) of an offset; lines end at `\n`, as editors and compilers count them. */
export function lineFinder(text: string): (offset: number) => { line: number; column: number } {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return offset => {
    let low = 0
    let high = starts.length
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
  }
}
