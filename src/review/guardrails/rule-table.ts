import type { GuardrailParameters, GuardrailSpec } from '../../model/manifest.gen.ts'

export type RuleName = NonNullable<GuardrailSpec['rule']>
export type ParameterName = keyof GuardrailParameters

/** What a built-in rule says and takes: the check at load, `tenon guardrails list` and the docs all read this. */
export interface RuleDescription {
  /** What holds while the rule is kept, as one sentence. */
  readonly promise: string
  /** A state can be judged before and after; of a change only what it does. */
  readonly over: 'state' | 'change'
  readonly required: readonly ParameterName[]
  readonly optional: readonly ParameterName[]
  /** Parameters of which at least one has to be given. */
  readonly oneOf?: readonly ParameterName[]
}

/** Every built-in rule, in the order of the docs: access, then records, then the change itself. */
export const RULES: Readonly<Record<RuleName, RuleDescription>> = {
  never: {
    promise: 'The people of `who` can never call the operations of `select`.',
    over: 'state',
    required: [],
    optional: ['who', 'select', 'effect', 'ignoreUnknownMembers'],
    oneOf: ['who', 'select'],
  },
  only: {
    promise: 'Nobody but the people of `who` can call the operations of `select`.',
    over: 'state',
    required: ['who'],
    optional: ['select', 'effect'],
  },
  'require-confirmation': {
    promise: 'The people of `who`, or all, are asked before they call the operations of `select`.',
    over: 'state',
    required: [],
    optional: ['who', 'select', 'ignoreUnknownMembers'],
  },
  'no-unconfirmed-company-writes': {
    promise: 'No whole company can call a write of `select` without being asked.',
    over: 'state',
    required: [],
    optional: ['select'],
  },
  'named-writes': {
    promise: 'A write of `select` can be called only where a permission names it under `operations`.',
    over: 'state',
    required: [],
    optional: ['select', 'effect'],
  },
  ceiling: {
    promise: 'Nobody can call more than the entries of `ceiling` give them.',
    over: 'state',
    required: ['ceiling'],
    optional: [],
  },
  'separation-of-duties': {
    promise: 'Nobody can call operations of both `one` and `other`.',
    over: 'state',
    required: ['one', 'other'],
    optional: ['effect', 'ignoreUnknownMembers'],
  },
  'at-most': {
    promise: 'At most `max` people, of `who` or of all, can call any of the operations of `select`.',
    over: 'state',
    required: ['max'],
    optional: ['who', 'select', 'effect', 'ignoreUnknownMembers'],
  },
  'at-least': {
    promise: 'At least `min` people known by name, of `who` or of all, can call some operation of `select`.',
    over: 'state',
    required: ['min'],
    optional: ['who', 'select', 'effect'],
  },
  'data-classes': {
    promise:
      'Integrations with one of `classes`: nobody but `who` can call them (`demand: only`), every call is confirmed (`confirm`), or there are none (`forbid`). With `declare`, every integration says its classes, of these only.',
    over: 'state',
    required: ['demand'],
    optional: ['classes', 'who', 'select', 'effect', 'ignoreUnknownMembers'],
  },
  'external-groups-end': {
    promise:
      'Groups that give access and are called like one of `groups`, or hold groups of the identity provider, end within `days`.',
    over: 'state',
    required: ['days'],
    optional: ['groups', 'holdingIdpGroups'],
    oneOf: ['groups', 'holdingIdpGroups'],
  },
  'groups-owned': {
    promise: 'Every group that gives access, or those called like one of `groups`, has an owner.',
    over: 'state',
    required: [],
    optional: ['groups'],
  },
  'no-personal-account': {
    promise: "No credential of the company signs in to somebody's own account.",
    over: 'state',
    required: [],
    optional: ['accountRequired'],
  },
  'no-admin-account': {
    promise: 'No credential signs in to an account with administrator rights.',
    over: 'state',
    required: [],
    optional: ['accountRequired'],
  },
  'secrets-expire': {
    promise: 'Every credential expires within `days`, or is rotated at least as often.',
    over: 'state',
    required: ['days'],
    optional: [],
  },
  'acknowledged-terms': {
    promise: 'Every integration acknowledges terms, one of `terms`, not longer than `days` ago.',
    over: 'state',
    required: [],
    optional: ['terms', 'days'],
  },
  'same-destination': {
    promise: 'No credential is sent to another host than before; with `hosts`, to none but these.',
    over: 'change',
    required: [],
    optional: ['hosts'],
  },
  'no-new-access': {
    promise: 'Nobody, of `who` or of all, can call more of the operations of `select` than before.',
    over: 'change',
    required: [],
    optional: ['who', 'select', 'effect'],
  },
  'max-removed': {
    promise: 'The change takes something from at most `percent` of the people, or of the integrations.',
    over: 'change',
    required: ['percent', 'of'],
    optional: [],
  },
}

/** The names of all built-in rules, in the order of the docs. */
export const RULE_NAMES: readonly RuleName[] = Object.keys(RULES) as readonly RuleName[]
