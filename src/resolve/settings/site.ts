import type { Pattern } from './pattern.ts'
import type { Check, Slot } from './run.ts'
import type { Fields } from './value.ts'

/** A keyword while it is compiled: where it stands, and what it may ask of the compiler. */
export interface Site {
  /** The schema around it: some keywords depend on their neighbours. */
  readonly schema: Fields
  /** Adds what the keyword asks of values. */
  check(check: Check): void
  /** Compiles a schema inside the argument; `same` says that it applies to the same value. */
  sub(schema: unknown, segments: readonly (string | number)[], same?: 'same'): Slot
  /** Compiles, for the same value, a schema beside this keyword. */
  neighbour(keyword: string): Slot | undefined
  /** Applies, to the same value, the schema that a pointer names. */
  refer(target: string): void
  /** A pattern that can be afforded, or `undefined` after a complaint. */
  pattern(source: string, ...segments: readonly string[]): Pattern | undefined
  /** Notes what is wrong with the argument. */
  complain(said: string, cure?: string): void
}

/** Checks its argument, and adds what it asks of values. */
export type Keyword = (argument: unknown, at: Site) => void
