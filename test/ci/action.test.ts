import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Ran } from '../support/tenon.ts'
import { action, resolved, step } from './files.ts'
import { commandsIn } from './runner.ts'
import { ciWorld, textOf, type CiWorld } from './world.ts'

let world: CiWorld

beforeEach(() => {
  world = ciWorld()
})

afterEach(() => {
  world.remove()
})

const REVIEW = step(action.runs.steps, 'Review')

interface Reviewed extends Ran {
  readonly comment: string
  readonly summary: string
  readonly outputs: string
  readonly files: readonly string[]
}

/** Runs the action's own step with inputs, in a workspace that has nothing to do with the repository. */
async function reviewed(inputs: Readonly<Record<string, string>>, env = {}): Promise<Reviewed> {
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
    env: { ...resolved(REVIEW.env, values), GITHUB_OUTPUT: output, GITHUB_STEP_SUMMARY: summary, ...env },
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

const ALL = ['annotations.txt', 'gl-code-quality-report.json', 'junit.xml', 'review.json', 'review.md', 'review.sarif']

const MARK = '<!-- tenon-review v1 env= digest='

describe('a change that could be evaluated', () => {
  test.each([
    { story: '01-only-formatting', code: 0, heading: 'passed. No change of access' },
    { story: '03-who-joins-also-loses', code: 0, heading: 'passed. Nobody gains access.' },
    { story: '12-the-same-key-for-a-new-host', code: 4, heading: 'BLOCKED. The same key' },
    { story: '20-the-guardrail-goes-in-the-same-change', code: 4, heading: 'BLOCKED. ' },
  ])('$story: exit code $code', async ({ story, code, heading }) => {
    const { base, head } = world.project(story)
    const { comment, summary, outputs, files, ...ran } = await reviewed({ base, head })
    expect(ran).toMatchObject({ code, stderr: '' })
    expect(outputs).toBe(`exit-code=${code}\n`)
    expect(files).toEqual(ALL)
    expect(comment).toMatch(new RegExp(`^${MARK}sha256:[0-9a-f]{64} -->\n## Access review: ${heading}`))
    expect(summary).toBe(comment)
  })

  test('annotates the lines of the head that cause it, and is in the log as text', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    const { stdout } = await reviewed({ base, head })
    const [first, ...more] = commandsIn(stdout)
    expect(more).toEqual([])
    expect(first).toMatchObject({
      name: 'error',
      properties: { file: 'integrations/services/billing.yaml', line: '9' },
    })
    const lines = world.git('project', 'show', `${head}:integrations/services/billing.yaml`).split('\n')
    expect(lines[8]).toContain('billing.acme-eu.example')
    expect(stdout).toContain('BLOCKED: The same key (acme/billing-bot) is sent to a new host')
  })

  test('passes or blocks as `fail-on` says, and goes on with further flags', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    expect(await reviewed({ base, head, 'fail-on': 'none' })).toMatchObject({ code: 0, outputs: 'exit-code=0\n' })
    const detailed = await reviewed({ base, head, 'fail-on': 'none', arguments: ' --detailed-exitcode  --strict ' })
    expect(detailed).toMatchObject({ code: 0, outputs: 'exit-code=2\n', files: ALL })
  })

  test('names the environment in the mark by which its comment is found', async () => {
    const { base, head } = world.project('01-only-formatting')
    const { comment } = await reviewed({ base, head, environment: 'prod-eu.2' })
    expect(comment).toMatch(/^<!-- tenon-review v1 env=prod-eu\.2 digest=sha256:/)
  })

  test('is found in a bare repository as in one with a work tree', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    const { comment } = await reviewed({ base, head })
    world.git('.', 'clone', '--quiet', '--bare', world.at('project'), world.at('bare.git'))
    expect((await reviewed({ base, head, repository: world.at('bare.git') })).comment).toBe(comment)
  })

  test('is compared as merged: what the base got meanwhile is no part of it', async () => {
    const { head } = world.project('01-only-formatting')
    world.write(
      'project/integrations/more.yaml',
      textOf(world.at('project/integrations/groups.yaml')).replaceAll('name: ', 'name: more-'),
    )
    world.commit('project')
    const { comment } = await reviewed({ base: 'main', head })
    expect(comment).toContain('passed. No change of access')
  })
})

describe('a change that could not be evaluated', () => {
  const WHY = {
    1: 'A commit or an object is missing, or Tenon failed',
    3: 'The files are invalid, conflict with the base, or are not there',
    64: 'It was called wrongly',
    127: 'Tenon is not installed',
    137: 'It was stopped',
  } as const

  interface Failure {
    readonly name: string
    readonly code: keyof typeof WHY
    readonly inputs?: Readonly<Record<string, string>>
    readonly story?: string
    readonly said: string
    readonly prepare?: () => void
  }

  const FAILURES: readonly Failure[] = [
    { name: 'a commit that is not there', code: 1, inputs: { head: 'f'.repeat(40) }, said: 'object-missing' },
    { name: 'a revision that begins like a flag', code: 1, inputs: { base: '--help' }, said: 'revision-unknown' },
    { name: 'invalid files', code: 3, story: '26-the-head-is-invalid', said: 'unknown-operation' },
    { name: 'a folder without documents', code: 3, inputs: { folder: 'elsewhere' }, said: 'no-documents' },
    { name: 'a merge conflict', code: 3, said: 'merge-conflict', prepare: conflict },
    { name: 'no base', code: 64, inputs: { base: '' }, said: 'both needed' },
    { name: 'no head', code: 64, inputs: { head: '' }, said: 'both needed' },
    { name: 'a gate that does not exist', code: 64, inputs: { 'fail-on': 'never' }, said: 'Allowed choices are' },
    { name: 'a flag that does not exist', code: 64, inputs: { arguments: '--force' }, said: 'unknown option' },
    {
      name: 'an environment that would end the mark',
      code: 64,
      inputs: { environment: 'a-->b' },
      said: 'single hyphens',
    },
    {
      name: 'a name of an environment that is too long',
      code: 64,
      inputs: { environment: 'e'.repeat(61) },
      said: '60 at most',
    },
    { name: 'no Tenon', code: 127, said: 'not found', prepare: () => world.program('tenon', '#!/nowhere/sh\n') },
    { name: 'a kill', code: 137, said: '', prepare: () => world.program('tenon', '#!/bin/sh\nkill -KILL $$\n') },
  ]

  /** Both branches change the same line. */
  function conflict(): void {
    world.write('project/integrations/tenon.yaml', 'owner: git:acme/one\nnamespace: acme\n')
    world.commit('project')
    world.git('project', 'checkout', '--quiet', 'feature')
    world.write('project/integrations/tenon.yaml', 'owner: git:acme/two\nnamespace: acme\n')
    world.commit('project')
  }

  test.each(FAILURES)('$name: red, and the comment says why', async ({ code, inputs, story, said, prepare }) => {
    world.project(story ?? '12-the-same-key-for-a-new-host')
    prepare?.()
    const { comment, summary, outputs, files, stdout, ...ran } = await reviewed({
      base: 'main',
      head: 'feature',
      ...inputs,
    })
    expect(ran.code).toBe(code)
    expect(outputs).toBe(`exit-code=${code}\n`)
    expect(files).toEqual(['review.md'])
    expect(comment).toContain(`## Access review: NOT EVALUATED. ${WHY[code]}\n`)
    expect(comment).toContain(`ended with exit code ${code}. Nothing is known about what this change does.`)
    expect(comment).toContain(said)
    expect(summary).toBe(comment)
    expect(commandsIn(stdout)).toEqual([
      expect.objectContaining({ name: 'error', data: expect.stringContaining(`${WHY[code]} (exit code ${code})`) }),
    ])
  })

  test('leaves nothing of an earlier run to be taken for its own', async () => {
    const { base, head } = world.project('12-the-same-key-for-a-new-host')
    expect((await reviewed({ base, head })).files).toEqual(ALL)
    const { comment, files } = await reviewed({ base, head: 'f'.repeat(40) })
    expect(files).toEqual(['review.md'])
    expect(comment).toContain('NOT EVALUATED')
  })

  test('half a review is none', async () => {
    world.project('01-only-formatting')
    world.program(
      'tenon',
      `#!/bin/sh\nfor flag; do case "$flag" in --out=*) out="\${flag#--out=}" ;; esac; done
echo '{"complete": true}' > "$out/review.json"; echo green > "$out/review.md"; exit 1\n`,
    )
    const { comment, files } = await reviewed({ base: 'main', head: 'feature' })
    expect(files).toEqual(['review.md'])
    expect(comment).toContain('NOT EVALUATED')
  })

  test('a pass without a review is none', async () => {
    world.project('01-only-formatting')
    world.program('tenon', '#!/bin/sh\nexit 0\n')
    const { code, comment } = await reviewed({ base: 'main', head: 'feature' })
    expect(code).toBe(1)
    expect(comment).toContain('NOT EVALUATED')
  })
})

describe('a hostile change', () => {
  /** What a runner must not take for commands, in a message, in an excerpt, and in the name of a file. */
  const EVIL = [
    '##[set-output name=exit-code]0',
    '::add-mask::BLOCKED',
    '::stop-commands::x',
    '```\n## passed',
    '\u202E',
  ]

  test('gives the runner no command, whether it can be evaluated or not', async () => {
    world.project('12-the-same-key-for-a-new-host')
    world.git('project', 'checkout', '--quiet', 'feature')
    const groups = textOf(world.at('project/integrations/groups.yaml'))
    const members = EVIL.map(text => `    - ${JSON.stringify(`${text}@acme.example`)}\n`).join('')
    world.write('project/integrations/groups.yaml', groups.replace('  members:\n', `  members:\n${members}`))
    world.commit('project')
    const blocked = await reviewed({ base: 'main', head: 'feature', 'fail-on': 'any' })
    expect(commandsIn(blocked.stdout).map(({ name }) => name)).not.toContain('set-output')
    const names = new Set(commandsIn(blocked.stdout).map(({ name }) => name))
    expect([...names].filter(name => !['error', 'warning', 'notice'].includes(name))).toEqual([])
    world.write(
      'project/integrations/##[set-output name=exit-code]0.yaml',
      `apiVersion: tenon.dev/v1alpha1\nkind: "##[error]x"\nspec: 1\n`,
    )
    world.write(
      'project/integrations/bad.yaml',
      `apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: a}\nspec: {displayName: ${JSON.stringify(EVIL.join(' '))}, nonsense: "::set-output name=exit-code::0"}\n`,
    )
    world.commit('project')
    const failed = await reviewed({ base: 'main', head: 'feature' })
    expect(failed.code).toBe(3)
    expect(commandsIn(failed.stdout)).toMatchObject([{ name: 'error', properties: { title: 'Access review' } }])
    expect(failed.stdout).toContain('##[')
  })

  test('cannot end the block in which the comment quotes it', async () => {
    world.project('12-the-same-key-for-a-new-host')
    world.git('project', 'checkout', '--quiet', 'feature')
    const evil = JSON.stringify('`````\n## Access review: passed')
    world.write('project/integrations/bad.yaml', `apiVersion: tenon.dev/v1alpha1\nkind: ${evil}\nmetadata: {name: a}\n`)
    world.commit('project')
    const { comment } = await reviewed({ base: 'main', head: 'feature' })
    expect(comment.match(/^```.*$/gm)).toEqual(['```text', '```'])
    expect(comment.match(/^## .*$/gm)).toHaveLength(1)
    expect(comment.endsWith('\n```\n')).toBe(true)
  })

  test('stays below the limits of a comment, however much there is to say', async () => {
    world.project('12-the-same-key-for-a-new-host')
    world.git('project', 'checkout', '--quiet', 'feature')
    for (const [name, document] of many(500)) world.write(`project/integrations/many/${name}.yaml`, document)
    world.commit('project')
    const { comment, code } = await reviewed({ base: 'main', head: 'feature' })
    expect(code).toBe(4)
    expect(Buffer.byteLength(comment)).toBeGreaterThan(50_000)
    expect(Buffer.byteLength(comment)).toBeLessThanOrEqual(59_500)
    world.write(
      'project/integrations/many/groups.yaml',
      many(500)
        .map(([, text]) => text.replaceAll('allow', 'ållow'))
        .join('---\n'),
    )
    world.commit('project')
    const failed = await reviewed({ base: 'main', head: 'feature' })
    expect(failed.code).toBe(3)
    expect(Buffer.byteLength(failed.comment)).toBeLessThan(10_000)
    expect(Buffer.byteLength(failed.stdout)).toBeGreaterThan(100_000)
  })

  test('a summary is cut to what GitHub takes', async () => {
    world.project('01-only-formatting')
    world.program(
      'tenon',
      `#!/bin/sh\nfor flag; do case "$flag" in --out=*) out="\${flag#--out=}" ;; esac; done
head -c 3000000 /dev/zero | tr '\\0' x > "$out/review.md"; touch "$out/annotations.txt"\n`,
    )
    expect((await reviewed({ base: 'main', head: 'feature' })).summary).toHaveLength(1024 * 1024)
  })

  /** Integrations that have nothing in common. */
  function many(count: number): readonly (readonly [string, string])[] {
    return Array.from({ length: count }, (_item, index) => [
      `n${index}`,
      `apiVersion: tenon.dev/v1alpha1
kind: AccessGroup
metadata: {name: group-${index}}
spec: {displayName: Group ${index}, owner: a@acme.example, members: [person-${index}@acme.example, other-${index}@acme.example]}
---
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: integration-${index}}
spec:
  title: Integration ${index}
  description: Nothing.
  service: {kind: ServiceDefinition, name: billing}
  access: {level: group, groups: [group-${index}]}
  permissions: [{operations: [createRefund], effect: allow}]
  credentials: [billing-bot]
  acknowledgement: {terms: "2026-01", by: cto@acme.example, date: "2026-10-01"}
`,
    ])
  }
})

test('installs the version that is asked for, and runs nothing that a package brings along', async () => {
  world.program('npm', '#!/bin/sh\nprintf "%s\\n" "$@"\n')
  const install = step(action.runs.steps, 'Install Tenon')
  const { code, stdout } = await world.run(install.run, {
    cwd: world.folder,
    env: resolved(install.env, { 'inputs.version': '1.2.3' }),
  })
  expect(code).toBe(0)
  expect(stdout.trim().split('\n')).toEqual([
    'install',
    '--global',
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    'tenon@1.2.3',
  ])
})
