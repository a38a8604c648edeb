import { defineConfig } from 'vitest/config'
import { missingAssets } from './test/cluster/support/assets.ts'

// oxlint-disable-next-line import/no-default-export -- vitest reads it
export default defineConfig({
  test: {
    include: ['test/cluster/**/*.test.ts'],
    globalSetup: ['test/cluster/support/setup.ts'],
    // One cluster for all, and what a test does to its API server would fail the tests beside it.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 180_000,
    teardownTimeout: 60_000,
    // Without the programs, no name matches: the tests are listed as skipped. The set-up says why.
    ...(missingAssets().length > 0 && { testNamePattern: /^there is no cluster$/ }),
  },
})
