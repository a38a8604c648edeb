import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import type { Ran } from '../support/tenon.ts'
import { action, resolved, step } from './files.ts'
import { textOf, type CiWorld } from './world.ts'

const REVIEW = step(action.runs.steps, 'Review')

/** What `--out` writes. */
export const ALL = [
  'annotations.txt',
  'gl-code-quality-report.json',
  'junit.xml',
  'review.json',
  'review.md',
  'review.sarif',
]

export interface Reviewed extends Ran {
  readonly comment: string
  readonly summary: string
  readonly outputs: string
  readonly files: readonly string[]
}

/** Runs the action's own step with inputs, in a workspace that has nothing to do with the repository. */
export async function reviewed(world: CiWorld, inputs: Readonly<Record<string, string>>): Promise<Reviewed> {
  const defaults = Object.entries(action.inputs).map(([name, { default: value }]) => [name, String(value ?? '')])
  const given = Object.entries({ repository: world.at('project'), folder: 'integrations', ...inputs })
  const values: Record<string, string> = Object.fromEntries(
    [...defaults, ...given].map(([name, value]) => [`inputs.${name}`, value ?? '']),
  )
  mkdirSync(world.at('workspace'), { recursive: true })
  const [output, summary] = [world.at('output'), world.at('summary')]
  for (const file of [output, summary]) writeFileSync(file, '')
  const ran = await world.run(REVIEW.run, {
    cwd: world.at('workspace'),
    env: { ...resolved(REVIEW.env, values), GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary },
  })
  const folder = world.at('workspace', 'tenon-review')
  return {
    ...ran,
    comment: textOf(`${folder}/review.md`),
    summary: textOf(summary),
    outputs: textOf(output),
    files: readdirSync(folder).toSorted(),
  }
}
