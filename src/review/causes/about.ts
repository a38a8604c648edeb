import type { Address } from '../../model/address.ts'
import type { ReviewedOperation } from '../../model/finding.ts'
import type { AccessRow } from '../rows.ts'

/** Cells of a row: all of these people, operations and integrations. */
export interface About {
  /** Sorted; nobody for a set whose members are unknown here. */
  readonly people: readonly string[]
  /** In the order of the row. */
  readonly operations: readonly ReviewedOperation[]
  readonly integrations: readonly Address[]
}

type Parts = readonly About[]

/** Joins parts that have no cell in common to fewer and larger ones, which hold the same cells. */
export function joined(parts: Parts, { operations }: AccessRow): Parts {
  if (parts.length < 2) return parts
  const key = keys()
  const people = join(
    parts,
    about => `${key(about.operations)} ${key(about.integrations)}`,
    (about, same) => ({ ...about, people: same.flatMap(each => each.people).toSorted() }),
  )
  const both = join(
    people,
    about => `${key(about.people)} ${key(about.integrations)}`,
    (about, same) => ({ ...about, operations: among(operations, new Set(same.flatMap(each => each.operations))) }),
  )
  return join(
    both,
    about => `${key(about.people)} ${key(about.operations)}`,
    (about, same) => ({ ...about, integrations: same.flatMap(each => each.integrations).toSorted() }),
  )
}

function join(parts: Parts, key: (about: About) => string, union: (about: About, same: Parts) => About): Parts {
  if (parts.length < 2) return parts
  return [...Map.groupBy(parts, key).values()].map(same => (same.length === 1 ? same[0]! : union(same[0]!, same)))
}

function among(operations: readonly ReviewedOperation[], some: ReadonlySet<ReviewedOperation>): About['operations'] {
  return operations.length === some.size ? operations : operations.filter(operation => some.has(operation))
}

type List = About[keyof About]

/** A number for each list: the same for the same items. */
function keys(): (list: List) => number {
  const known = new Map<List, number>()
  const alike = new Map<string, List[]>()
  return list => {
    let number = known.get(list)
    if (number !== undefined) return number
    const text = `${list.length} ${nameOf(list[0])} ${nameOf(list.at(-1))}`
    const lists = alike.get(text) ?? []
    alike.set(text, lists)
    const same = lists.find(other => other.every((item, at) => nameOf(item) === nameOf(list[at])))
    if (same === undefined) lists.push(list)
    number = same === undefined ? known.size : known.get(same)!
    known.set(list, number)
    return number
  }
}

function nameOf(item: List[number] | undefined): string {
  return typeof item === 'string' ? item : (item?.key ?? '')
}
