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
  const started = { operator: false }
  process.exitCode = await cli(process.argv.slice(2), processIo(), {
    operator: async (flags, io) => {
      started.operator = true
      const { operate } = await import('./operator/operator.ts')
      return (await operate(flags as never, io)) === 'stopped' ? 0 : 1
    },
  })
  // Whatever an operator leaves open when it ends or fails, such as a watch or a server, has nothing more to say.
  if (started.operator) process.exit()
}
