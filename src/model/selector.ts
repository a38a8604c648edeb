import { glob, globMatches, literalSegments, pathSegments, type Glob } from './glob.ts'
import { nearest } from './nearest.ts'
import type { Operation } from './operation.ts'
import type { Permission } from './state.ts'

/** The ways in which a permission names operations: of each list given, one entry must match. */
export const SELECTORS = ['methods', 'operations', 'tags', 'paths'] as const
export type Selector = (typeof SELECTORS)[number]

/** The selectors of a permission. */
export type Selection = Pick<Permission, Selector>

/** The operations of one table by what selectors can ask for, as ascending positions in the table. */
export interface SelectorIndex {
  readonly operations: readonly Operation[]
  readonly byMethod: ReadonlyMap<string, readonly number[]>
  readonly byId: ReadonlyMap<string, readonly number[]>
  readonly byTag: ReadonlyMap<string, readonly number[]>
  /** Positions of the operations whose path holds a segment, written exactly so. */
  readonly bySegment: ReadonlyMap<string, readonly number[]>
  readonly segments: readonly (readonly string[])[]
  /** How many patterns were asked for so far. */
  patterns: number
  /** What whole permissions select, by the text of their selectors: thousands of integrations share a few of them. */
  readonly selections: Map<string, readonly number[]>
  /** Whether any operation is new: where none is, nothing is held back. */
  readonly hasNew: boolean
}

// Tables never change, so an index lives as long as its table and is made once.
const indexes = new WeakMap<readonly Operation[], SelectorIndex>()

/** The index of a table of operations, made on first use. */
export function selectorIndex(operations: readonly Operation[]): SelectorIndex {
  const known = indexes.get(operations)
  if (known !== undefined) return known
  const index = buildIndex(operations)
  indexes.set(operations, index)
  return index
}

/** Each part is made when it is first asked for: most tables are asked for few. */
function buildIndex(operations: readonly Operation[]): SelectorIndex {
  const made: { -readonly [K in keyof SelectorIndex]?: SelectorIndex[K] } = {}
  return {
    operations,
    get byMethod() {
      return (made.byMethod ??= groupBy(operations, operation => [operation.method]))
    },
    get byId() {
      return (made.byId ??= groupBy(operations, operation => [operation.id]))
    },
    get byTag() {
      return (made.byTag ??= groupBy(operations, operation => operation.tags))
    },
    get bySegment() {
      return (made.bySegment ??= groupBy(this.segments, path => path))
    },
    get segments() {
      return (made.segments ??= operations.map(operation => pathSegments(operation.path)))
    },
    patterns: 0,
    selections: new Map(),
    hasNew: operations.some(({ isNew }) => isNew === true),
  }
}

function groupBy<T>(
  items: readonly T[],
  keysOf: (item: T) => readonly string[],
): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>()
  for (const [position, item] of items.entries()) {
    for (const key of keysOf(item)) {
      const list = positions.get(key)
      if (list === undefined) positions.set(key, [position])
      else if (list.at(-1) !== position) list.push(position)
    }
  }
  return positions
}

const NONE: readonly number[] = []

/** The positions of the operations that one entry of a selector matches, ascending. */
export function selected(index: SelectorIndex, selector: Selector, value: string): readonly number[] {
  switch (selector) {
    case 'methods':
      return index.byMethod.get(value) ?? NONE
    case 'operations':
      return index.byId.get(value) ?? NONE
    case 'tags':
      return index.byTag.get(value) ?? NONE
    case 'paths':
      return selectedPaths(index, glob(value))
    default:
      return selector satisfies never
  }
}

/** From here on it pays to take all paths apart, and to know which operations hold a segment. */
const FEW_PATTERNS = 4

function selectedPaths(index: SelectorIndex, pattern: Glob): readonly number[] {
  if (++index.patterns <= FEW_PATTERNS) return scanPaths(index.operations, pattern)
  const matching: number[] = []
  for (const position of candidates(index, pattern)) {
    if (globMatches(pattern, index.segments[position] ?? [])) matching.push(position)
  }
  return matching
}

function scanPaths(operations: readonly Operation[], pattern: Glob): readonly number[] {
  const literals = literalSegments(pattern)
  const matching: number[] = []
  for (const [position, { path }] of operations.entries()) {
    if (literals.every(segment => path.includes(segment)) && globMatches(pattern, pathSegments(path)))
      matching.push(position)
  }
  return matching
}

/** The operations whose path holds the pattern's rarest literal segment: no others can match. */
function candidates(index: SelectorIndex, pattern: Glob): Iterable<number> {
  let rarest: Iterable<number> = index.segments.keys()
  let fewest = Infinity
  for (const segment of literalSegments(pattern)) {
    const holding = index.bySegment.get(segment) ?? NONE
    if (holding.length >= fewest) continue
    fewest = holding.length
    rarest = holding
  }
  return rarest
}

/** More selections than this, from a table in use for long, are forgotten and found again when needed. */
const MAX_SELECTIONS = 4096

/**
 * The positions of the operations that a permission selects, ascending: those that every selector given matches. The
 * same array for the same selectors, so that more can be remembered about it.
 */
export function selection(index: SelectorIndex, permission: Selection): readonly number[] {
  const { methods, operations, tags, paths } = permission
  const key = JSON.stringify([methods, operations, tags, paths])
  const known = index.selections.get(key)
  if (known !== undefined) return known
  const positions = select(index, permission)
  if (index.selections.size >= MAX_SELECTIONS) index.selections.clear()
  index.selections.set(key, positions)
  return positions
}

function select(index: SelectorIndex, permission: Selection): readonly number[] {
  let positions: readonly number[] | undefined
  for (const selector of SELECTORS) {
    const values = permission[selector]
    if (values === undefined) continue
    const any = new Set(values.flatMap(value => selected(index, selector, value)))
    positions = positions === undefined ? [...any].toSorted((a, b) => a - b) : positions.filter(at => any.has(at))
  }
  // The schema asks for a selector; without one nothing is named, and what nothing names is denied.
  return positions ?? []
}

/** What of a permission says which operations it reaches. */
export type Reaching = Selection & Pick<Permission, 'effect' | 'includeNew'>

/**
 * Whether a permission reaches the new operations among those that it selects: one that denies always does; another one
 * only where it names operations by their ids, or says that it includes new ones.
 */
export function reachesNew({ effect, operations, includeNew }: Reaching): boolean {
  return effect === 'deny' || operations !== undefined || includeNew === true
}

// Selections are shared, and what is left of them without new operations is so, too.
const accepted = new WeakMap<readonly number[], readonly number[]>()

/** The positions of the operations that a permission has its effect on, ascending; the same array for the same ones. */
export function reached(index: SelectorIndex, permission: Reaching): readonly number[] {
  const positions = selection(index, permission)
  if (!index.hasNew || reachesNew(permission)) return positions
  const known = accepted.get(positions)
  if (known !== undefined) return known
  const without = positions.filter(position => index.operations[position]?.isNew !== true)
  const left = without.length === positions.length ? positions : without
  accepted.set(positions, left)
  return left
}

/** The positions of the new operations that a permission would reach if they were accepted, and does not, ascending. */
export function heldBack(index: SelectorIndex, permission: Reaching): readonly number[] {
  if (!index.hasNew || reachesNew(permission)) return NONE
  return selection(index, permission).filter(position => index.operations[position]?.isNew === true)
}

/** Whether a permission selects any operation of the table at all. */
export function matchesAnything(permission: Selection, operations: readonly Operation[]): boolean {
  return selection(selectorIndex(operations), permission).length > 0
}

/** Whether one entry of a selector matches an operation: the definition that the index makes fast. */
export function selects(selector: Selector, value: string, operation: Operation): boolean {
  switch (selector) {
    case 'methods':
      return operation.method === value
    case 'operations':
      return operation.id === value
    case 'tags':
      return operation.tags.includes(value)
    case 'paths':
      return globMatches(glob(value), pathSegments(operation.path))
    default:
      return selector satisfies never
  }
}

/** An entry of a selector that matches no operation of the table. */
export interface UnmatchedSelector {
  readonly selector: Selector
  /** The position in the selector's list, from 0. */
  readonly index: number
  readonly value: string
  /** What was probably meant. */
  readonly nearest?: string
}

/** The entries of a permission's selectors that match no operation at all, each with the nearest name of its sort. */
export function unmatchedSelectors(
  permission: Selection,
  operations: readonly Operation[],
): readonly UnmatchedSelector[] {
  const index = selectorIndex(operations)
  const unmatched: UnmatchedSelector[] = []
  for (const selector of SELECTORS) {
    for (const [position, value] of (permission[selector] ?? []).entries()) {
      if (selected(index, selector, value).length > 0) continue
      const near = suggestion(index, selector, value)
      unmatched.push({ selector, index: position, value, ...(near === undefined ? {} : { nearest: near }) })
    }
  }
  return unmatched
}

function suggestion(index: SelectorIndex, selector: Selector, value: string): string | undefined {
  switch (selector) {
    case 'methods':
      return nearest(value, index.byMethod.keys())
    case 'operations':
      return idOf(index, value) ?? nearest(value, index.byId.keys())
    case 'tags':
      return nearest(value, index.byTag.keys())
    case 'paths':
      return nearest(
        value,
        index.operations.map(operation => operation.path),
      )
    default:
      return selector satisfies never
  }
}

/** The id of the operation that the author named by method and path although it has an id of its own. */
function idOf(index: SelectorIndex, value: string): string | undefined {
  const [method = '', path] = value.split(' ', 2)
  const sameMethod = index.byMethod.get(method.toLowerCase()) ?? NONE
  const position = sameMethod.find(candidate => index.operations[candidate]?.path === path)
  return position === undefined ? undefined : index.operations[position]?.id
}
