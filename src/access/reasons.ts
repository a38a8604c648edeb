import type { Address } from '../model/address.ts'
import type { Effect, Principal } from '../model/effect.ts'
import type { AccessSpec } from '../model/manifest.gen.ts'
import type { Operation } from '../model/operation.ts'
import { reachesNew, SELECTORS, selects, type Selector } from '../model/selector.ts'
import { hasBit } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import { UNKNOWN } from './groups.ts'
import { endedIn, type EndedGroup } from './in-force.ts'
import { linkTo, type Link } from './link.ts'
import { applies, type Rule } from './rule.ts'

/** What every reason says: of whom and what it speaks, and where the words behind it stand. */
interface About {
  readonly integration: Address
  readonly person: string
  /** The id of the operation. */
  readonly operation: string
  readonly file: string
  readonly line: number
  /** Whether the effect follows from this; the others are told because somebody will ask about them. */
  readonly decides: boolean
}

/** A permission, as reasons speak of it. */
interface AboutRule extends About {
  /** The position among the permissions, from 0. */
  readonly permission: number
  readonly effect: Effect
  /** The entry of each selector given that matches the operation. */
  readonly selectors: Readonly<Partial<Record<Selector, string>>>
}

/** Why a decision is what it is, or what else bears on it. */
export type Reason =
  | (About & { readonly kind: 'disabled' })
  | (About & {
      readonly kind: 'no-access'
      readonly access: AccessSpec
      /** Groups of the access in which nobody is any more; absent where there are none. */
      readonly ended?: readonly EndedGroup[]
    })
  | (About & { readonly kind: 'access-unknown'; readonly link: Link & { readonly kind: 'unknown' } })
  | (About & { readonly kind: 'nothing-matches' })
  | (AboutRule & {
      readonly kind: 'rule'
      /** How the person is among those the permission is narrowed to; absent where it is meant for all. */
      readonly link: Link | undefined
      /** What keeps it from deciding. */
      readonly overruled?: 'disabled' | 'deny' | 'confirm'
    })
  | (AboutRule & { readonly kind: 'rule-unknown'; readonly link: Link & { readonly kind: 'unknown' } })
  | (AboutRule & {
      /** It selects the operation, which nobody has accepted yet, and neither names it nor includes new ones. */
      readonly kind: 'rule-new'
      readonly link: Link | undefined
    })
  | (About & { readonly kind: 'access'; readonly link: Link })

interface Case {
  readonly compiled: CompiledAccess
  readonly person: Principal
  /** The position of the operation in the table. */
  readonly operation: number
  readonly effect: Effect
}

/** The reasons for an effect, those that decide first, rules in their order. */
export function reasonsFor(of: Case): readonly Reason[] {
  const { integration, access, groups } = of.compiled
  const reasons: Reason[] = integration.spec.enabled ? [] : [{ kind: 'disabled', ...about(of, true) }]
  const link = linkTo(access, of.person, groups)
  if (link === undefined) reasons.push(noAccess(of))
  else if (link.kind === 'unknown') reasons.push({ kind: 'access-unknown', ...about(of, true), link })
  else reasons.push(...withAccess(of), { kind: 'access', ...about(of, false), link })
  return [...reasons.filter(({ decides }) => decides), ...reasons.filter(({ decides }) => !decides)]
}

function about({ compiled: { integration, operations }, person, operation }: Case, decides: boolean): About {
  const { file, line } = integration.origin
  const id = operations[operation]?.id ?? `operation ${operation}`
  return { integration: integration.address, person: person.id, operation: id, file, line, decides }
}

function noAccess(of: Case): Reason {
  const { integration, access, groups } = of.compiled
  const ended = endedIn(access, groups)
  return {
    kind: 'no-access',
    ...about(of, true),
    access: integration.spec.access,
    ...(ended.length > 0 && { ended }),
  }
}

function withAccess(of: Case): readonly Reason[] {
  const { integration, operations, rules } = of.compiled
  const asked = operations[of.operation]
  const reasons: Reason[] = []
  for (const [index, rule] of rules.entries()) {
    if (asked === undefined || !(hasBit(rule.operations, of.operation) || holdsBack(rule, asked))) continue
    const reason = ruleReason(of, { rule, permission: index, asked })
    if (reason !== undefined) reasons.push(reason)
  }
  if (!integration.spec.enabled || reasons.some(({ kind }) => kind === 'rule')) return reasons
  return [{ kind: 'nothing-matches', ...about(of, true) }, ...reasons]
}

/** Whether a rule would have its effect on an operation, were that not new. */
function holdsBack({ permission }: Rule, asked: Operation): boolean {
  return (
    asked.isNew === true &&
    !reachesNew(permission) &&
    SELECTORS.every(selector => permission[selector]?.some(value => selects(selector, value, asked)) ?? true)
  )
}

interface Matching {
  readonly rule: Rule
  readonly permission: number
  readonly asked: Operation
}

function ruleReason(of: Case, { rule, permission, asked }: Matching): Reason | undefined {
  const { integration, groups } = of.compiled
  const link = rule.narrowing && linkTo(rule.narrowing, of.person, groups)
  if (rule.narrowing !== undefined && link === undefined) return undefined
  const { origin, spec } = integration
  const aboutRule = {
    ...about(of, false),
    line: origin.permissions[permission] ?? origin.line,
    permission,
    effect: rule.effect,
    selectors: matchingEntries(rule, asked),
  }
  if (!hasBit(rule.operations, of.operation)) return { kind: 'rule-new', ...aboutRule, link }
  if (link?.kind === 'unknown' && !applies(rule, UNKNOWN)) return { kind: 'rule-unknown', ...aboutRule, link }
  if (!spec.enabled) return { kind: 'rule', ...aboutRule, link, overruled: 'disabled' }
  if (rule.effect === of.effect || of.effect === 'allow') return { kind: 'rule', ...aboutRule, link, decides: true }
  return { kind: 'rule', ...aboutRule, link, overruled: of.effect }
}

function matchingEntries({ permission }: Rule, asked: Operation): AboutRule['selectors'] {
  const entries: Partial<Record<Selector, string>> = {}
  for (const selector of SELECTORS) {
    const entry = permission[selector]?.find(value => selects(selector, value, asked))
    if (entry !== undefined) entries[selector] = entry
  }
  return entries
}
