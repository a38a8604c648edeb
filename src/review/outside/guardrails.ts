import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { ResourceOf } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { edited, isOf, type OutsideInput } from './input.ts'
import { finding, listed, without, type Said } from './say.ts'

type Guardrail = ResourceOf<'guardrail'>['spec']

type Rule = (address: Address, before: Guardrail, after: Guardrail) => Said | undefined

const RULES: readonly Rule[] = [actions, waivers, text]

/** The findings about rules that judge changes. A change is judged by the rules before it; this says that it edits them. */
export function guardrailFindings(input: OutsideInput): readonly ResourceFinding[] {
  const said = [
    ...input.changes.flatMap(({ address, before, after }) => {
      if (before === undefined && isOf(after, 'guardrail')) return [created(address, after.spec)]
      return after === undefined && isOf(before, 'guardrail') ? [deleted(address, before.spec)] : []
    }),
    ...edited(input, 'guardrail').flatMap(({ address, before, after }) =>
      RULES.flatMap(rule => rule(address, before.spec, after.spec) ?? []),
    ),
  ]
  return said.map(each => finding(each, input))
}

function created(address: Address, { description, actions: does }: Guardrail): Said {
  return {
    kind: 'guardrail-changed',
    address,
    severity: 'low',
    direction: 'narrows',
    summary: `guardrail ${nameIn(address)} is new, and judges changes after this one`,
    after: `${description} (${does.join(', ')})`,
    facts: { change: 'created' },
    edits: [{ side: 'after', address, path: [], edit: 'guardrail created' }],
  }
}

function deleted(address: Address, { description, actions: does }: Guardrail): Said {
  return {
    kind: 'guardrail-changed',
    address,
    severity: 'high',
    direction: 'widens',
    summary: `guardrail ${nameIn(address)} is deleted, and judges no change after this one`,
    before: `${description} (${does.join(', ')})`,
    facts: { change: 'deleted' },
    edits: [{ side: 'before', address, path: [], edit: 'guardrail deleted' }],
  }
}

function actions(address: Address, { actions: was }: Guardrail, { actions: is }: Guardrail): Said | undefined {
  const [before, after] = [was, is].map(names => listed(names.toSorted()))
  if (before === after) return undefined
  const losesDeny = was.includes('Deny') && !is.includes('Deny')
  const gainsDeny = is.includes('Deny') && !was.includes('Deny')
  return {
    kind: 'guardrail-changed',
    address,
    severity: losesDeny ? 'high' : gainsDeny ? 'low' : 'medium',
    direction: losesDeny ? 'widens' : gainsDeny ? 'narrows' : 'unclear',
    summary: `guardrail ${nameIn(address)} ${losesDeny ? 'no longer refuses what breaks it' : `now does ${after}`}`,
    before,
    after,
    facts: { actions: [was.toSorted(), is.toSorted()] },
    edits: [{ side: 'after', address, path: ['spec', 'actions'], edit: `actions ${before} → ${after}` }],
  }
}

function waivers(address: Address, { waivers: was }: Guardrail, { waivers: is }: Guardrail): Said | undefined {
  const before = new Map(was.map(waiver => [waiver.id, waiver]))
  const more = is.filter(waiver => isMore(before.get(waiver.id), waiver)).map(({ id }) => id)
  const fewer = without(
    [...before.keys()],
    is.map(({ id }) => id),
  )
  if (more.length + fewer.length === 0) return undefined
  const name = nameIn(address)
  return {
    kind: 'guardrail-changed',
    address,
    severity: more.length > 0 ? 'medium' : 'low',
    direction: more.length > 0 ? 'widens' : 'narrows',
    summary:
      more.length > 0
        ? `guardrail ${name} is waived for more: ${listed(more)}`
        : `guardrail ${name} is waived for less, without ${listed(fewer)}`,
    before: listed(was.map(inWords)),
    after: listed(is.map(inWords)),
    facts: { more: is.filter(({ id }) => more.includes(id)), fewer },
    edits: is.flatMap(({ id }, index) =>
      more.includes(id) ? [{ side: 'after', address, path: ['spec', 'waivers', index], edit: `waiver ${id}` }] : [],
    ),
  }
}

type Waiver = Guardrail['waivers'][number]

/** A waiver that is new, lets more pass, or counts for longer. */
function isMore(before: Waiver | undefined, after: Waiver): boolean {
  if (before === undefined || after.expires > before.expires) return true
  return (['integrations', 'fingerprints'] as const).some(
    list => before[list] !== undefined && without(after[list] ?? ['*'], before[list]).length > 0,
  )
}

function inWords({ id, owner, expires }: Waiver): string {
  return `${id} of ${owner} until ${expires}`
}

/** What it asks for, of whom: which of two rules asks for more, only a reader can tell. */
function text(address: Address, before: Guardrail, after: Guardrail): Said | undefined {
  const fields = FIELDS.filter(field => !isDeepStrictEqual(before[field], after[field]))
  if (fields.length === 0) return undefined
  const isWording = fields.every(field => field === 'description' || field === 'owner')
  return {
    kind: 'guardrail-changed',
    address,
    severity: isWording ? 'low' : 'medium',
    direction: 'unclear',
    summary: `guardrail ${nameIn(address)} has another ${listed(fields)}; this change is judged by the old text`,
    facts: { fields: Object.fromEntries(fields.map(field => [field, [before[field] ?? null, after[field] ?? null]])) },
    edits: fields.map(field => ({
      side: after[field] === undefined ? 'before' : 'after',
      address,
      path: ['spec', field],
      edit: `${field} changed`,
    })),
  }
}

const FIELDS = [
  'rule',
  'parameters',
  'match',
  'over',
  'matchConditions',
  'variables',
  'validations',
  'failurePolicy',
  'description',
  'owner',
] as const
