import { DEFAULT_LIMITS } from '../model/store.ts'
import type { Run } from '../reconcile.ts'
import type { Refusal } from '../model/plan.ts'
import type { Limits } from '../model/store.ts'
import { documentOf } from '../source/cluster/document.ts'
import type { Address } from '../model/address.ts'
import { approvedBy } from './approvals.ts'
import { annotation, isOn, modeOf, rankOf, type CustomResource, type Mode } from './custom-resource.ts'
import type { Item } from './attempt.ts'

/** Items that one plan can hold: of one owner, applied in one way. */
export interface Group {
  readonly owner: string
  readonly namespace: string | undefined
  /** Whether differences are written at all. */
  readonly enforce: boolean
  /** Digests that people approved, where nothing else is written: then the items are applied as a whole, or not at all. */
  readonly approved?: ReadonlySet<string>
  /** The limits on deletes, and what they are a part of: for rows whose resources vanished without having been deleted. */
  readonly counted?: Limits & { readonly integrations: number }
  /** Guards that people let pass for these. */
  readonly force: ReadonlySet<Refusal['rule']>
  readonly items: readonly Item[]
}

/**
 * What is due, in groups: cluster-wide services before the namespaces that may refer to them. Who asks to force a guard
 * stands in a group apart, so that it is forced for nobody else.
 */
export function groupsOf(items: readonly Item[], cluster: string, mode: Mode): readonly Group[] {
  const groups = Map.groupBy(items, ({ resource }) =>
    JSON.stringify([
      resource.object.metadata.namespace ?? '',
      rankOf(modeOf(resource, mode)),
      [...forcedBy(resource)].toSorted().join(),
    ]),
  )
  return [...groups].toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([, members]) => groupOf(members, cluster, mode))
}

function groupOf(items: readonly Item[], cluster: string, mode: Mode): Group {
  const { resource } = items[0]!
  const { namespace } = resource.object.metadata
  const wanted = modeOf(resource, mode)
  const group = { owner: ownerOf(cluster, namespace), namespace, force: forcedBy(resource), items }
  if (wanted !== 'Approve') return { ...group, enforce: wanted === 'Enforce' }
  return { ...group, enforce: true, approved: approvedBy(items.map(item => item.resource)) }
}

/** The owner of what a cluster declares in a namespace, or for the whole cluster. */
export function ownerOf(cluster: string, namespace: string | undefined): string {
  return namespace === undefined ? `cluster:${cluster}` : `cluster:${cluster}/ns/${namespace}`
}

const FORCEABLE = new Set<string>(['in-use', 'last-member'] satisfies Refusal['rule'][])

function forcedBy(resource: CustomResource): ReadonlySet<Refusal['rule']> {
  const rules = (annotation(resource, 'force') ?? '').split(',').map(rule => rule.trim())
  return new Set(rules.filter(rule => FORCEABLE.has(rule)) as Refusal['rule'][])
}

/** What a run needs that is the same for all of them. */
export type Surroundings = Pick<Run, 'decrypt' | 'context'>

/** The run that carries out a group, or a part of one. */
export function runOf(
  { owner, namespace, force, counted, approved }: Group,
  items: readonly Item[],
  around: Surroundings,
): Run {
  const named = (name: 'adopt' | 'replace' | 'acceptOlder'): ReadonlySet<Address> =>
    new Set(items.filter(({ resource }) => isOn(resource, name)).map(({ resource }) => resource.address))
  return {
    ...around,
    owner,
    documents: items
      .filter(({ wants }) => wants === 'apply')
      .map(({ resource }) => documentOf(resource.kind, resource.object)),
    problems: [],
    defaultNamespace: namespace ?? 'default',
    strict: true,
    // What is deleted is named one by one.
    prune: true,
    part: { deletes: new Map(items.filter(({ wants }) => wants === 'delete').map(deletion)) },
    allowEmpty: true,
    adopt: named('adopt'),
    ...(approved && { approved }),
    selects: () => true,
    say: () => {},
    guards: {
      limits: counted ?? DEFAULT_LIMITS,
      counted: counted !== undefined,
      ...(counted && { integrations: counted.integrations }),
      replace: named('replace'),
      acceptOlder: named('acceptOlder'),
      force,
    },
  }
}

function deletion({ resource }: Item): readonly [Address, 'Delete' | 'Orphan'] {
  return [resource.address, resource.object.spec?.['deletionPolicy'] === 'Orphan' ? 'Orphan' : 'Delete']
}
