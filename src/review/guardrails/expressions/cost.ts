import { MAX_PARTS } from './functions.ts'
import { callOf, childrenOf, MACROS, type Node } from './syntax.ts'

/** The values that an expression reads, by the name of the variable. */
export type Values = Readonly<Record<string, unknown>>

/** Steps that a rule may take for one finding: what it makes in memory stays in proportion to them. */
export const MAX_COST = 2_000_000

/**
 * How many steps an evaluation takes at worst, from the lengths of the lists that it goes through. Going through lists
 * within lists multiplies; without a bound here, an evaluation could fill the memory before any deadline.
 */
export function costOf(node: Node, values: Values): number {
  return walk(node, { values, longest: Math.max(MAX_PARTS, longestIn(values)) })
}

interface Known {
  readonly values: Values
  /** The length of the longest list there is. */
  readonly longest: number
}

function walk(node: Node, known: Known): number {
  const call = callOf(node)
  if (call?.receiver !== undefined && MACROS.has(call.name)) {
    const body = call.args.reduce((sum, arg) => sum + walk(arg, known), 1)
    return walk(call.receiver, known) + lengthOf(call.receiver, known) * body
  }
  return childrenOf(node).reduce((sum, child) => sum + walk(child, known), ownCost(node, known))
}

function ownCost(node: Node, known: Known): number {
  if (callOf(node)?.name === 'parts') return MAX_PARTS
  return goesThroughLists(node) ? Math.max(...childrenOf(node).map(child => lengthOf(child, known)), 1) : 1
}

/** Whether an operator or a function looks at all of a list. */
function goesThroughLists(node: Node): boolean {
  return ['in', '+', '==', '!='].includes(node.op) || callOf(node)?.name === 'joined'
}

/** How long a list is that a node makes, at most; 1 for what is none. */
function lengthOf(node: Node, known: Known): number {
  if (!mayBeList(node)) return 1
  const value = valueOf(node, known.values)
  if (value !== undefined) return sizeOf(value)
  const call = callOf(node)
  if (call?.receiver !== undefined && (call.name === 'map' || call.name === 'filter'))
    return lengthOf(call.receiver, known)
  switch (node.op) {
    case 'value':
      return 1
    case 'list':
    case 'map':
      return node.args.length
    case '+':
      return lengthOf(node.args[0], known) + lengthOf(node.args[1], known)
    case '?:':
      return Math.max(lengthOf(node.args[1], known), lengthOf(node.args[2], known))
    default:
      return known.longest
  }
}

/** Types of which a value is no list, by what the library calls their kinds. */
const SCALARS: ReadonlySet<string> = new Set(['primitive', 'message', 'type'])

/** Whether a node makes a list or a map, as far as its type is known: the check left it on the node. */
function mayBeList(node: Node): boolean {
  const { checkedType } = node as { readonly checkedType?: { readonly kind?: string } }
  return !SCALARS.has(checkedType?.kind ?? '')
}

/** The value at a path such as `finding.operations.tags`, if the node is one. */
function valueOf(node: Node, values: Values): unknown {
  if (node.op === 'id') return Object.hasOwn(values, node.args) ? values[node.args] : undefined
  if (node.op !== '.') return undefined
  const [left, name] = node.args
  const inside = valueOf(left, values)
  return typeof inside === 'object' && inside !== null && Object.hasOwn(inside, name)
    ? (inside as Values)[name]
    : undefined
}

function sizeOf(value: unknown): number {
  if (Array.isArray(value)) return value.length
  return typeof value === 'object' && value !== null ? Object.keys(value).length : 1
}

function longestIn(value: unknown, depth = 0): number {
  if (typeof value !== 'object' || value === null || depth > 4) return 1
  let longest = sizeOf(value)
  // Only the first entry: what lists hold here is all of one kind, and short.
  const inside = Array.isArray(value) ? value.slice(0, 1) : Object.values(value)
  for (const each of inside) longest = Math.max(longest, longestIn(each, depth + 1))
  return longest
}
