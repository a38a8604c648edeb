/** Random worlds of custom resources: what the store has, and what changes about it at once, some of it wrong. */
import * as fc from 'fast-check'
import { KINDS } from '../../src/model/address.ts'
import type { Item } from '../../src/operator/attempt.ts'
import { consumer, group, integration } from '../cluster/support/samples.ts'
import { applied, deleted, NAMESPACE } from './settling.ts'

/** What becomes of a resource: those that are `new` or `absent` were not there before. */
type Fate = 'kept' | 'new' | 'changed' | 'deleted' | 'absent' | 'invalid'
type Object = Parameters<typeof applied>[0]
type State = 'before' | 'after' | 'invalid'

interface Plan {
  readonly groups: readonly { readonly fate: Fate; readonly nests: readonly number[] }[]
  readonly integrations: readonly { readonly fate: Fate; readonly group: number; readonly isOrphan: boolean }[]
  readonly consumers: readonly { readonly fate: Fate; readonly uses: readonly number[] }[]
  /** Groups that another owner has. */
  readonly foreign: readonly number[]
  /** A group that loses its members if it changes. */
  readonly emptied: number
}

const [GROUPS, INTEGRATIONS, CONSUMERS] = [5, 6, 4]

const fates = fc.constantFrom<Fate>('kept', 'kept', 'new', 'changed', 'deleted', 'absent', 'invalid')

function someOf(count: number): fc.Arbitrary<readonly number[]> {
  return fc.uniqueArray(fc.nat(count - 1), { maxLength: 2 })
}

function exactly<Value>(count: number, each: fc.Arbitrary<Value>): fc.Arbitrary<readonly Value[]> {
  return fc.array(each, { minLength: count, maxLength: count })
}

export const worlds: fc.Arbitrary<Plan> = fc.record({
  groups: exactly(GROUPS, fc.record({ fate: fates, nests: someOf(GROUPS) })),
  integrations: exactly(INTEGRATIONS, fc.record({ fate: fates, group: fc.nat(GROUPS - 1), isOrphan: fc.boolean() })),
  consumers: exactly(CONSUMERS, fc.record({ fate: fates, uses: someOf(INTEGRATIONS) })),
  foreign: someOf(GROUPS),
  emptied: fc.nat(GROUPS - 1),
})

export interface World {
  readonly foreign: readonly Item[]
  readonly before: readonly Item[]
  readonly items: readonly Item[]
}

/**
 * The items that a plan stands for. Nothing that is new or changed refers to what is deleted at the same time: which of the
 * two would be refused is a matter of order.
 */
export function worldOf(plan: Plan): World {
  const before: Item[] = []
  const items: Item[] = []
  const take = (fate: Fate, make: (state: State) => Object): void => {
    if (fate !== 'new' && fate !== 'absent') before.push(applied(make('before')))
    if (fate === 'deleted') items.push(deleted(make('before')))
    else if (fate !== 'absent') items.push(applied(make(STATES[fate])))
  }
  for (const [index, { fate }] of plan.groups.entries()) take(fate, state => groupOf(plan, index, state))
  for (const index of plan.integrations.keys())
    take(fateOfIntegration(plan, index), state => integrationOf(plan, index, state))
  for (const [index, { fate }] of plan.consumers.entries()) take(fate, state => consumerOf(plan, index, state))
  const foreign = plan.foreign.map(index => applied(group(NAMESPACE, `g-${index}`)))
  return { foreign, before, items }
}

const STATES = { kept: 'before', new: 'after', changed: 'after', invalid: 'invalid' } as const

/** An integration cannot leave its group: it comes no earlier, and not any more where that goes. */
function fateOfIntegration({ groups, integrations }: Plan, index: number): Fate {
  const { fate, group: of } = integrations[index]!
  const fateOfGroup = groups[of]!.fate
  const isEarly = fate !== 'new' && fate !== 'absent' && !wasThere(fateOfGroup)
  if (isEarly) return 'new'
  return (fate === 'new' || fate === 'changed') && fateOfGroup === 'deleted' ? 'absent' : fate
}

function wasThere(fate: Fate): boolean {
  return fate !== 'new' && fate !== 'absent'
}

function refersTo(fate: Fate, state: State): boolean {
  return state === 'before' ? wasThere(fate) : fate !== 'deleted'
}

function groupOf(plan: Plan, index: number, state: State): Object {
  const { groups, integrations, emptied, foreign } = plan
  // What is in conflict is in nothing else, so that it is wrong for one reason.
  const wanted = foreign.includes(index) ? [] : groups[index]!.nests
  const nests = wanted.filter(other => other > index && refersTo(groups[other]!.fate, state))
  // Whether a group may be emptied before somebody relies on it is a matter of order, too.
  const isRelied = [...integrations.keys()].some(one => fateOfIntegration(plan, one) === 'new')
  const isEmpty = state === 'after' && emptied === index && !isRelied
  return group(NAMESPACE, `g-${index}`, {
    displayName: `${state} ${index}`,
    members: isEmpty ? [] : [state === 'invalid' ? 'nobody at all' : `p${index}@acme.example`],
    groups: nests.map(other => `g-${other}`),
  })
}

function integrationOf({ integrations }: Plan, index: number, state: State): Object {
  const { group: of, isOrphan } = integrations[index]!
  return integration(NAMESPACE, `i-${index}`, {
    title: `${state} ${index}`,
    access: { level: 'group', groups: [`g-${of}`] },
    permissions: [{ operations: [state === 'invalid' ? 'createIsue' : 'createIssue'], effect: 'allow' }],
    ...(isOrphan && { deletionPolicy: 'Orphan' }),
  })
}

function consumerOf(plan: Plan, index: number, state: State): Object {
  const uses = plan.consumers[index]!.uses.filter(other => refersTo(fateOfIntegration(plan, other), state))
  const names = uses.map(other => `i-${other}`)
  const made = consumer(NAMESPACE, `c-${index}`, names)
  const type = state === 'invalid' ? 'nonsense' : 'assistant'
  return { ...made, spec: { ...made.spec, type, displayName: `${state} ${index}` } }
}

/** What others refer to first, and what is deleted last. */
export function inDependencyOrder(items: readonly Item[]): readonly Item[] {
  const rank = ({ resource: { kind, address } }: Item): string => {
    // Groups nest only such as have a greater number.
    const number = 9 - Number(/g-(\d)$/.exec(address)?.[1] ?? 0)
    return `${KINDS.indexOf(kind)}/${number}/${address}`
  }
  const sorted = items.toSorted((a, b) => (rank(a) < rank(b) ? -1 : 1))
  const of = (wants: Item['wants']): readonly Item[] => sorted.filter(item => item.wants === wants)
  return [...of('apply'), ...of('delete').toReversed()]
}
