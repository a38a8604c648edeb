import type { Address } from '../../model/address.ts'
import type { Direction, FindingSeverity, ResourceFinding, ResourceFindingKind } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import { credentialsOf, edited, type Edited, type OutsideInput } from './input.ts'
import { finding, listed, without, type Edit } from './say.ts'

type Integration = Edited<'integration'>['after']

/** What a rule sees in an integration that was edited. */
interface Seen {
  readonly kind: ResourceFindingKind
  readonly severity: FindingSeverity
  readonly direction: Direction
  /** As the rest of a sentence that begins with the integration. */
  readonly now: string
  readonly before: string | undefined
  readonly after: string | undefined
  readonly facts: Readonly<Record<string, unknown>>
  readonly edits: readonly Pick<Edit, 'side' | 'path' | 'item' | 'edit'>[]
}

type Rule = (before: Integration, after: Integration, input: OutsideInput) => Seen | undefined

/** What no cell shows of an integration; each rule looks at one part of it. */
const RULES: readonly Rule[] = [
  credentialsAdded,
  credentialsRemoved,
  service,
  deletionPolicy,
  dataClasses,
  settings,
  labels,
  acknowledgement,
]

/** The findings about what an integration signs in with, what flows through it, and what becomes of it. */
export function integrationFindings(input: OutsideInput): readonly ResourceFinding[] {
  return edited(input, 'integration').flatMap(({ address, before, after }) =>
    RULES.flatMap(rule => rule(before, after, input) ?? []).map(seen => told(address, seen, input)),
  )
}

function told(address: Address, { now, edits, ...seen }: Seen, input: OutsideInput): ResourceFinding {
  return finding(
    {
      ...seen,
      address,
      integrations: [address],
      summary: `integration ${nameIn(address)} ${now}`,
      edits: edits.map(edit => ({ ...edit, address })),
    },
    input,
  )
}

function credentialsAdded(was: Integration, is: Integration, { after }: OutsideInput): Seen | undefined {
  const added = without(is.spec.credentials, was.spec.credentials)
  if (added.length === 0) return undefined
  const admins = credentialsOf(after, is).filter(({ name, spec }) => added.includes(name) && spec.account?.adminLevel)
  const rights = admins.length === 0 ? '' : `; ${listed(admins.map(({ name }) => name))} with administrator rights`
  return {
    kind: 'credentials-of-integration-changed',
    severity: admins.length > 0 ? 'high' : 'medium',
    direction: 'widens',
    now: `signs in with ${listed(added)}, which it did not use before${rights}`,
    before: listed(was.spec.credentials),
    after: listed(is.spec.credentials),
    facts: { added, administrators: admins.map(({ name }) => name) },
    edits: added.map(item => ({
      side: 'after',
      path: ['spec', 'credentials'],
      item,
      edit: `credential ${item} added`,
    })),
  }
}

function credentialsRemoved(was: Integration, is: Integration): Seen | undefined {
  const removed = without(was.spec.credentials, is.spec.credentials)
  if (removed.length === 0) return undefined
  return {
    kind: 'credentials-of-integration-changed',
    severity: 'low',
    direction: 'narrows',
    now: `no longer signs in with ${listed(removed)}`,
    before: listed(was.spec.credentials),
    after: listed(is.spec.credentials),
    facts: { removed },
    edits: removed.map(item => ({
      side: 'before',
      path: ['spec', 'credentials'],
      item,
      edit: `credential ${item} removed`,
    })),
  }
}

function service({ spec: { service: was } }: Integration, { spec: { service: is } }: Integration): Seen | undefined {
  const [before, after] = [was, is].map(({ kind, name }) => `${kind} ${name}`)
  if (before === after) return undefined
  return {
    kind: 'service-changed',
    severity: 'medium',
    direction: 'unclear',
    now: `connects to another service, ${after}`,
    before,
    after,
    facts: { before, after },
    edits: [{ side: 'after', path: ['spec', 'service'], edit: `service ${was.name} → ${is.name}` }],
  }
}

function deletionPolicy({ spec: was }: Integration, { spec: is }: Integration): Seen | undefined {
  const [before, after] = [was.deletionPolicy, is.deletionPolicy]
  if (before === after) return undefined
  const stays = after === 'Orphan'
  return {
    kind: 'deletion-policy-changed',
    severity: stays ? 'medium' : 'low',
    direction: 'unclear',
    now: stays
      ? 'would stay in the store, and go on answering, once its document is gone'
      : 'goes away together with its document',
    before,
    after,
    facts: { before, after },
    edits: [{ side: 'after', path: ['spec', 'deletionPolicy'], edit: `deletionPolicy ${before} → ${after}` }],
  }
}

function dataClasses({ spec: was }: Integration, { spec: is }: Integration): Seen | undefined {
  const added = without(is.dataClasses, was.dataClasses)
  const removed = without(was.dataClasses, is.dataClasses)
  if (added.length + removed.length === 0) return undefined
  const parts = [
    ...(added.length > 0 ? [`now says that it carries ${listed(added)}`] : []),
    ...(removed.length > 0 ? [`no longer says that it carries ${listed(removed)}`] : []),
  ]
  const path = ['spec', 'dataClasses']
  return {
    kind: 'data-classes-changed',
    severity: 'low',
    direction: 'unclear',
    now: parts.join(', and '),
    before: listed(was.dataClasses),
    after: listed(is.dataClasses),
    facts: { added, removed },
    edits: [
      ...added.map(item => ({ side: 'after', path, item, edit: `data class ${item} added` }) as const),
      ...removed.map(item => ({ side: 'before', path, item, edit: `data class ${item} removed` }) as const),
    ],
  }
}

function settings({ spec: was }: Integration, { spec: is }: Integration): Seen | undefined {
  const names = [...new Set([...Object.keys(was.settings), ...Object.keys(is.settings)])]
    .filter(name => textOf(was.settings, name) !== textOf(is.settings, name))
    .toSorted()
  if (names.length === 0) return undefined
  const shown = (side: Settings): string => listed(names.map(name => `${name} ${shortened(textOf(side, name))}`))
  return {
    kind: 'settings-changed',
    severity: 'low',
    direction: 'unclear',
    now: `has other settings: ${listed(names)}`,
    before: shown(was.settings),
    after: shown(is.settings),
    facts: Object.fromEntries(names.map(name => [name, [textOf(was.settings, name), textOf(is.settings, name)]])),
    edits: names.map(name => {
      const isThere = Object.hasOwn(is.settings, name)
      return { side: isThere ? 'after' : 'before', path: ['spec', 'settings', name], edit: `setting ${name}` }
    }),
  }
}

/** A guardrail may choose by labels what it judges. */
function labels({ labels: was }: Integration, { labels: is }: Integration): Seen | undefined {
  const names = [...new Set([...Object.keys(was), ...Object.keys(is)])]
    .filter(name => was[name] !== is[name])
    .toSorted()
  if (names.length === 0) return undefined
  const shown = (side: Integration['labels']): string => listed(names.map(name => `${name}=${side[name] ?? ''}`))
  return {
    kind: 'settings-changed',
    severity: 'low',
    direction: 'unclear',
    now: `has other labels: ${listed(names)}`,
    before: shown(was),
    after: shown(is),
    facts: { labels: names.map(name => [name, was[name] ?? null, is[name] ?? null]) },
    edits: names.map(name => ({
      side: Object.hasOwn(is, name) ? 'after' : 'before',
      path: ['metadata', 'labels', name],
      edit: `label ${name}`,
    })),
  }
}

type Settings = Readonly<Record<string, unknown>>

function textOf(side: Settings, name: string): string {
  return Object.hasOwn(side, name) ? JSON.stringify(side[name]) : 'not set'
}

const MAX_VALUE = 60

function shortened(text: string): string {
  return text.length <= MAX_VALUE ? text : `${text.slice(0, MAX_VALUE)}…`
}

function acknowledgement({ spec: was }: Integration, { spec: is }: Integration): Seen | undefined {
  const [before, after] = [was.acknowledgement, is.acknowledgement].map(
    given => given && `terms ${given.terms} by ${given.by} on ${given.date}`,
  )
  if (before === after) return undefined
  return {
    kind: 'acknowledgement-changed',
    severity: after === undefined ? 'medium' : 'low',
    direction: after === undefined ? 'widens' : 'unclear',
    now: after === undefined ? 'no longer says who accepted its terms' : `has other accepted terms: ${after}`,
    before,
    after,
    facts: { before: before ?? null, after: after ?? null },
    edits: [
      {
        side: after === undefined ? 'before' : 'after',
        path: ['spec', 'acknowledgement'],
        edit: after === undefined ? 'acknowledgement removed' : `acknowledgement: ${after}`,
      },
    ],
  }
}
