import type { SqlSession, SqlValue } from './sql.ts'

// Sizes are powers of two, so that a store sees few different texts and every engine can keep them prepared.
// 512 values of a list or 256 rows of 16 columns stay far below the limit of 32,766 parameters.
const LONGEST_LIST = 512
const MOST_ROWS = 256

/** Runs a query whose text holds `IN (?)` once for each 512 distinct values. */
export async function queryIn<Row extends object>(
  session: SqlSession,
  text: string,
  values: Iterable<string>,
): Promise<readonly Row[]> {
  const found: Row[] = []
  const distinct = [...new Set(values)]
  for (let start = 0; start < distinct.length; start += LONGEST_LIST) {
    const part = distinct.slice(start, start + LONGEST_LIST)
    while (!isPowerOfTwo(part.length)) part.push(...part.slice(-1))
    for (const row of await session.query<Row>(text.replace('(?)', `(${placeholders(part.length, 1)})`), part))
      found.push(row)
  }
  return found
}

export interface Insert {
  readonly into: string
  readonly columns: readonly string[]
  /** What to do about rows that are there already, as SQL after `ON CONFLICT`. */
  readonly onConflict?: string
}

/** Inserts rows, many with each statement; every row has one value per column. */
export async function insertRows(
  session: SqlSession,
  insert: Insert,
  rows: readonly (readonly SqlValue[])[],
): Promise<void> {
  let start = 0
  while (start < rows.length) {
    const count = Math.min(MOST_ROWS, 2 ** Math.floor(Math.log2(rows.length - start)))
    await session.query(insertText(insert, count), rows.slice(start, start + count).flat())
    start += count
  }
}

function insertText({ into, columns, onConflict }: Insert, count: number): string {
  const tuples = Array.from(
    { length: count },
    (_, row) => `(${placeholders(columns.length, row * columns.length + 1)})`,
  )
  const text = `INSERT INTO ${into} (${columns.join(', ')}) VALUES ${tuples.join(', ')}`
  return onConflict === undefined ? text : `${text} ON CONFLICT ${onConflict}`
}

function placeholders(count: number, first: number): string {
  return Array.from({ length: count }, (_, index) => `$${first + index}`).join(', ')
}

function isPowerOfTwo(count: number): boolean {
  return (count & (count - 1)) === 0
}
