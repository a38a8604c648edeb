import { existsSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Ran } from '../support/tenon.ts'
import { gitlabInputs, gitlabJobs } from './files.ts'
import { textOf, type CiWorld, type Project } from './world.ts'

export const JOB = gitlabJobs['tenon-review']!

export interface Pipeline {
  readonly inputs?: Readonly<Record<string, string>>
  readonly env?: Readonly<Record<string, string>>
  readonly shell?: 'gitlab' | 'sh'
}

export interface Reviewed extends Ran {
  readonly files: readonly string[]
  readonly comment: string
}

/** A script with inputs in it, as GitLab puts them there before anything runs: as they stand, or not at all. */
export function script(given: Readonly<Record<string, string>>): string {
  return JOB.script.join('\n').replaceAll(/\$\[\[ inputs\.([\w-]+) \]\]/g, (_all, name: string) => {
    const input = gitlabInputs[name]
    const value = given[name] ?? input?.default
    if (input === undefined || value === undefined) throw new Error(`no input "${name}"`)
    if (!isAllowed(name, value)) throw new Error(`"${value}" is not allowed for ${name}`)
    return value
  })
}

export function isAllowed(name: string, value: string): boolean {
  const { regex, options } = gitlabInputs[name]!
  return (options?.includes(value) ?? true) && (regex === undefined || new RegExp(regex, 'u').test(value))
}

/** The server: `main`, and the head of merge request 7 as GitLab keeps it, whose branch lies in a fork. */
export function served(world: CiWorld, story: string): Project {
  const project = world.project(story, 'fork')
  world.git('.', 'init', '--quiet', '--bare', world.at('served/acme/integrations.git'))
  world.git(
    'fork',
    'push',
    '--quiet',
    world.at('served/acme/integrations.git'),
    'main',
    'feature:refs/merge-requests/7/head',
  )
  return project
}

export async function reviewed(
  world: CiWorld,
  { base, head }: Project,
  { inputs, env, shell = 'gitlab' }: Pipeline = {},
): Promise<Reviewed> {
  world.write('build/left-over', '')
  const ran = await world.run(script({ version: '', ...inputs }), {
    cwd: world.at('build'),
    shell,
    env: {
      CI_REPOSITORY_URL: world.at('served/acme/integrations.git'),
      CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main',
      CI_MERGE_REQUEST_IID: '7',
      CI_COMMIT_SHA: head,
      CI_COMMIT_BEFORE_SHA: base,
      CI_JOB_TOKEN: 'glcbt-secret',
      ...env,
    },
  })
  const folder = world.at('build/tenon-review')
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : []
  return { ...ran, files, comment: textOf(path.join(folder, 'review.md')) }
}
