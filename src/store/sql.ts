/** What statements take and give: the types on which every engine agrees. Bytes travel as base64, objects as JSON text. */
export type SqlValue = string | number | null

/** Runs statements: alone each is a transaction of its own, inside `transaction` they succeed or fail together. */
export interface SqlSession {
  /** Runs one statement with `$1`, `$2` … for parameters and gives its rows. */
  query<Row extends object>(text: string, params?: readonly SqlValue[]): Promise<readonly Row[]>
  /** Runs several statements without parameters. */
  script(text: string): Promise<void>
}

/**
 * A database. Failures of the world are thrown as `WorldError`, whose texts hold no password and no row; `Contended` and
 * `MissingTable` are for callers that know what to do about them.
 */
export interface Sql extends SqlSession {
  readonly engine: Engine
  /** Runs `work` in one transaction; it may run again when the engine finds a conflict, so it changes nothing else. */
  transaction<Result>(work: (session: SqlSession) => Promise<Result>): Promise<Result>
  close(): Promise<void>
}

export type Engine = 'sqlite' | 'postgres'

/** Another transaction made the same thing first. */
export class Contended extends Error {
  override readonly name = 'Contended'
}

/** A table is not there: nobody created the store yet. */
export class MissingTable extends Error {
  override readonly name = 'MissingTable'
}

/** Reads a column that holds JSON: text that this program wrote there itself. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- What a column holds is known to its reader.
export function fromJson<Value>(text: string): Value {
  const value: Value = JSON.parse(text)
  return value
}

/** A pause of about `milliseconds`, spread so that two waiting processes do not meet again. */
export async function pause(milliseconds: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>()
  setTimeout(resolve, milliseconds * (0.5 + Math.random()))
  await promise
}
