import { configDefaults, defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/cluster/**'],
    globalSetup: ['test/support/postgres.ts', 'test/cluster/support/notice.ts'],
    testTimeout: 30_000,
    hookTimeout: 120_000,
  },
})
