import { addBits, bitsOf, noBits, type Bits } from '../../access/bits.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import type { Rule } from '../../access/rule.ts'
import type { Operation } from '../../model/operation.ts'
import { SELECTORS } from '../../model/selector.ts'
import type { Permission } from '../../model/state.ts'

/** The method of an operation about which not even that is known. */
const ANY_METHOD = 'any'

const standIns = new WeakSet<Operation>()

/** Whether an operation stands for all that a permission selects on a service that lists none. */
export function isStandIn(operation: Operation): boolean {
  return standIns.has(operation)
}

/** Whether the method of a stand-in may be one of these. */
export function mayHaveMethod({ method }: Operation, methods: readonly string[]): boolean {
  return method === ANY_METHOD || methods.includes(method)
}

/**
 * Access as it can be judged. A service that lists no operations has no cells, and yet its permissions give something.
 * Each of them then stands for one operation of each method, so that a promise is not kept for want of a list.
 */
export function listed(compiled: CompiledAccess): CompiledAccess {
  const { operations, rules } = compiled
  if (operations.length > 0 || rules.length === 0) return compiled
  const stands = rules.map(({ permission }) => standInsOf(permission))
  const all = [
    ...new Map(stands.flat().map(operation => [`${operation.method} ${operation.path}`, operation])).values(),
  ]
  for (const operation of all) standIns.add(operation)
  const covered = rules.map(rule => Object.assign({}, rule, { operations: covers(rule, all) }))
  return { ...compiled, operations: all, rules: covered }
}

function standInsOf(permission: Permission): readonly Operation[] {
  const { methods = [ANY_METHOD], operations, tags, paths } = permission
  const path = textOf({ operations, tags, paths })
  return methods.map(method => ({ id: `whatever is selected by ${nameOf(method, path)}`, method, path, tags: [] }))
}

function nameOf(method: string, path: string): string {
  const parts = [...(method === ANY_METHOD ? [] : [`methods: ${method}`]), ...(path === '' ? [] : [path])]
  return parts.join(', ')
}

/** The selectors other than methods, as text: equal for permissions that select the same. */
function textOf(permission: Partial<Record<(typeof SELECTORS)[number], readonly string[] | undefined>>): string {
  const given = SELECTORS.flatMap(selector => {
    const values = permission[selector]
    return values === undefined ? [] : [`${selector}: ${values.toSorted().join(' ')}`]
  })
  return given.join(', ')
}

/** What a permission selects for certain: what has its own selectors, and everything of its methods if it names no more. */
function covers({ permission }: Rule, all: readonly Operation[]): Bits {
  const { methods, operations, tags, paths } = permission
  const own = textOf({ operations, tags, paths })
  const takesAll = operations === undefined && tags === undefined && (paths === undefined || paths.includes('/**'))
  const bits = noBits(all.length)
  for (const [position, operation] of all.entries()) {
    const isOfMethod = methods === undefined || methods.includes(operation.method)
    if (isOfMethod && (takesAll || operation.path === own)) addBits(bits, bitsOf([position], all.length))
  }
  return bits
}
