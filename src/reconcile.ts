import { consequences } from './access/consequences.ts'
import { decode, type Decoded } from './decode/decode.ts'
import { locate } from './decode/positions.ts'
import type { Diagnostic, Problem } from './model/diagnostic.ts'
import type { Document } from './model/document.ts'
import type { OperationTable } from './model/operation.ts'
import type { Plan, PlanReview, Refusal } from './model/plan.ts'
import type { Decrypt } from './model/sops.ts'
import type { StoreReader } from './model/store.ts'
import { diff, difference, type Ownership } from './plan/diff.ts'
import { planDigest } from './plan/digest.ts'
import type { GuardFacts } from './plan/guards.ts'
import { withReasons } from './plan/reasons.ts'
import { refuse } from './plan/refuse.ts'
import { surroundings } from './plan/surroundings.ts'
import { withhold } from './plan/withhold.ts'
import type { ResolveContext, StoreContext } from './resolve/context.ts'
import { resolve } from './resolve/resolve.ts'
import { storeContext } from './resolve/store.ts'
import type { PlanUnderReview } from './review/plan.ts'
import { refusalsOf } from './review/refusals.ts'

/** What a driver asks for, with everything that the stages need from outside. */
export interface Run extends Ownership {
  readonly documents: readonly Document[]
  /** Problems that the source found before anything could be decoded. */
  readonly problems: readonly Problem[]
  readonly defaultNamespace: string
  /** Documents that are not Tenon's are errors. */
  readonly strict: boolean
  readonly prune: boolean
  readonly allowEmpty: boolean
  /** Absent: SOPS files are compared by digest only, and the plan says so. */
  readonly decrypt: Decrypt | undefined
  readonly context: Omit<ResolveContext, 'store' | 'invalid'>
  /** Says which stage begins, for people who wait. */
  readonly say: (stage: string) => void
  readonly guards: Pick<GuardFacts, 'limits' | 'counted' | 'replace' | 'acceptOlder' | 'force'> &
    Partial<Pick<GuardFacts, 'integrations'>>
  /** Digests of effective changes that somebody approved; absent: none has to be. */
  readonly approved?: ReadonlySet<string>
}

export type Checked =
  | { readonly kind: 'invalid'; readonly documents: number; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'valid'
      readonly documents: number
      readonly diagnostics: readonly Diagnostic[]
      readonly desired: Resolved
    }

export type Planned =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'planned' | 'refused'
      readonly diagnostics: readonly Diagnostic[]
      readonly plan: Plan
      readonly desired: Resolved
      readonly refusals: readonly Refusal[]
    }

export type Resolved = Awaited<ReturnType<typeof resolve>>

/** Documents in, desired state out: all that can be said without a store. */
export async function check(run: Run, store?: StoreContext, decoded = decodeRun(run)): Promise<Checked> {
  run.say(`Resolving ${decoded.manifests.length} documents`)
  const problems = [...decoded.problems]
  const context = { ...run.context, invalid: decoded.invalid, store }
  const desired = await resolve(decoded.manifests, context, problem => problems.push(problem))
  if (decoded.manifests.some(({ kind }) => kind === 'guardrail')) {
    // The language of expressions is loaded only where somebody uses it.
    const { guardrailProblems, unknownNames } = await import('./review/guardrails/problems.ts')
    problems.push(...guardrailProblems(decoded.manifests))
    // A store may hold what these documents do not declare, and where documents are wrong, what they declare is not there.
    if (store === undefined && !problems.some(({ severity }) => severity === 'error')) {
      problems.push(...unknownNames(decoded.manifests, desired, context.catalogue))
    }
  }
  const diagnostics = locate(problems)
  const { documents } = decoded
  if (diagnostics.some(({ severity }) => severity === 'error')) return { kind: 'invalid', documents, diagnostics }
  return { kind: 'valid', documents, diagnostics, desired }
}

/** The product on one page: documents in, plan out. The command line and the operator both start here. */
export async function makePlan(run: Run, store: StoreReader): Promise<Planned> {
  // Read before anything else: whatever is written from here on makes the plan stale.
  const { revision: storeRevision } = await store.position(run.owner)
  const decoded = decodeRun(run)
  const declared = decoded.manifests.map(({ address }) => address)
  const heads = await (run.part === undefined
    ? store.heads(run.owner, declared)
    : store.heads(undefined, [...declared, ...run.part.deletes.keys()]))
  const checked = await check(run, storeContext(store, heads, run), decoded)
  const { diagnostics } = checked
  if (checked.kind === 'invalid') return { kind: 'invalid', diagnostics }

  run.say('Comparing with the store')
  const { desired } = checked
  const found = difference(heads, desired.state, run)
  const bodies = await store.load([...found.update, ...found.delete])
  // What was not selected stays as the store has it, whatever its document says.
  const selected = new Map([...desired.state].filter(([, resource]) => run.selects(resource)))
  const unselected = [...desired.state.keys()].filter(address => !selected.has(address))
  const { made, withheld } = withhold(diff(found, bodies, desired.state, run), run.prune)
  const around = await surroundings(
    { ...run.context, ...desired, changes: made, desired: selected, unselected },
    desired.tables,
    store,
  )
  const table = (digest: string): OperationTable | undefined => desired.tables.get(digest) ?? around.tables.get(digest)
  const day = run.context.today === undefined ? {} : { asOf: run.context.today }
  const worlds = { before: { find: around.before, table, ...day }, after: { find: around.after, table, ...day } }
  const access = consequences(around.affected, worlds.before, worlds.after)

  const changes = withReasons(made, { table, after: around.after, usedBy: around.usedBy })
  const unsealed = { owner: run.owner, changes, withheld, access }
  const verified = [...desired.state.values()].every(
    ({ secret }) => secret === undefined || secret.fingerprint !== undefined,
  )
  const review = await reviewed({ ...around, ...worlds, changes: made }, run, store)
  const seal = { storeRevision, verified, digest: planDigest(unsealed), ...(review && { review }) }
  const plan = { ...unsealed, unchanged: found.unchanged, ...seal }
  const isEmpty = decoded.documents === 0 && !run.allowEmpty
  const facts = { ...run.guards, owner: run.owner, heads, changes: made, isEmpty, foreign: found.foreign, around }
  const guards = await refuse({ ...facts, desired: selected, catalogue: run.context.catalogue }, store)
  const refusals = [...guards, ...refusalsOf(review, run.approved)]
  return { kind: refusals.length > 0 ? 'refused' : 'planned', diagnostics, plan, desired, refusals }
}

/** Judges a plan as a pull request is judged; costs one small question where nobody asks for it. */
async function reviewed(
  made: Omit<PlanUnderReview, 'guardrails' | 'asOf'>,
  run: Run,
  store: StoreReader,
): Promise<PlanReview | undefined> {
  if (made.changes.length === 0) return undefined
  const rows = await store.list({ kinds: ['guardrail'] })
  const guardrails = rows.flatMap(({ resource }) => (resource.kind === 'guardrail' ? [resource] : []))
  const touchesGuards = made.changes.some(({ address }) => address.startsWith('guardrail/'))
  if (guardrails.length === 0 && !touchesGuards && run.approved === undefined) return undefined
  run.say('Reviewing what the plan does')
  const { reviewPlan } = await import('./review/plan.ts')
  // Without a day every waiver is over.
  return reviewPlan({ ...made, guardrails, asOf: run.context.today ?? '9999-12-31' }, store)
}

function decodeRun(run: Run): Decoded & { readonly problems: readonly Problem[] } {
  run.say(`Reading ${run.documents.length} files`)
  const problems = [...run.problems]
  const decoded = decode(run.documents, run, problem => problems.push(problem))
  return { ...decoded, problems }
}
