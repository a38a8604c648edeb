import { Fenced } from '../model/errors.ts'
import type { Fence } from '../model/store.ts'
import type { Sql, SqlSession } from './sql.ts'

/** Takes a fence from whoever had it: after this no write of theirs commits. */
export async function takeFence(
  sql: Sql,
  { name, holder, at }: { readonly name: string; readonly holder: string; readonly at: string },
): Promise<Fence> {
  let epoch = 0
  await sql.transaction(async session => {
    // Waits for a write that is under way: it began before this, and may end.
    await session.query('UPDATE tenon_store SET revision = revision WHERE id = 1')
    const [row] = await session.query<{ epoch: number }>(
      `INSERT INTO tenon_fences (name, epoch, holder, taken_at) VALUES ($1, 1, $2, $3) ON CONFLICT (name)
       DO UPDATE SET epoch = tenon_fences.epoch + 1, holder = excluded.holder, taken_at = excluded.taken_at
       RETURNING epoch`,
      [name, holder, at],
    )
    epoch = row!.epoch
  })
  return { name, epoch }
}

/** Throws `Fenced` when somebody took the fence; inside a transaction that holds the store. */
export async function checkFence(session: SqlSession, fence: Fence | undefined): Promise<void> {
  if (fence === undefined) return
  const [row] = await session.query<{ epoch: number; holder: string; taken_at: string }>(
    'SELECT epoch, holder, taken_at FROM tenon_fences WHERE name = $1',
    [fence.name],
  )
  if (row?.epoch === fence.epoch) return
  const who = row === undefined ? 'nobody' : `${row.holder} at ${row.taken_at}`
  throw new Fenced(`The turn at "${fence.name}" was taken over by ${who}. Nothing was written.`)
}
