import type { ASTNode, ParseResult } from '@marcbachmann/cel-js'
import { patternOf } from './functions.ts'

/** A node of an expression, or what stands in its place in lists of arguments. */
export type Node = ASTNode

/** The macros that go through a list or a map. */
export const MACROS: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter'])
const MAX_NESTING = 2

/** What an expression may call. Anything else could escape the types, or make texts and lists without a bound. */
const FUNCTIONS: ReadonlySet<string> = new Set(
  [
    'all exists exists_one map filter has size string int double bool timestamp duration',
    'startsWith endsWith contains indexOf lastIndexOf substring lowerAscii upperAscii trim matches split join',
    'getFullYear getMonth getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes getSeconds getMilliseconds',
  ].flatMap(names => names.split(' ')),
)

/** Functions that are replaced by ones that end in linear time, or with a bounded result. */
const REPLACED: Readonly<Record<string, string>> = { matches: 'linearMatch', join: 'joined', split: 'parts' }

/** The parts of a call: its name and its arguments, the receiver of a method first. */
export interface Call {
  readonly name: string
  readonly receiver: Node | undefined
  readonly args: readonly Node[]
}

/** The call that a node is, if it is one. */
export function callOf(node: Node): Call | undefined {
  if (node.op === 'call') {
    const [name, args] = node.args
    return { name, receiver: undefined, args }
  }
  if (node.op === 'rcall') {
    const [name, receiver, args] = node.args
    return { name, receiver, args }
  }
  return undefined
}

/** The nodes directly below a node. */
export function childrenOf(node: Node): readonly Node[] {
  const call = callOf(node)
  if (call !== undefined) return call.receiver === undefined ? call.args : [call.receiver, ...call.args]
  const children: Node[] = []
  const args: readonly unknown[] = Array.isArray(node.args) ? node.args.flat() : [node.args]
  for (const arg of args) if (isNode(arg)) children.push(arg)
  return children
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && 'op' in value
}

/** What is wrong with the form of an expression, in words, and where in its text; the first thing only. */
export interface Misuse {
  readonly message: string
  readonly at: number
}

/** What an expression does that no expression may, although it is well-formed. */
export function misuse(node: Node, depth = 0): Misuse | undefined {
  const call = callOf(node)
  const problem = call === undefined ? undefined : misusedCall(call, node, depth)
  if (problem !== undefined) return problem
  const inside = call !== undefined && MACROS.has(call.name) ? depth + 1 : depth
  for (const child of childrenOf(node)) {
    const found = misuse(child, child === call?.receiver ? depth : inside)
    if (found !== undefined) return found
  }
  return undefined
}

function misusedCall({ name, receiver, args }: Call, node: Node, depth: number): Misuse | undefined {
  const at = node.pos
  if (!FUNCTIONS.has(name)) return { at, message: `${name}() cannot be used here` }
  if (MACROS.has(name) && depth >= MAX_NESTING) {
    return { at, message: `${name}() is nested more than ${MAX_NESTING} deep` }
  }
  if (name !== 'matches' || receiver === undefined) return undefined
  const [pattern] = args
  if (pattern?.op !== 'value' || typeof pattern.args !== 'string') {
    return { at, message: 'matches() takes a pattern that is written out, not one that is computed' }
  }
  return misusedPattern(pattern.args, at)
}

function misusedPattern(pattern: string, at: number): Misuse | undefined {
  try {
    patternOf(pattern)
    return undefined
  } catch (error) {
    return { at, message: `matches(): ${(error as Error).message}` }
  }
}

/** Puts the bounded functions in place of those that are not. */
export function bound(parsed: ParseResult): ParseResult {
  const replace = (node: Node): void => {
    if (node.op === 'rcall') {
      const name = node.args[0]
      const bounded = Object.hasOwn(REPLACED, name) ? REPLACED[name] : undefined
      // The library has no way to replace a function that it brings along.
      if (bounded !== undefined) (node.args as unknown as [string])[0] = bounded
    }
    childrenOf(node).forEach(replace)
  }
  replace(parsed.ast)
  return parsed
}

/** `has(x)` looks at no type. This is the same text with every `has(x)` as something that does. */
export function withoutHas(expression: string, root: Node): string {
  const calls: Node[] = []
  const collect = (node: Node): void => {
    if (callOf(node)?.name === 'has') calls.push(node)
    else childrenOf(node).forEach(collect)
  }
  collect(root)
  let text = expression
  for (const call of calls.toReversed()) {
    const [argument] = callOf(call)!.args
    if (argument === undefined) continue
    const inside = text.slice(argument.start, argument.end)
    text = `${text.slice(0, call.start)}([${inside}].size() == 1)${text.slice(call.end)}`
  }
  return text
}
