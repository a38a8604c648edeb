#!/usr/bin/env -S node --max-semi-space-size=8
// Small young generations: what one document leaves behind is collected before the next, which halves the memory that
// 10,000 documents need.
import module from 'node:module'

/** The oldest Node.js that has everything Tenon uses. */
const OLDEST = 24

if (Number(process.versions.node.split('.')[0]) < OLDEST) {
  process.stderr.write(
    `error node-too-old: Tenon needs Node.js ${OLDEST} or later; this is ${process.versions.node}\n` +
      '  In a checkout, `npx tenon` uses the right one.\n',
  )
  process.exitCode = 1
} else {
  module.enableCompileCache()
  const { processIo } = await import('./cli/process.ts')
  const { cli } = await import('./cli/cli.ts')
  process.exitCode = await cli(process.argv.slice(2), processIo(), {
    operator: async (flags, io) => {
      const { operate } = await import('./operator/operator.ts')
      // Whatever is still open then, such as a watch, has nothing more to say.
      process.exit((await operate(flags as never, io)) === 'stopped' ? 0 : 1)
    },
  })
}
