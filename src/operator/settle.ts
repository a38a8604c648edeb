import { KINDS, type Address, type Kind } from '../model/address.ts'
import { attempt, OUR_BUG, type Item, type Settling } from './attempt.ts'
import type { Blame } from './blame.ts'
import { levelsOf } from './levels.ts'
import type { Result, Results } from './result.ts'

/** An item that one plan blamed. */
interface Suspect {
  readonly item: Item
  readonly blame: Blame
}

/** The results of items that can be relied on, and the others. */
interface Tried {
  readonly results: Map<Address, Result>
  readonly suspects: readonly Suspect[]
  /** Left over when there were too many rounds. */
  readonly untried: readonly Item[]
}

/**
 * Applies what is due in one transaction. A resource that a plan blames is left out, and the rest is planned again: one bad
 * document holds up nobody else. Those that were blamed are then tried again without each other, for one of them may have
 * been blamed for another: what others refer to first, and what is deleted last.
 *
 * Throws `WorldError` when the store fails: then it says nothing about any of them.
 */
export async function settle(items: readonly Item[], settling: Settling): Promise<Results> {
  const rounds = settling.needsApproval ? Number.POSITIVE_INFINITY : MOST_ROUNDS
  const { results, suspects, untried } = await tryAll(items.toSorted(byDependency), settling, rounds)
  // One digest stands for all that waits: nothing is tried apart from it.
  if (items.length === 1 || settling.needsApproval) return verdicts(results, suspects)
  const open = [...suspects.map(({ item }) => item), ...untried]
  const applies = open.filter(({ wants }) => wants === 'apply')
  const deletes = open.filter(({ wants }) => wants === 'delete')
  for (const level of [...levelsOf(applies), deletes]) {
    for (const [address, result] of await settleApart(level, settling)) results.set(address, result)
  }
  return results
}

/** In a long chain of references each plan would blame one link: after so many rounds its links are taken one by one. */
const MOST_ROUNDS = 5

/** Settles items that do not refer to each other. */
async function settleApart(items: readonly Item[], settling: Settling): Promise<Results> {
  if (items.length === 0) return new Map()
  const { results, suspects } = await tryAll(items, settling)
  const own = suspects.filter(({ blame }) => blame.isOwn)
  for (const { item } of suspects.filter(({ blame }) => !blame.isOwn)) {
    const alone = await tryAll([item], settling)
    for (const [address, result] of verdicts(alone.results, alone.suspects)) results.set(address, result)
  }
  return verdicts(results, own)
}

/** Applies all but those whom a plan blames. Where none can be named, halves are tried, if they may be. */
async function tryAll(items: readonly Item[], settling: Settling, rounds = Number.POSITIVE_INFINITY): Promise<Tried> {
  const suspects: Suspect[] = []
  const held = new Map<Address, Result>()
  let rest = items
  for (let round = 1; rest.length > 0; round++) {
    if (round > rounds) return { results: held, suspects, untried: rest }
    const tried = await attempt(rest, settling)
    if (tried.kind === 'settled') return { results: new Map([...held, ...tried.results]), suspects, untried: [] }
    if (tried.kind === 'held') {
      for (const [address, result] of tried.results) held.set(address, result)
      rest = tried.unchanged
      continue
    }
    if (tried.kind === 'unclear' && !settling.mayHalve) return { results: allBugs(rest), suspects, untried: [] }
    if (tried.kind === 'unclear') return together(await tryHalves(rest, settling), suspects)
    const { blamed } = tried
    for (const item of rest) {
      const blame = blamed.get(item.resource.address)
      if (blame !== undefined) suspects.push({ item, blame })
    }
    rest = rest.filter(({ resource }) => !blamed.has(resource.address))
  }
  return { results: held, suspects, untried: [] }
}

function allBugs(items: readonly Item[]): Map<Address, Result> {
  return new Map(items.map(({ resource }) => [resource.address, OUR_BUG]))
}

async function tryHalves(items: readonly Item[], settling: Settling): Promise<Tried> {
  const middle = Math.ceil(items.length / 2)
  const first = await tryAll(items.slice(0, middle), settling)
  const second = await tryAll(items.slice(middle), settling)
  const suspects = [...first.suspects, ...second.suspects]
  return { results: new Map([...first.results, ...second.results]), suspects, untried: [] }
}

function together({ results, suspects, untried }: Tried, others: readonly Suspect[]): Tried {
  return { results, suspects: [...others, ...suspects], untried }
}

function verdicts(results: Map<Address, Result>, suspects: readonly Suspect[]): Map<Address, Result> {
  for (const { item, blame } of suspects) results.set(item.resource.address, blame.failure)
  return results
}

const RANK = new Map<Kind, number>(KINDS.map((kind, rank) => [kind, rank]))

/** What others refer to is applied first and deleted last, so that the halves of a batch make sense by themselves. */
function byDependency(a: Item, b: Item): number {
  if (a.wants !== b.wants) return a.wants === 'apply' ? -1 : 1
  const kinds = RANK.get(a.resource.kind)! - RANK.get(b.resource.kind)!
  const order = kinds || (a.resource.address < b.resource.address ? -1 : 1)
  return a.wants === 'apply' ? order : -order
}
