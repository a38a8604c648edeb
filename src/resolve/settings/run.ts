/** What is wrong with settings, or with the schema for them. The path leads from the top of the value looked at. */
export interface SettingsFault {
  readonly path: readonly (string | number)[]
  /** Points at the key instead of the value. */
  readonly key?: boolean
  readonly message: string
  readonly cure?: string
}

/** More faults than this help nobody; further ones are not even worded. */
export const MAX_FAULTS = 100

/**
 * Steps that one validation may take: a step is a schema applied to a value, and longer work counts as several. A clock
 * would say different things on different machines.
 */
const MAX_WORK = 1_000_000
/** Schemas applied inside each other. */
const MAX_NESTING = 500

export type Check = (value: unknown, run: Run) => void

/** A compiled schema at one place; `checks` grows while its schema is compiled. */
export interface Slot {
  readonly pointer: string
  readonly checks: Check[]
  /** Schemas that apply to the same value: a circle of them would never end. */
  readonly inPlace: string[]
}

/** One validation under way. */
export interface Run {
  readonly path: (string | number)[]
  readonly faults: SettingsFault[]
  readonly spent: { work: number; nesting: number }
}

/** The validation is given up. */
export class Exhausted extends Error {
  override readonly name = 'Exhausted'
}

export function newRun(): Run {
  return { path: [], faults: [], spent: { work: 0, nesting: 0 } }
}

/** Applies a schema to a value; what does not fit is added to the run. */
export function apply(slot: Slot, value: unknown, run: Run): void {
  spend(run, 1)
  run.spent.nesting += 1
  if (run.spent.nesting > MAX_NESTING) throw new Exhausted()
  for (const check of slot.checks) check(value, run)
  run.spent.nesting -= 1
}

/** Applies a schema to a member of the value at hand. */
export function applyInside(slot: Slot, segment: string | number, value: unknown, run: Run): void {
  run.path.push(segment)
  apply(slot, value, run)
  run.path.pop()
}

/** What would not fit, without saying so. */
export function trial(slot: Slot, value: unknown, run: Run): readonly SettingsFault[] {
  const faults: SettingsFault[] = []
  apply(slot, value, { ...run, faults })
  return faults
}

/** Notes a fault at the value at hand, or at one of its members. */
export function fault(run: Run, word: () => Omit<SettingsFault, 'path'> & { member?: string | number }): void {
  if (run.faults.length >= MAX_FAULTS) return
  const { member, ...said } = word()
  run.faults.push({ ...said, path: member === undefined ? [...run.path] : [...run.path, member] })
}

/** Counts work that is not a schema applied to a value. */
export function spend(run: Run, work: number): void {
  run.spent.work += work
  if (run.spent.work > MAX_WORK) throw new Exhausted()
}
