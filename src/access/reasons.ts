import type { Address } from '../model/address.ts'
import type { Effect, Principal } from '../model/effect.ts'
import type { AccessSpec } from '../model/manifest.gen.ts'
import { SELECTORS, selects, type Selector } from '../model/selector.ts'
import { hasBit } from './bits.ts'
import type { CompiledAccess } from './compile.ts'
import { reaches, applies, type Rule } from './rule.ts'
import { linkTo, type Link } from './link.ts'

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
  | (About & { readonly kind: 'no-access'; readonly access: AccessSpec })
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
  const reasons = [...disabled(of), ...withoutAccess(of)]
  if (!reasons.some(({ kind }) => kind === 'no-access' || kind === 'access-unknown')) reasons.push(...withAccess(of))
  return [...reasons.filter(({ decides }) => decides), ...reasons.filter(({ decides }) => !decides)]
}

function about({ compiled: { integration, operations }, person, operation }: Case, decides: boolean): About {
  const { file, line } = integration.origin
  const id = operations[operation]?.id ?? `operation ${operation}`
  return { integration: integration.address, person: person.id, operation: id, file, line, decides }
}

function disabled(of: Case): Reason[] {
  return of.compiled.integration.spec.enabled ? [] : [{ kind: 'disabled', ...about(of, true) }]
}

function withoutAccess(of: Case): Reason[] {
  const { access, groups, integration } = of.compiled
  const link = linkTo(access, of.person, groups)
  if (link === undefined) return [{ kind: 'no-access', ...about(of, true), access: integration.spec.access }]
  return link.kind === 'unknown' ? [{ kind: 'access-unknown', ...about(of, true), link }] : []
}

function withAccess(of: Case): Reason[] {
  const { integration, access, groups } = of.compiled
  const rules = matching(of)
  const nothing = integration.spec.enabled && !rules.some(({ kind }) => kind === 'rule')
  const link = linkTo(access, of.person, groups)
  return [
    ...(nothing ? [{ kind: 'nothing-matches', ...about(of, true) } as const] : []),
    ...rules,
    ...(link === undefined ? [] : [{ kind: 'access', ...about(of, false), link } as const]),
  ]
}

function matching(of: Case): Reason[] {
  const reasons: Reason[] = []
  if (of.compiled.operations[of.operation] === undefined) return reasons
  for (const [index, rule] of of.compiled.rules.entries()) {
    const reason = hasBit(rule.operations, of.operation) ? ruleReason(of, rule, index) : undefined
    if (reason !== undefined) reasons.push(reason)
  }
  return reasons
}

function ruleReason(of: Case, rule: Rule, permission: number): Reason | undefined {
  const { compiled, person, operation, effect } = of
  const { integration, operations, groups } = compiled
  const link = rule.narrowing && linkTo(rule.narrowing, person, groups)
  const aboutRule = {
    ...about(of, false),
    line: integration.origin.permissions[permission] ?? integration.origin.line,
    permission,
    effect: rule.effect,
    selectors: Object.fromEntries(
      SELECTORS.map(selector => [
        selector,
        rule.permission[selector]?.find(value => selects(selector, value, operations[operation]!)),
      ]).filter(([, value]) => value !== undefined),
    ),
  }
  if (!applies(rule, reaches(rule, person, groups))) {
    return link?.kind === 'unknown' ? { kind: 'rule-unknown', ...aboutRule, link } : undefined
  }
  const overruled = integration.spec.enabled ? (rule.effect === effect ? undefined : effect) : 'disabled'
  if (overruled === undefined || overruled === 'allow') return { kind: 'rule', ...aboutRule, link, decides: true }
  return { kind: 'rule', ...aboutRule, link, overruled }
}
