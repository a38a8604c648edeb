/** What outside programs rely on: published JSON shapes, exit codes, and the commands of the README. */
import { globSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { EXIT } from '../src/cli/exit.ts'
import { VERBS } from '../src/cli/verbs.ts'
import { layStory, STORIES } from './review/laid.ts'
import { CONFIG, documents, group, integration, write } from './support/stories.ts'
import { EXAMPLES, PROJECT, temporaryFolder, tenon, type RunOptions } from './support/tenon.ts'

const README = readFileSync(path.join(PROJECT, 'README.md'), 'utf8')
const schemas = new Ajv2020({ strict: false, allErrors: true })
for (const file of readdirSync(path.join(PROJECT, 'schemas')).filter(name => name.endsWith('.schema.json'))) {
  schemas.addSchema(JSON.parse(readFileSync(path.join(PROJECT, 'schemas', file), 'utf8')))
}

function faults(name: string, output: string): unknown {
  const validate = schemas.getSchema(`https://tenon.dev/schemas/${name}.schema.json`)!
  return validate(JSON.parse(output)) ? [] : validate.errors
}

function folder(text: string): RunOptions {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', CONFIG)
  write(cwd, 'src/all.yaml', text)
  return { cwd }
}

const GOOD = documents(group('support', ['ana@acme.example']), integration('jira'))

describe('-o json has its published shape', () => {
  test('of validate: valid, invalid, and when the world fails', async () => {
    for (const text of [GOOD, integration('jira', 'alow'), 'a: [b']) {
      expect(faults('validate', (await tenon(['validate', '-f', 'src', '-o', 'json'], folder(text))).stdout)).toEqual(
        [],
      )
    }
    expect(faults('validate', (await tenon(['validate', '-f', 'none', '-o', 'json'], folder(GOOD))).stdout)).toEqual([])
  })

  test('of plan and apply: changes of every kind, refused, invalid, failed', async () => {
    const options = folder(documents(GOOD, ...['a', 'b', 'c', 'd'].map(name => integration(name))))
    const both = async (...args: readonly string[]): Promise<void> => {
      expect(faults('plan', (await tenon(['plan', '-f', 'src', '-o', 'json', ...args], options)).stdout)).toEqual([])
      expect(
        faults('apply', (await tenon(['apply', '-f', 'src', '-o', 'json', '--yes', ...args], options)).stdout),
      ).toEqual([])
    }
    await both()
    await both()
    write(
      options.cwd,
      'src/all.yaml',
      documents(
        GOOD.replace('ana@', 'zoe@'),
        integration('a').replace('groups: [support]', 'groups: [other]'),
        group('other', ['x']),
        integration('e'),
      ),
    )
    await both('--prune')
    await both('--prune', '--max-delete-percent', '100', '--replace', 'integration/acme/a')
    write(options.cwd, 'src/all.yaml', integration('jira', 'alow'))
    await both()
    await both('--store', 'postgres://u@127.0.0.1:1/x')
  })

  test('of review and explain: passed, blocked, invalid, usage and world', async () => {
    const cwd = temporaryFolder()
    layStory('29-all-sorts-at-once', cwd)
    const sides = ['--base', './before', '--head', './after', '-o', 'json']
    const run = async (verb: string, ...args: readonly string[]): Promise<string> =>
      (await tenon([...verb.split(' '), ...args], { cwd })).stdout
    for (const more of [[], ['--fail-on', 'none'], ['--head', './before']]) {
      expect(faults('review', await run('review', ...sides, ...more))).toEqual([])
    }
    for (const row of ['A1', 'C1', 'Z9']) expect(faults('explain', await run(`explain ${row}`, ...sides))).toEqual([])
    const none = ['--base', './before', '--head', './nowhere/', '-o', 'json']
    expect(faults('review', await run('review', ...none))).toEqual([])
    expect(faults('explain', await run('explain A1', ...none))).toEqual([])
    write(cwd, 'after/wrong.yaml', integration('jira', 'alow'))
    expect(faults('review', await run('review', ...sides))).toEqual([])
    expect(faults('explain', await run('explain A1', ...sides))).toEqual([])
  })
})

describe('the schema for editors', () => {
  const files = globSync('**/*.yaml', { cwd: EXAMPLES }).filter(
    file => !/openapi|sops|tenon\.yaml$|guardrail-cases|^(?:gitops|ci)\//.test(file),
  )

  test.each(files)('accepts examples/%s', file => {
    for (const document of parseAllDocuments(readFileSync(path.join(EXAMPLES, file), 'utf8'))) {
      expect(faults('documents', JSON.stringify(document))).toEqual([])
    }
  })

  test('refuses a document with a field that no kind has', () => {
    expect(
      faults(
        'documents',
        '{"apiVersion": "tenon.dev/v1alpha1", "kind": "AccessGroup", "metadata": {"name": "g"}, "spec": {"displayName": "G", "x": 1}}',
      ),
    ).not.toEqual([])
  })
})

describe('exit codes', () => {
  test('are those of the README, and no others', () => {
    const rows = [...README.matchAll(/^\| (\d+) \| /gm)].map(match => Number(match[1]))
    expect(rows.toSorted((a, b) => a - b)).toEqual(Object.values(EXIT).toSorted((a, b) => a - b))
  })
})

describe('the README', () => {
  const commands = [...README.matchAll(/npx tenon (?:(\w[\w-]*))/g)].map(match => match[1]!)

  test('names only verbs that there are', () => {
    expect(commands.length).toBeGreaterThan(10)
    const verbs = new Set(VERBS.map(({ name }) => name))
    expect(commands.filter(command => !verbs.has(command))).toEqual([])
  })

  test('shows the comment that the review of its story gives', () => {
    const comment = readFileSync(path.join(STORIES, '29-all-sorts-at-once/review.md'), 'utf8')
    const quoted = comment
      .trimEnd()
      .split('\n')
      .map(line => `> ${line}`.trimEnd())
      .join('\n')
    expect(README).toContain(`29-all-sorts-at-once -->\n\n${quoted}\n\n<!-- end of the comment -->`)
  })

  test('names only flags that there are', async () => {
    const known = new Set(['--recipient'])
    for (const { name } of VERBS) {
      const { stdout } = await tenon([name, '--help'], { cwd: PROJECT })
      for (const [flag] of stdout.matchAll(/--[a-z][a-z-]+/g)) known.add(flag)
    }
    const prose = README.replaceAll(/^sops .*$/gm, '')
    const flags = [...prose.matchAll(/`(?:npx )?tenon [^`]*`|`(--[a-z-]+)|^npx tenon .*$/gm)].flatMap(match =>
      [...match[0].matchAll(/--[a-z][a-z-]+/g)].map(([flag]) => flag),
    )
    expect(flags.length).toBeGreaterThan(5)
    expect(flags.filter(flag => !known.has(flag))).toEqual([])
  })

  test('begins with two commands that do all their own set-up', () => {
    const lines = README.split('\n').filter(line => line.startsWith('npm ci'))
    expect(lines[0]).toContain('npx tenon apply -f examples/acme')
    expect(lines[1]).toBe('npm ci && npm test')
  })
})

test('every verb has help with examples, and its formats', async () => {
  for (const { name, formats } of VERBS) {
    const { code, stdout } = await tenon([name, '--help'], { cwd: PROJECT })
    expect(code).toBe(0)
    expect(stdout).toContain('Examples:')
    for (const format of formats) expect(stdout).toContain(`"${format}"`)
  }
})
