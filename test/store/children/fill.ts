/** Writes ever more rows until the store refuses; prints the revision reached, the code of the error and its message. */
import { WorldError } from '../../../src/model/errors.ts'
import { openStore } from '../../../src/store/open.ts'
import { batch, group, put } from '../samples.ts'

const [url, keyFile] = process.argv.slice(2)

const store = await openStore({ url, keyFile, create: true, notice: () => {} })
let revision = 0
try {
  for (;;) {
    const puts = Array.from({ length: 100 }, (_, index) => put(group(`g-${revision}-${index}`)))
    ;({ revision } = await store.write(batch({ expectedRevision: revision, puts })))
  }
} catch (error) {
  if (!(error instanceof WorldError)) throw error
  const { list } = { list: await store.list({}) }
  console.log(JSON.stringify({ revision, code: error.code, message: error.message, rows: list.length }))
}
await store.close().catch(() => {})
