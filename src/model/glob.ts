/** A pattern over path templates, taken apart at its slashes. */
export interface Glob {
  readonly segments: readonly string[]
}

const ANY_ONE = '*'
const ANY_NUMBER = '**'

/**
 * Reads a pattern. A whole segment `*` stands for one segment, `**` for any number of segments, none included;
 * everything else stands for itself, also a star inside a segment.
 */
export function glob(pattern: string): Glob {
  const segments = pathSegments(pattern)
  return { segments: segments.filter((segment, index) => segment !== ANY_NUMBER || segments[index - 1] !== ANY_NUMBER) }
}

/** What stands between the slashes of a path, from its first slash on; `/` alone is one empty segment. */
export function pathSegments(path: string): readonly string[] {
  return (path.startsWith('/') ? path.slice(1) : path).split('/')
}

/** The segments of a pattern that a path must contain literally. */
export function literalSegments({ segments }: Glob): readonly string[] {
  return segments.filter(segment => segment !== ANY_ONE && segment !== ANY_NUMBER)
}

/**
 * Whether a pattern covers a path, given as its segments. Only the last `**` passed is ever tried again, which suffices
 * and bounds the work by the product of the two lengths.
 */
export function globMatches({ segments: pattern }: Glob, path: readonly string[]): boolean {
  let at = 0
  let index = 0
  let resumeAt = -1
  let resumeIndex = 0
  while (index < path.length) {
    const segment = pattern[at]
    if (segment === ANY_NUMBER) {
      resumeAt = ++at
      resumeIndex = index
    } else if (segment === ANY_ONE || segment === path[index]) {
      at++
      index++
    } else if (resumeAt >= 0) {
      at = resumeAt
      index = ++resumeIndex
    } else {
      return false
    }
  }
  return at === pattern.length || (at === pattern.length - 1 && pattern[at] === ANY_NUMBER)
}
