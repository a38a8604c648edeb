/** Says, in the run of the ordinary tests, what becomes of the cluster tests. */
import { HOW_TO_GET, missingAssets } from './assets.ts'

export default function setup(): void {
  const missing = missingAssets()
  if (missing.length === 0) return console.warn('The cluster tests are a run of their own: npm run test:cluster.')
  console.warn(
    `The cluster tests are left out: no ${missing.join(', ')}. To run them: ${HOW_TO_GET}; then npm run test:cluster.`,
  )
}
