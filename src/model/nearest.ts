/** Longer names are not compared: a slip in them is seldom the reason why they are unknown, and the work is bounded. */
const MAX_LENGTH = 128
/** More edits than this are another name, not a slip. */
const MAX_EDITS = 4

/**
 * The candidate that a mistyped name most likely means, or `undefined` when none is near. Upper and lower case count as
 * equal; an insertion, deletion, substitution or swap of two neighbours is one edit, and about a third of the name may be
 * wrong. Of equally near candidates the first by code unit wins, so that the order given does not matter.
 */
export function nearest(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = name.toLowerCase()
  let best: string | undefined
  let limit = editsAllowed(name.length)
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) > limit) continue
    const edits = editDistance(wanted, candidate.toLowerCase(), limit)
    if (edits > limit || (edits === limit && best !== undefined && best <= candidate)) continue
    best = candidate
    limit = edits
  }
  return best
}

function editsAllowed(length: number): number {
  if (length > MAX_LENGTH) return 0
  return length === 2 ? 1 : Math.min(MAX_EDITS, Math.floor(length / 3))
}

/** Optimal string alignment distance, or `limit + 1` as soon as it must exceed the limit. */
function editDistance(a: string, b: string, limit: number): number {
  if (a === b) return 0
  if (limit === 0) return 1
  let beforeLast = new Uint8Array(b.length + 1)
  let last = Uint8Array.from({ length: b.length + 1 }, (_, column) => column)
  let current = new Uint8Array(b.length + 1)
  for (let row = 1; row <= a.length; row++) {
    const smallest = fillRow({ a, b, row, beforeLast, last, current })
    if (smallest > limit) return limit + 1
    const spare = beforeLast
    beforeLast = last
    last = current
    current = spare
  }
  return last[b.length]!
}

interface Row {
  readonly a: string
  readonly b: string
  readonly row: number
  readonly beforeLast: Uint8Array
  readonly last: Uint8Array
  readonly current: Uint8Array
}

/** Fills one row of the distance table and gives its smallest entry. */
function fillRow({ a, b, row, beforeLast, last, current }: Row): number {
  current[0] = row
  let smallest = row
  for (let column = 1; column <= b.length; column++) {
    const same = a[row - 1] === b[column - 1]
    let edits = Math.min(at(last, column) + 1, at(current, column - 1) + 1, at(last, column - 1) + (same ? 0 : 1))
    const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
    if (swapped) edits = Math.min(edits, at(beforeLast, column - 2) + 1)
    current[column] = edits
    smallest = Math.min(smallest, edits)
  }
  return smallest
}

function at(row: Uint8Array, column: number): number {
  return row[column]!
}
