import type { World } from '../access/consequences.ts'
import { compareAddresses, type Address } from '../model/address.ts'
import type { LineOf, SideName } from '../model/finding.ts'
import type { Change, PlanReview } from '../model/plan.ts'
import { references } from '../model/references.ts'
import type { Changed } from '../model/review.ts'
import type { State } from '../model/state.ts'
import type { StoreReader } from '../model/store.ts'
import { setsValues } from './approval.ts'
import { judge } from './guardrails/judge.ts'
import type { Guardrail } from './guardrails/scene.ts'
import type { GuardSettings } from './outside/outside.ts'
import { review } from './review.ts'

/** What a plan changes, in the world of the store before it and after it. */
export interface PlanUnderReview {
  readonly changes: readonly Change[]
  /** The integrations whose decisions the plan may change. */
  readonly affected: readonly Address[]
  readonly before: World
  readonly after: World
  /** Guardrails of the store: the old text judges. */
  readonly guardrails: readonly Guardrail[]
  /** `YYYY-MM-DD` */
  readonly asOf: string
}

/** Reviews a plan as a pull request is reviewed: the same comparison, the same guardrails, the same digest. */
export async function reviewPlan(
  plan: PlanUnderReview,
  store: Pick<StoreReader, 'list' | 'tables' | 'referrers'>,
): Promise<PlanReview> {
  const changes = plan.changes.map(changed)
  const around = await neighbours(plan, store)
  const changedTo = new Map(changes.map(change => [change.address, change]))
  const before = (address: Address): ReturnType<World['find']> => plan.before.find(address) ?? around.rows.get(address)
  const orphans = new Set(plan.changes.flatMap(change => ('orphan' in change && change.orphan ? [change.address] : [])))
  const after = (address: Address): ReturnType<World['find']> => {
    // An orphan stays, and answers as before.
    const change = orphans.has(address) ? undefined : changedTo.get(address)
    return change === undefined ? (plan.after.find(address) ?? around.rows.get(address)) : change.after
  }
  const table = (digest: string): ReturnType<World['table']> =>
    plan.after.table(digest) ?? plan.before.table(digest) ?? around.tables.get(digest)
  const input = {
    changes,
    affected: plan.affected,
    before: { ...plan.before, find: before, table },
    after: { ...plan.after, find: after, table },
    sealed: NOTHING_SEALED,
    usedBy: await users(changes, signedIn(plan), store),
    lineOf: linesOf(plan),
    hasValues: true,
    guards: { before: NO_GUARDS, after: NO_GUARDS },
  }
  const reviewed = review(input)
  const judgements = await judge({
    ...input,
    findings: reviewed.findings,
    guardrails: { before: plan.guardrails, after: guardrailsAfter(plan.guardrails, changes) },
    integrations: (side, namespace) =>
      [...new Set([...around.rows.keys(), ...plan.affected])]
        .filter(address => isIntegrationOf((side === 'before' ? before : after)(address), namespace))
        .toSorted(),
    asOf: plan.asOf,
  })
  const { digest, findings } = reviewed
  return {
    digest,
    hasEffect: findings.length > 0 || setsValues(changes),
    findings: findings.length,
    worst: findings[0]?.summary,
    judgements,
  }
}

/** Who refers to what the plan changes, in the store and after the plan; sorted. */
async function users(
  changes: readonly Changed[],
  others: readonly Address[],
  store: Pick<StoreReader, 'referrers'>,
): Promise<(side: SideName, address: Address) => readonly Address[]> {
  const before = await store.referrers(new Set([...changes.map(({ address }) => address), ...others]))
  const after = new Map([...before].map(([address, list]) => [address, new Set(list)]))
  for (const { address, before: was, after: is } of changes) {
    for (const used of was === undefined ? [] : references(was)) after.get(used)?.delete(address)
    for (const used of is === undefined ? [] : references(is)) {
      const list = after.get(used) ?? new Set()
      after.set(used, list.add(address))
    }
  }
  const lists = { before, after }
  return (side, address) => [...(lists[side].get(address) ?? [])].toSorted(compareAddresses)
}

/** The credentials that affected integrations sign in with: where else they are sent says what is new. */
function signedIn({ affected, before, after }: PlanUnderReview): readonly Address[] {
  return affected.flatMap(address =>
    [before.find(address), after.find(address)].flatMap(found =>
      found === undefined ? [] : references(found).filter(used => used.startsWith('credential/')),
    ),
  )
}

function changed(change: Change): Changed {
  const { address } = change
  const before = 'before' in change ? change.before : undefined
  return { address, before, after: change.action === 'delete' ? undefined : change.after }
}

const NOTHING_SEALED = { before: new Map(), after: new Map() }

/** Limits and lock files are no part of a plan. */
const NO_GUARDS: GuardSettings = { owner: undefined, requireBinding: false, limits: undefined, lock: new Map() }

/** Rules that look at integrations which did not change, too. */
const LOOKING_AROUND: ReadonlySet<string | undefined> = new Set([
  'separation-of-duties',
  'at-most',
  'at-least',
  'max-removed',
])

interface Neighbours {
  readonly rows: State
  readonly tables: Awaited<ReturnType<StoreReader['tables']>>
}

/** Everything in the namespaces of rules about several integrations together; nothing where there are no such rules. */
async function neighbours(
  { guardrails }: PlanUnderReview,
  store: Pick<StoreReader, 'list' | 'tables'>,
): Promise<Neighbours> {
  const namespaces = new Set(
    guardrails.filter(({ spec }) => LOOKING_AROUND.has(spec.rule)).flatMap(({ namespace }) => namespace ?? []),
  )
  const rows = new Map()
  const kinds = ['integration', 'accessGroup', 'serviceDefinition'] as const
  for (const namespace of namespaces) {
    for (const { resource } of await store.list({ kinds, namespace })) rows.set(resource.address, resource)
  }
  if (namespaces.size > 0) {
    for (const { resource } of await store.list({ kinds: ['clusterServiceDefinition'] }))
      rows.set(resource.address, resource)
  }
  const digests = [...rows.values()].flatMap(({ spec }) => ('operations' in spec ? [spec.operations] : []))
  return { rows, tables: await store.tables(new Set(digests)) }
}

function isIntegrationOf(resource: ReturnType<World['find']>, namespace: string | undefined): boolean {
  return resource?.kind === 'integration' && resource.namespace === namespace
}

function guardrailsAfter(before: readonly Guardrail[], changes: readonly Changed[]): readonly Guardrail[] {
  const after = new Map(before.map(one => [one.address, one]))
  for (const { address, after: is } of changes) {
    if (is === undefined) after.delete(address)
    else if (is.kind === 'guardrail') after.set(address, is)
  }
  return [...after.values()]
}

function linesOf({ before, after }: PlanUnderReview): LineOf {
  return (side, address, { path }) => {
    const origin = (side === 'before' ? before : after).find(address)?.origin
    const [, list, index] = path
    const permission = list === 'permissions' && typeof index === 'number' ? origin?.permissions[index] : undefined
    return { side, file: origin?.file ?? 'catalogue', line: permission ?? origin?.line ?? 1 }
  }
}
