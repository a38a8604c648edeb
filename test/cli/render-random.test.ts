/** Random sources go to a cluster and back, and mean the same on every way. */
import { rmSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { write } from '../support/stories.ts'
import { tenon } from '../support/tenon.ts'
import { objectsOf, printed, stored, type KubeObject } from './kubectl.ts'
import { source, writeSource } from './random-source.ts'
import { end, world, type World } from './world.ts'

async function run(args: readonly string[], made: World, stdin = ''): Promise<string> {
  const ran = await tenon(args, { cwd: made.cwd, env: made.env, stdin })
  if (ran.code !== 0) throw new Error(`${args.join(' ')}: ${ran.stderr}${ran.stdout}`)
  return ran.stdout
}

const OWNER = ['--owner', 'git:acme']

/** Whatever a plan says, but for what it refuses because only a cluster has it. */
async function planned(file: string, made: World): Promise<unknown> {
  const { stdout } = await tenon(['plan', '-f', file, ...OWNER, '--prune', '-o', 'json'], {
    cwd: made.cwd,
    env: made.env,
  })
  const { changes, diagnostics, errors } = JSON.parse(stdout) as Plan
  const wrong = diagnostics.filter(({ severity }) => severity === 'error')
  const isOfCluster = wrong.length > 0 && wrong.every(({ code }) => code === 'cluster-only')
  return isOfCluster ? errors : [...changes, ...wrong, ...errors]
}

interface Plan {
  readonly changes: readonly object[]
  readonly diagnostics: readonly { readonly severity: string; readonly code: string }[]
  readonly errors: readonly object[]
}

test('a random source, rendered for a cluster and back into files, plans to no change', async () => {
  await fc.assert(
    fc.asyncProperty(source, async random => {
      fc.pre(Object.values(random).some(list => list.length > 0))
      const made = await world({})
      try {
        await writeSource(made, random)
        await run(['apply', '-f', 'src', ...OWNER, '--yes'], made)
        const stream = await run(['render', '-f', 'src'], made)
        write(made.cwd, 'cluster.yaml', stream)
        expect(await planned('cluster.yaml', made)).toEqual([])
        const objects: readonly KubeObject[] = objectsOf(stream)
        for (const format of ['yaml', 'json'] as const) {
          const out = path.join(made.cwd, 'out')
          await run(['render', '--to', 'files', '-f', '-', '--out', 'out'], made, printed(objects.map(stored), format))
          expect(await planned('out', made)).toEqual([])
          expect(objectsOf(await run(['render', '-f', 'out'], made))).toEqual(objects)
          rmSync(out, { recursive: true })
        }
      } finally {
        end(made)
      }
    }),
    { numRuns: 12 },
  )
}, 240_000)
