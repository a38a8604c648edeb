import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openApiReader } from '../../src/resolve/openapi/operations.ts'

export interface OpenApiFigures {
  /** A new reader and an empty cache: the start of the thread is part of it. */
  readonly coldMs: number
  /** A new reader on the cache that the cold read filled; the fastest of five. */
  readonly cachedMs: number
  readonly operations: number
}

/** Times a document from bytes to operations, cold and from the cache; reading the file itself is left out. */
export async function benchOpenApi(file: string): Promise<OpenApiFigures> {
  const bytes = await readFile(file)
  const folder = await mkdtemp(path.join(tmpdir(), 'tenon-bench-'))
  const run = async (): Promise<{ ms: number; operations: number }> => {
    const reader = openApiReader({ cacheFolder: path.join(folder, 'operations') })
    const start = performance.now()
    const result = await reader.read(bytes, { file })
    const ms = performance.now() - start
    await reader.close()
    if (result.kind === 'invalid') throw new Error(result.problems.map(({ message }) => message).join('\n'))
    return { ms, operations: result.table.operations.length }
  }
  try {
    const cold = await run()
    let cachedMs = Infinity
    for (let round = 0; round < 5; round += 1) cachedMs = Math.min(cachedMs, (await run()).ms)
    return { coldMs: Math.round(cold.ms), cachedMs: Math.round(cachedMs), operations: cold.operations }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
