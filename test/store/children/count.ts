/** Adds one to a counter in the store, so many times: read, change, write, and again when somebody else was faster. */
import { StaleState } from '../../../src/model/errors.ts'
import type { Store } from '../../../src/model/store.ts'
import { openStore } from '../../../src/store/open.ts'
import { batch, integration, OWNER, put } from '../samples.ts'

const [url, keyFile, times] = process.argv.slice(2)

async function addOne(store: Store): Promise<boolean> {
  const { revision } = await store.position(OWNER)
  const [stored] = (await store.load(['integration/acme/counter'])).values()
  const count = stored?.resource.kind === 'integration' ? Number(stored.resource.spec.title) : 0
  const counter = integration('counter', { title: String(count + 1) })
  try {
    await store.write(batch({ expectedRevision: revision, puts: [put(counter, 'update')] }))
    return true
  } catch (error) {
    if (error instanceof StaleState) return false
    throw error
  }
}

const store = await openStore({ url, keyFile, create: true, notice: () => {} })
for (let done = 0; done < Number(times);) if (await addOne(store)) done++
await store.close()
