/** How long a store takes to write rows for the first time, and to give their heads. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openStore } from '../../src/store/open.ts'
import { batch, integration, put } from '../store/samples.ts'

export interface StoreFigures {
  readonly count: number
  /** Milliseconds. */
  readonly write: number
  readonly heads: number
  readonly writeOne: number
}

/** Measures on a PostgreSQL URL whose database is empty, or without one on an embedded store in a temporary folder. */
export async function benchStore({ url, count }: { url?: string; count: number }): Promise<StoreFigures> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenon-bench-'))
  const keyFile = path.join(folder, 'bench.key')
  writeFileSync(keyFile, randomBytes(32).toString('base64'), { mode: 0o600 })
  const store = await openStore({ url: url ?? path.join(folder, 'store'), keyFile, create: true, notice: () => {} })
  try {
    const { revision } = await store.position('bench')
    const puts = Array.from({ length: count }, (_, index) => put(integration(`integration-${index}`)))
    const addresses = puts.map(({ resource }) => resource.address)
    const write = await timed(async () => store.write(batch({ owner: 'bench', expectedRevision: revision, puts })))
    const heads = await timed(async () => store.heads('bench', addresses))
    const one = [put(integration('integration-0', { title: 'Changed' }), 'update')]
    const writeOne = await timed(async () =>
      store.write(batch({ owner: 'bench', expectedRevision: revision + 1, puts: one })),
    )
    return { count, write, heads, writeOne }
  } finally {
    await store.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now()
  await work()
  return Math.round(performance.now() - start)
}

if (import.meta.main) {
  const [count = '10000', url] = process.argv.slice(2)
  console.log(await benchStore({ count: Number(count), ...(url === undefined ? {} : { url }) }))
}
