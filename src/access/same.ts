import { hasBit, numbersIn } from './bits.ts'
import { closureOf, type GroupResolver } from './groups.ts'
import type { CompiledAccess } from './compile.ts'

/** Whether two values of documents, which are plain data, mean the same; fields in another order do. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a) || Array.isArray(b)) return Array.isArray(a) && Array.isArray(b) && sameItems(a, b)
  return sameFields(a as Fields, b as Fields)
}

type Fields = Readonly<Record<string, unknown>>

function sameFields(a: Fields, b: Fields): boolean {
  let fields = 0
  for (const field in a) {
    if (!Object.hasOwn(b, field) || !sameValue(a[field], b[field])) return false
    fields++
  }
  for (const _ in b) fields--
  return fields === 0
}

function sameItems(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let at = 0; at < a.length; at++) if (!sameValue(a[at], b[at])) return false
  return true
}

/** Whether two integrations connect to the same service. */
export function isSameService(a: CompiledAccess['integration'], b: CompiledAccess['integration']): boolean {
  return sameValue(a.spec.service, b.spec.service)
}

/** Whether two integrations give the same decisions wherever groups and operations are the same. */
export function sameRules(a: CompiledAccess['integration'], b: CompiledAccess['integration']): boolean {
  return (
    a === b ||
    (a.spec.enabled === b.spec.enabled &&
      sameValue(a.spec.access, b.spec.access) &&
      sameValue(a.spec.permissions, b.spec.permissions))
  )
}

/** Says of groups whether they hold the same on both sides, with all that is nested in them; each is looked at once. */
export function sameGroups(before: GroupResolver, after: GroupResolver): (name: string) => boolean {
  const whole = new Map<string, boolean>()
  const single = new Map<string, boolean>()
  return name => {
    const [was, is] = [closureOf(before, name), closureOf(after, name)]
    let same = whole.get(name)
    if (same !== undefined) return same
    const numbers = numbersIn(was.groups)
    same =
      numbers.length === numbersIn(is.groups).length &&
      numbers.every(number => {
        const nested = before.nodes[number]!.name
        const there = after.numbers.get(nested)
        return there !== undefined && hasBit(is.groups, there) && sameGroup(nested)
      })
    whole.set(name, same)
    return same
  }

  function sameGroup(name: string): boolean {
    let same = single.get(name)
    if (same === undefined) {
      const [was, is] = [before, after].map(side => side.nodes[side.numbers.get(name)!]!.group?.spec)
      same =
        was === is ||
        (was !== undefined &&
          is !== undefined &&
          sameItems(was.members, is.members) &&
          sameItems(was.idpGroups, is.idpGroups))
      single.set(name, same)
    }
    return same
  }
}
