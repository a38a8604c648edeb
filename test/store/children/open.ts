/** Opens a store, creating it, and prints a fingerprint that only processes with the same store can print. */
import { openStore } from '../../../src/store/open.ts'
import { values } from '../samples.ts'

const [url, keyFile] = process.argv.slice(2)

const store = await openStore({ url, keyFile: keyFile === '' ? undefined : keyFile, create: true, notice: () => {} })
console.log(store.fingerprint('credential/acme/bot', values({ token: 'same' })))
await store.close()
