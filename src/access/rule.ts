import type { Effect, Principal } from '../model/effect.ts'
import type { Permission } from '../model/state.ts'
import { belongs, type Audience } from './audience.ts'
import type { Bits } from './bits.ts'
import { membership, NO, YES, type GroupResolver, type Membership } from './groups.ts'

/** One permission, with its operations and people found. */
export interface Rule {
  readonly effect: Effect
  /** Positions of the operations that it selects. */
  readonly operations: Bits
  /** The people that it is narrowed to; absent: everybody with access. */
  readonly narrowing: Audience | undefined
  readonly permission: Permission
}

/** Whether a person is among those that a rule is meant for. */
export function reaches(
  { narrowing }: Rule,
  person: Principal,
  groups: GroupResolver,
  inGroup = membership,
): Membership {
  return narrowing === undefined ? YES : belongs(narrowing, person, groups, inGroup)
}

/** Doubt never gives: a rule that allows needs proof; one that denies or confirms, only that it cannot be ruled out. */
export function applies({ effect }: Rule, reached: Membership): boolean {
  return effect === 'allow' ? reached === YES : reached !== NO
}
