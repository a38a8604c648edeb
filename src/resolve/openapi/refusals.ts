import { createHash } from 'node:crypto'
import type { Fault } from './fault.ts'

/** What is wrong with documents that were refused, for a while: one may take ten seconds to refuse again. */
export interface RefusalMemory {
  load(bytes: Uint8Array): readonly Fault[] | undefined
  save(bytes: Uint8Array, faults: readonly Fault[]): void
}

const MOST = 200
/** A document may have been refused because the machine was busy. */
const KEPT_MS = 600_000

export function refusalMemory(): RefusalMemory {
  const known = new Map<string, { readonly at: number; readonly faults: readonly Fault[] }>()
  return {
    load: bytes => {
      const found = known.size === 0 ? undefined : known.get(digestOf(bytes))
      return found !== undefined && performance.now() - found.at < KEPT_MS ? found.faults : undefined
    },
    save: (bytes, faults) => {
      if (known.size >= MOST) known.delete(known.keys().next().value!)
      known.set(digestOf(bytes), { at: performance.now(), faults })
    },
  }
}

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64')
}
