/** Writes revisions until it is killed, each the same 40 rows with the revision's number in them; prints each number. */
import { openStore } from '../../../src/store/open.ts'
import { batch, credential, group, OWNER, put, values } from '../samples.ts'

const [url, keyFile, parent] = process.argv.slice(2)

const store = await openStore({ url, keyFile: keyFile === '' ? undefined : keyFile, create: true, notice: () => {} })
// Whoever started this may be killed as well; then nobody else would end it.
while (process.ppid === Number(parent)) {
  const { revision } = await store.position(OWNER)
  const text = `revision ${revision + 1}`
  const groups = Array.from({ length: 39 }, (_, index) => put(group(`g-${index}`, { displayName: text }), 'update'))
  const bot = put(credential('bot', { label: text }), 'update', values({ token: text }))
  await store.write(batch({ expectedRevision: revision, puts: [...groups, bot] }))
  console.log(revision + 1)
}
