import type { Address } from '../../model/address.ts'
import type { Direction, FindingSeverity, ResourceFinding, ResourceFindingKind } from '../../model/finding.ts'
import { millisecondsIn } from '../../model/period.ts'
import { nameIn } from '../describe.ts'
import { edited, integrationsUsing, type Edited, type OutsideInput } from './input.ts'
import { finding, listed, without } from './say.ts'

type Spec = Edited<'credential'>['after']['spec']

/** What a rule sees in the record of a credential that was edited. */
interface Seen {
  readonly kind: ResourceFindingKind
  readonly severity: FindingSeverity
  readonly direction: Direction
  /** What the credential does now, as the rest of a sentence that begins with its name. */
  readonly now: string
  readonly field: readonly string[]
  readonly before: string | undefined
  readonly after: string | undefined
}

type Rule = (before: Spec, after: Spec) => Seen | undefined

/** The record of a credential stands in clear; each rule looks at one part of it. */
const RULES: readonly Rule[] = [
  shared,
  accountType,
  adminLevel,
  accountOwner,
  systems,
  signsInElse,
  isDefault,
  rotation,
  review,
]

/** The findings about whose account a credential is, and for whom. */
export function credentialFindings(input: OutsideInput): readonly ResourceFinding[] {
  return edited(input, 'credential').flatMap(({ address, before, after }) =>
    RULES.flatMap(rule => rule(before.spec, after.spec) ?? []).map(seen => told(address, seen, input)),
  )
}

function told(address: Address, { field, now, ...seen }: Seen, input: OutsideInput): ResourceFinding {
  const { before, after } = seen
  const name = field.at(-1) ?? ''
  return finding(
    {
      ...seen,
      address,
      integrations: integrationsUsing(input, address),
      summary: `credential ${nameIn(address)} ${now}`,
      facts: { field: field.join('.'), before: before ?? null, after: after ?? null },
      edits: [
        {
          side: after === undefined ? 'before' : 'after',
          address,
          path: ['spec', ...field],
          edit: `${name} ${before ?? '(none)'} → ${after ?? '(none)'}`,
        },
      ],
    },
    input,
  )
}

function shared({ scope: before }: Spec, { scope: after }: Spec): Seen | undefined {
  if (before === after) return undefined
  const widens = after === 'company'
  return {
    kind: 'credential-shared',
    severity: widens ? 'high' : 'low',
    direction: widens ? 'widens' : 'narrows',
    now: widens ? 'belonged to one person, and is now shared by the company' : 'belongs to one person now',
    field: ['scope'],
    before,
    after,
  }
}

function accountType({ account: was, scope: earlier }: Spec, { account: is, scope }: Spec): Seen | undefined {
  const [before, after] = [was?.type, is?.type]
  if (before === after) return undefined
  const isPersonal = after === 'personal'
  const isShared = scope === 'company' && earlier === 'company'
  return {
    kind: 'account-changed',
    severity: isPersonal ? (isShared ? 'high' : 'medium') : 'low',
    direction: isPersonal ? 'widens' : 'unclear',
    now: after === undefined ? 'no longer says whose account it is' : SIGNS_IN[after],
    field: ['account', 'type'],
    before,
    after,
  }
}

const SIGNS_IN = {
  personal: "signs in with somebody's own account",
  dedicated: 'signs in with a dedicated account',
} as const

function adminLevel({ account: was }: Spec, { account: is }: Spec): Seen | undefined {
  const [before, after] = [was?.adminLevel ?? false, is?.adminLevel ?? false]
  if (before === after) return undefined
  return {
    kind: 'account-changed',
    severity: after ? 'high' : 'low',
    direction: after ? 'widens' : 'narrows',
    now: after ? 'signs in with administrator rights' : 'no longer signs in with administrator rights',
    field: ['account', 'adminLevel'],
    before: String(before),
    after: String(after),
  }
}

function accountOwner({ account: before }: Spec, { account: after }: Spec): Seen | undefined {
  if (before === undefined || after === undefined || before.owner === after.owner) return undefined
  return {
    kind: 'account-changed',
    severity: 'low',
    direction: 'unclear',
    now: `signs in with an account of ${after.owner}`,
    field: ['account', 'owner'],
    before: before.owner,
    after: after.owner,
  }
}

function systems({ account: was }: Spec, { account: is }: Spec): Seen | undefined {
  const [before, after] = [was?.systems ?? [], is?.systems ?? []]
  const [added, removed] = [without(after, before), without(before, after)]
  if (added.length + removed.length === 0) return undefined
  return {
    kind: 'account-changed',
    severity: added.length > 0 ? 'medium' : 'low',
    direction: added.length > 0 ? 'widens' : 'narrows',
    now:
      added.length > 0 ? `reaches more systems: ${listed(added)}` : `reaches fewer systems, without ${listed(removed)}`,
    field: ['account', 'systems'],
    before: listed(before),
    after: listed(after),
  }
}

/** Another way to sign in, or at another service. */
function signsInElse(was: Spec, is: Spec): Seen | undefined {
  const [before, after] = [was, is].map(({ type, service }) => `${type} at ${service.name} (${service.kind})`)
  if (before === after) return undefined
  return {
    kind: 'credential-changed',
    severity: 'medium',
    direction: 'unclear',
    now: `signs in with ${after}`,
    field: was.type === is.type ? ['service'] : ['type'],
    before,
    after,
  }
}

function isDefault({ isDefault: before }: Spec, { isDefault: after }: Spec): Seen | undefined {
  if (before === after) return undefined
  return {
    kind: 'credential-changed',
    severity: 'low',
    direction: 'unclear',
    now: after ? 'is now used where nothing else is chosen' : 'is no longer used where nothing else is chosen',
    field: ['isDefault'],
    before: String(before),
    after: String(after),
  }
}

function rotation({ rotation: was }: Spec, { rotation: is }: Spec): Seen | undefined {
  const [before, after] = [datesOf(was), datesOf(is)]
  if (before === after) return undefined
  const how = rotates(was ?? {}, is ?? {})
  return {
    kind: 'credential-changed',
    severity: how === 'later' ? 'medium' : 'low',
    ...ROTATES[how],
    field: ['rotation'],
    before,
    after,
  }
}

type Rotation = NonNullable<Spec['rotation']>

const ROTATES = {
  later: { direction: 'widens', now: 'may go longer without new values' },
  rotated: { direction: 'unclear', now: 'was given new values, its record says' },
  sooner: { direction: 'narrows', now: 'has to get new values sooner' },
} as const

/** Whoever replaces the values moves both days, that of the rotation and that of the end. */
function rotates(was: Rotation, is: Rotation): keyof typeof ROTATES {
  const isRotated = is.expires !== undefined && isLater(was.lastRotated, is.lastRotated, Date.parse)
  if (isLater(was.every, is.every, millisecondsIn)) return 'later'
  if (!isLater(was.expires, is.expires, Date.parse)) return 'sooner'
  return isRotated ? 'rotated' : 'later'
}

function review({ review: was }: Spec, { review: is }: Spec): Seen | undefined {
  if (was?.every === is?.every) return undefined
  const isLonger = isLater(was?.every, is?.every, millisecondsIn)
  return {
    kind: 'credential-changed',
    severity: 'low',
    direction: isLonger ? 'widens' : 'narrows',
    now: isLonger ? 'is looked at again less often' : 'is looked at again more often',
    field: ['review', 'every'],
    before: was?.every,
    after: is?.every,
  }
}

function datesOf(ends: Rotation | undefined): string | undefined {
  if (ends === undefined) return undefined
  const { every, expires } = ends
  const parts = [every && `every ${every}`, expires && `until ${expires}`].filter(part => part !== undefined)
  return parts.length === 0 ? undefined : parts.join(', ')
}

/** Whether an end moved away, or went away. */
function isLater(before: string | undefined, after: string | undefined, size: (text: string) => number): boolean {
  if (before === undefined) return false
  return after === undefined || size(after) > size(before)
}
