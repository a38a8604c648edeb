/** The guide of `examples/ci` tells of what is there. */
import { existsSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { EXIT } from '../../src/cli/exit.ts'
import { gitlabInputs, hooks, text, workflow } from './files.ts'
import { HELP, unknown } from './help.ts'
import { CI } from './world.ts'

const guide = text('README.md')
const commands = [...guide.matchAll(/^(?:npx )?tenon (?<verb>[\w-]+)(?<rest>[^#\n]*)/gm)].map(({ groups }) => groups!)

test('links to files that are there', () => {
  const links = [...guide.matchAll(/\]\((?!https?:)(?<file>[^)#]+)\)/g)].map(({ groups }) => groups!['file']!)
  expect(links.length).toBeGreaterThan(4)
  expect(links.filter(link => !existsSync(path.join(CI, link)))).toEqual([])
})

test('gives commands that there are', () => {
  expect(commands.length).toBeGreaterThan(4)
  for (const { verb, rest } of commands) {
    expect(HELP.has(verb!), verb).toBe(true)
    expect(unknown(verb!, rest!.match(/(?<= )--?[a-z-]+/g) ?? []), `${verb}${rest}`).toEqual([])
  }
})

test('tells the exit codes that there are', () => {
  const codes = [...guide.matchAll(/^\| (?<code>\d+) \|/gm)].map(({ groups }) => Number(groups!['code']))
  expect(codes).toEqual(Object.values(EXIT))
})

test('shows inputs and hooks that there are', () => {
  for (const [, name] of guide.matchAll(/inputs: \{([\w-]+):/g)) expect(gitlabInputs).toHaveProperty(name!)
  const shown = [...guide.matchAll(/\{id: (?<id>[\w-]+)\}/g)].map(({ groups }) => groups!['id'])
  expect(shown).toEqual(hooks.map(({ id }) => id))
})

test('names the check by the name of the job', () => {
  expect(guide).toContain(`\`${workflow.jobs.review.name}\``)
})
