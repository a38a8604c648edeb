import { normalPerson } from '../model/effect.ts'
import type { OperatorField } from '../model/state.ts'

/** Without what only the operator reads. */
export function declared<T extends { readonly [K in OperatorField]?: unknown }>(spec: T): Omit<T, OperatorField> {
  const { suspend: _suspend, interval: _interval, mode: _mode, ...rest } = spec
  return rest
}

/** The order and repeats of a set mean nothing: sorted by code unit, once each. */
export function set<T extends string>(values: readonly T[] | undefined): readonly T[] {
  if (values === undefined || values.length === 0) return []
  // oxlint-disable-next-line unicorn/no-array-sort -- the copy is ours
  return [...new Set(values)].sort()
}

/** E-mail addresses are the same in any case. */
export function people(ids: readonly string[] | undefined): readonly string[] {
  return set(ids?.map(normalPerson))
}
