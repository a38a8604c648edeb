import type { World } from '../../../src/access/consequences.ts'
import type { Finding, SideName } from '../../../src/model/finding.ts'
import type { Judgement } from '../../../src/model/judgement.ts'
import type { Operation } from '../../../src/model/operation.ts'
import type { Resource, ResourceOf, ResourceSpecs, State } from '../../../src/model/state.ts'
import { affectedIntegrations, changedResources, referrersIn } from '../../../src/review/changed.ts'
import { judge } from '../../../src/review/guardrails/judge.ts'
import type { JudgeInput } from '../../../src/review/guardrails/scene.ts'
import { review } from '../../../src/review/review.ts'
import { resource, stateOf } from '../../support/resources.ts'

export type Guardrail = ResourceOf<'guardrail'>
type Group = ResourceSpecs['accessGroup']
type Integration = ResourceSpecs['integration']

/** What people can do at the service of all examples. */
export const OPERATIONS: readonly Operation[] = [
  { id: 'list', method: 'get', path: '/invoices', tags: ['invoices'] },
  { id: 'read', method: 'get', path: '/invoices/{id}', tags: ['invoices'] },
  { id: 'create', method: 'post', path: '/invoices', tags: ['invoices'] },
  { id: 'pay', method: 'post', path: '/payments', tags: ['payments'] },
  { id: 'refund', method: 'post', path: '/refunds', tags: ['payments'] },
]

export const ASOF = '2026-10-07'

export const group = (name: string, members: readonly string[], more: Partial<Group> = {}): Resource =>
  resource('accessGroup', name, { members, ...more })

export const integration = (
  name: string,
  spec: Partial<Integration> & Pick<Integration, 'access'>,
  labels: Readonly<Record<string, string>> = {},
): Resource => {
  const made = resource('integration', name, {
    service: { kind: 'ClusterServiceDefinition', name: 'billing' },
    ...spec,
  })
  return { ...made, labels, digest: `${made.digest} ${JSON.stringify(labels)}` }
}

export const service = (operations = 'sha256:billing', more = {}): Resource =>
  resource('clusterServiceDefinition', 'billing', { operations, endpoint: 'https://billing.example/v1', ...more })

export const guardrail = (spec: Partial<ResourceSpecs['guardrail']>, name = 'rule'): Guardrail =>
  resource('guardrail', name, spec)

export interface Change {
  readonly before?: readonly Resource[]
  readonly after?: readonly Resource[]
  readonly guardrails?: readonly Guardrail[]
  /** Those after the change, where they differ. */
  readonly guardrailsAfter?: readonly Guardrail[]
  readonly tables?: Readonly<Record<string, readonly Operation[]>>
  readonly asOf?: string
}

/** Two states as a review hands them on, with its findings; nobody has to name the service. */
export function inputOf(change: Change): JudgeInput {
  const input = statesOf(change)
  const usedBy = { before: referrersIn(input.states.before), after: referrersIn(input.states.after) }
  const { findings } = review({
    ...input,
    sealed: { before: new Map(), after: new Map() },
    usedBy: (side, address) => usedBy[side](address),
    hasValues: true,
    guards: { before: {}, after: {} } as never,
  })
  return { ...input, findings }
}

/** The same without findings, for rules that need none. */
export function statesOf(change: Change): JudgeInput & { readonly states: Readonly<Record<SideName, State>> } {
  const { before = [], after = [], guardrails = [], guardrailsAfter, tables, asOf = ASOF } = change
  const states = { before: stateOf(service(), ...before), after: stateOf(service(), ...after) }
  const all: Readonly<Record<string, readonly Operation[]>> = { 'sha256:billing': OPERATIONS, ...tables }
  const changes = changedResources(states.before, states.after)
  return {
    states,
    changes,
    affected: affectedIntegrations(changes, [states.before, states.after]),
    before: worldOf(states.before, all, asOf),
    after: worldOf(states.after, all, asOf),
    findings: [],
    lineOf: (side, address) => ({ side, file: `${address}.yaml`, line: 1 }),
    guardrails: { before: guardrails, after: guardrailsAfter ?? guardrails },
    integrations: (side, namespace) =>
      [...states[side].values()]
        .filter(each => each.kind === 'integration' && each.namespace === namespace)
        .map(({ address }) => address),
    asOf,
  }
}

function worldOf(state: State, tables: Readonly<Record<string, readonly Operation[]>>, asOf: string): World {
  return {
    find: address => state.get(address),
    table: digest => (tables[digest] === undefined ? undefined : { digest, operations: tables[digest] }),
    asOf,
  }
}

/** What each guardrail says of a change. */
export function judged(change: Change): Promise<readonly Judgement[]> {
  return judge(inputOf(change))
}

/** What one guardrail says of a change. */
export async function judgement(change: Change, spec: Partial<ResourceSpecs['guardrail']>): Promise<Judgement> {
  const [first] = await judged({ ...change, guardrails: [guardrail(spec)] })
  return first!
}

export function findingsOf(change: Change): readonly Finding[] {
  return inputOf(change).findings
}
