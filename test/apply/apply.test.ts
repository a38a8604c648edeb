import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { describe, expect, inject, test } from 'vitest'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { newDatabase, writeKey } from '../store/worlds.ts'
import { CONFIG, consumer, credential, documents, group, integration, write } from '../support/stories.ts'
import { PROJECT, temporaryFolder, tenon, tenonProcess, type Ran, type RunOptions } from '../support/tenon.ts'

const SUPPORT = group('support', ['ana@acme.example', 'ben@acme.example'])

/** A folder with a source of one group and one integration. */
function source(text = documents(SUPPORT, integration('jira'))): RunOptions {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', CONFIG)
  write(cwd, 'src/all.yaml', text)
  return { cwd }
}

function json({ stdout }: Ran): Record<string, never> {
  return JSON.parse(stdout)
}

const APPLY = ['apply', '-f', 'src', '--yes', '-o', 'json']
const PLAN = ['plan', '-f', 'src', '-o', 'json']

describe('apply', () => {
  test('does what the plan said, then nothing', async () => {
    const options = source()
    const planned = json(await tenon(PLAN, options))
    const applied = json(await tenon(APPLY, options))
    expect({ ...applied, applied: undefined, revision: undefined }).toEqual({
      ...planned,
      applied: undefined,
      revision: undefined,
    })
    expect(applied).toMatchObject({ applied: true, revision: 1, summary: { create: 2, unchanged: 0 } })
    expect(json(await tenon(APPLY, options))).toMatchObject({
      applied: false,
      revision: 1,
      summary: { create: 0, unchanged: 2 },
    })
  })

  test('writes nothing for a plan: not even a store', async () => {
    const options = source()
    await tenon(PLAN, options)
    expect(existsSync(path.join(options.cwd, '.tenon/store.db'))).toBe(false)
  })

  test('asks on a terminal, and takes only "yes" for a yes', async () => {
    const options = source()
    const asked = ['apply', '-f', 'src']
    for (const answer of ['', 'y', 'no', 'YES']) {
      expect((await tenon(asked, { ...options, answer })).stderr).toContain('Nothing was applied.')
    }
    expect((await tenon(asked, { ...options, answer: 'yes\n' })).stdout).toContain(
      'Applied: 2 changes, now at revision 1.',
    )
  })

  test('needs --yes where there is nobody to ask', async () => {
    const { code, stderr } = await tenon(['apply', '-f', 'src'], source())
    expect({ code, stderr }).toEqual({ code: 64, stderr: expect.stringContaining('pass --yes') })
  })

  test('is in the audit log with its author, commit and fields, and the log holds', async () => {
    const options = source()
    await tenon([...APPLY, '--actor', 'ci', '--commit', 'abc123'], options)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, integration('jira', 'confirm')))
    await tenon([...APPLY, '--actor', 'ci', '--commit', 'def456'], options)
    const { stdout } = await tenon(['audit', '-o', 'json'], options)
    expect(stdout).toContain('def456')
    expect(stdout).toContain('/spec/permissions/0/effect')
    expect((await tenon(['audit', 'verify'], options)).code).toBe(0)
  })

  test('deletes nothing without --prune, and exactly what the plan showed with it', async () => {
    const four = documents(SUPPORT, ...['a', 'b', 'c', 'd'].map(name => integration(name)))
    const options = source(four)
    await tenon(APPLY, options)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, ...['a', 'b', 'c'].map(name => integration(name))))
    expect(json(await tenon(APPLY, options))).toMatchObject({ applied: false, summary: { delete: 0, withheld: 1 } })
    expect(json(await tenon([...APPLY, '--prune'], options))).toMatchObject({
      applied: true,
      summary: { delete: 1, withheld: 0 },
    })
    expect(json(await tenon(APPLY, options))).toMatchObject({ summary: { unchanged: 4, withheld: 0 } })
  })

  test('replaces under the name it was given, and only then', async () => {
    const options = source()
    await tenon(APPLY, options)
    write(
      options.cwd,
      'src/all.yaml',
      documents(
        SUPPORT,
        integration('jira').replace('{level: group, groups: [support]}', '{level: company, companies: [acme.example]}'),
      ),
    )
    expect((await tenon(APPLY, options)).code).toBe(4)
    const replaced = await tenon([...APPLY, '--replace', 'integration/acme/jira'], options)
    expect(json(replaced)).toMatchObject({ applied: true, summary: { replace: 1 } })
    const { stdout } = await tenon(['can', 'zoe@acme.example', 'getIssue', 'acme/jira', '-o', 'json'], options)
    expect(JSON.parse(stdout)).toMatchObject({ effect: 'allow' })
  })

  test('of a second source leaves the first alone, and refuses to take what is its', async () => {
    const options = source()
    await tenon(APPLY, options)
    write(options.cwd, 'other/tenon.yaml', 'owner: git:other\nnamespace: acme\n')
    write(
      options.cwd,
      'other/all.yaml',
      documents(group('sales', ['sam@acme.example']), consumer('helpdesk', ['jira'])),
    )
    const other = ['apply', '-f', 'other', '--yes', '-o', 'json']
    expect(json(await tenon(other, options))).toMatchObject({
      applied: true,
      summary: { create: 2, delete: 0, withheld: 0 },
    })
    write(options.cwd, 'other/all.yaml', documents(SUPPORT, group('sales', ['sam@acme.example'])))
    const taken = await tenon(other, options)
    expect(taken.code).toBe(5)
    expect(json(taken)).toMatchObject({ applied: false, refusals: [{ rule: 'owned-by-another' }] })
    const adopted = await tenon([...other, '--adopt', 'accessGroup/acme/support'], options)
    expect(json(adopted)).toMatchObject({ applied: true, summary: { update: 1 } })
  })

  test('may not delete what a consumer of another owner uses', async () => {
    const options = source(documents(SUPPORT, ...['a', 'b', 'c', 'd'].map(name => integration(name))))
    await tenon(APPLY, options)
    write(options.cwd, 'other/all.yaml', consumer('helpdesk', ['d']))
    await tenon(['apply', '-f', 'other', '--owner', 'git:other', '--default-namespace', 'acme', '--yes'], options)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, ...['a', 'b', 'c'].map(name => integration(name))))
    const refused = await tenon([...APPLY, '--prune'], options)
    expect(refused.code).toBe(4)
    expect(json(refused)).toMatchObject({
      refusals: [{ rule: 'in-use', addresses: ['integration/acme/d', 'consumer/acme/helpdesk'] }],
    })
    expect((await tenon([...APPLY, '--prune', '--force', 'in-use'], options)).code).toBe(0)
  })
})

test('a second default credential is refused, also against another owner', async () => {
  const identity = await generateX25519Identity()
  const values = { username: new Secret('bot'), password: new Secret('x') }
  const recipients = [await identityToRecipient(identity)]
  const selection = { rule: 'encrypted_regex', text: '.*' } as const
  const sops = await encryptYaml([values], { recipients, selection, lastModified: new Date('2026-10-01T00:00:00Z') })
  const options = { ...source(), env: { SOPS_AGE_KEY: identity } }
  for (const [folder, name] of [
    ['src', 'first'],
    ['other', 'second'],
  ] as const) {
    write(options.cwd, `${folder}/bot.yaml`, credential(name, '  file: bot.sops.yaml\n', '  isDefault: true\n'))
    write(options.cwd, `${folder}/bot.sops.yaml`, sops)
  }
  expect((await tenon(APPLY, options)).code).toBe(0)
  const other = ['apply', '-f', 'other', '--owner', 'git:other', '--default-namespace', 'acme', '--yes', '-o', 'json']
  const refused = await tenon(other, options)
  expect(refused.code).toBe(4)
  expect(json(refused)).toMatchObject({
    refusals: [{ rule: 'default-taken', addresses: ['credential/acme/second', 'credential/acme/first'] }],
  })
})

describe('limits of the guards', () => {
  test('that tenon.yaml loosens count only after an apply that recorded them', async () => {
    const names = ['a', 'b', 'c', 'd']
    const options = source(documents(SUPPORT, ...names.map(name => integration(name))))
    await tenon(APPLY, options)
    write(options.cwd, 'src/tenon.yaml', `${CONFIG}guards: {maxDeletePercent: 100}\n`)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, integration('a')))
    expect((await tenon([...APPLY, '--prune'], options)).code).toBe(4)
    expect((await tenon(APPLY, options)).code).toBe(0)
    expect((await tenon([...APPLY, '--prune'], options)).code).toBe(0)
  })

  test('that tenon.yaml tightens count at once, and a flag wins', async () => {
    const names = ['a', 'b', 'c', 'd']
    const options = source(documents(SUPPORT, ...names.map(name => integration(name))))
    await tenon(APPLY, options)
    write(options.cwd, 'src/tenon.yaml', `${CONFIG}guards: {maxDeletes: 0}\n`)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, ...names.slice(1).map(name => integration(name))))
    expect((await tenon([...PLAN, '--prune'], options)).code).toBe(4)
    expect((await tenon([...PLAN, '--prune', '--max-deletes', '1'], options)).code).toBe(0)
  })
})

describe('a saved plan', () => {
  test('is applied as it was approved, without asking again', async () => {
    const options = source()
    await tenon([...PLAN, '--out', 'plan.json'], options)
    expect(json(await tenon(['apply', 'plan.json', '-f', 'src', '-o', 'json'], options))).toMatchObject({
      applied: true,
      revision: 1,
    })
  })

  test.each<{ name: string; change: (options: RunOptions) => Promise<unknown> }>([
    {
      name: 'the files changed',
      change: options =>
        Promise.resolve(write(options.cwd, 'src/all.yaml', documents(SUPPORT, integration('jira', 'confirm')))),
    },
    { name: 'the same source was applied meanwhile', change: options => tenon(APPLY, options) },
  ])('writes nothing when $name: exit 5', async ({ change }) => {
    const options = source()
    await tenon([...PLAN, '--out', 'plan.json'], options)
    await change(options)
    const revision = json(await tenon(PLAN, options))['storeRevision']
    const stale = await tenon(['apply', 'plan.json', '-f', 'src', '-o', 'json'], options)
    expect(stale.code).toBe(5)
    expect(json(stale)).toMatchObject({ applied: false })
    expect(json(await tenon(PLAN, options))['storeRevision']).toBe(revision)
  })

  test('made without --prune never deletes, and a flag against it is refused', async () => {
    const options = source(documents(SUPPORT, integration('a'), integration('b')))
    await tenon(APPLY, options)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, integration('a')))
    await tenon([...PLAN, '--out', 'plan.json'], options)
    expect((await tenon(['apply', 'plan.json', '-f', 'src', '--prune'], options)).code).toBe(64)
    expect(json(await tenon(['apply', 'plan.json', '-f', 'src', '-o', 'json'], options))).toMatchObject({
      applied: false,
      summary: { delete: 0, withheld: 1 },
    })
  })

  test('shapes the plan and nothing else: neither store, key nor author come from the file', async () => {
    const options = source()
    await tenon([...PLAN, '--out', 'plan.json'], options)
    const file = path.join(options.cwd, 'plan.json')
    const plan = JSON.parse(readFileSync(file, 'utf8'))
    writeFileSync(
      file,
      JSON.stringify({ ...plan, flags: { ...plan.flags, store: 'evil', actor: 'cto', owner: 'git:evil' } }),
    )
    expect((await tenon(['apply', 'plan.json', '-f', 'src'], options)).code).toBe(0)
    expect(existsSync(path.join(options.cwd, 'evil'))).toBe(false)
    expect((await tenon(['audit', '-o', 'json'], options)).stdout).not.toContain('"cto"')
    writeFileSync(file, JSON.stringify({ ...plan, flags: { ...plan.flags, namespace: 7 } }))
    expect((await tenon(['apply', 'plan.json', '-f', 'src'], options)).code).toBe(1)
  })

  test('that was not verified is refused', async () => {
    const options = source()
    await tenon([...PLAN, '--out', 'plan.json'], options)
    const file = path.join(options.cwd, 'plan.json')
    writeFileSync(file, readFileSync(file, 'utf8').replace('"verified": true', '"verified": false'))
    expect((await tenon(['apply', 'plan.json', '-f', 'src'], options)).code).toBe(4)
  })

  test('that is none is refused by name', async () => {
    const options = source()
    write(options.cwd, 'plan.json', '{"formatVersion": 99}')
    const { code, stderr } = await tenon(['apply', 'plan.json', '-f', 'src'], options)
    expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('plan-unreadable') })
  })
})

describe('a closed pipe', () => {
  test('stops the output, not the apply', async () => {
    const options = source()
    const main = path.join(PROJECT, 'src/main.ts')
    execFileSync(
      'bash',
      ['-c', `"${process.execPath}" "${main}" apply -f src --yes | true; exit "\${PIPESTATUS[0]}"`],
      { cwd: options.cwd, env: { PATH: process.env['PATH'], HOME: options.cwd }, stdio: 'ignore' },
    )
    expect(json(await tenon(PLAN, options))).toMatchObject({ storeRevision: 1, summary: { unchanged: 2 } })
  })
})

describe('two at once', () => {
  test('on one source: one commits, the other exits 5 and names the revision, or finds nothing to do', async () => {
    const options = source()
    const both = await Promise.all([tenonProcess(APPLY, options), tenonProcess(APPLY, options)])
    const outcomes = both.map(ran => (ran.code === 5 ? 'stale' : json(ran)['applied'] ? 'applied' : 'nothing'))
    expect(outcomes.filter(outcome => outcome === 'applied')).toHaveLength(1)
    for (const { code, stderr } of both) if (code === 5) expect(stderr).toContain('revision 1')
    expect(json(await tenon(PLAN, options))).toMatchObject({ storeRevision: 1, summary: { unchanged: 2 } })
  })

  test('on two sources: both are applied', async () => {
    const options = source()
    write(options.cwd, 'other/tenon.yaml', 'owner: git:other\nnamespace: acme\n')
    write(options.cwd, 'other/all.yaml', group('sales', ['sam@acme.example']))
    const both = await Promise.all([
      tenonProcess(APPLY, options),
      tenonProcess(['apply', '-f', 'other', '--yes', '-o', 'json'], options),
    ])
    expect(both.map(ran => json(ran)['applied'])).toEqual([true, true])
    expect((await tenon(['audit', 'verify'], options)).code).toBe(0)
  })
})

describe('a narrower plan', () => {
  test('of one namespace touches no other', async () => {
    const options = source(
      documents(
        SUPPORT,
        integration('jira'),
        group('support', ['zoe@other.example']).replace('{name: support}', '{name: support, namespace: other}'),
      ),
    )
    expect(json(await tenon([...APPLY, '--namespace', 'other'], options))).toMatchObject({ summary: { create: 1 } })
    expect(json(await tenon(APPLY, options))).toMatchObject({ summary: { create: 2, unchanged: 1 } })
  })
})

describe('what a selector leaves out', () => {
  test('counts as the store has it when a plan says how access changes', async () => {
    const options = source(SUPPORT)
    await tenon(APPLY, options)
    // The document of the group says something else by now, and is not selected.
    write(
      options.cwd,
      'src/all.yaml',
      documents(
        group('support', ['zoe@acme.example']),
        integration('jira').replace('{name: jira}', '{name: jira, labels: {x: "1"}}'),
      ),
    )
    const selected = await tenon([...APPLY, '--selector', 'x=1'], options)
    expect(json(selected)).toMatchObject({
      applied: true,
      access: [{ who: 'group support', people: 2, before: 'deny', after: 'allow' }],
    })
    for (const [person, effect] of [
      ['ana', 'allow'],
      ['zoe', 'deny'],
    ]) {
      const { stdout } = await tenon(['can', `${person}@acme.example`, 'getIssue', 'acme/jira', '-o', 'json'], options)
      expect(JSON.parse(stdout)).toMatchObject({ effect })
    }
  })
})

describe('-o json', () => {
  test('is complete when the world fails', async () => {
    const options = source()
    const unreachable = await tenon(
      [...APPLY, '--store', 'postgres://tenon:hunter2@127.0.0.1:9/none', '--key-file', 'key'],
      options,
    )
    expect(unreachable.code).toBe(1)
    expect(json(unreachable)).toMatchObject({
      applied: false,
      errors: [{ code: expect.stringMatching(/^(key|store)-/) }],
    })
    expect(unreachable.stdout + unreachable.stderr).not.toContain('hunter2')
  })

  test('goes with the exit code for changes', async () => {
    const options = source()
    const planned = await tenon([...PLAN, '--detailed-exitcode'], options)
    expect({ code: planned.code, summary: json(planned)['summary'] }).toMatchObject({ code: 2, summary: { create: 2 } })
    await tenon(APPLY, options)
    expect((await tenon([...PLAN, '--detailed-exitcode'], options)).code).toBe(0)
  })

  test('is complete for wrong usage, too', async () => {
    const wrong = await tenon(['apply', '-f', 'src', '-o', 'json'], source())
    expect({ code: wrong.code, json: json(wrong) }).toMatchObject({
      code: 64,
      json: { applied: false, errors: [{ code: 'usage' }] },
    })
  })

  test('and yaml say the same', async () => {
    const options = source()
    const { stdout } = await tenon(['plan', '-f', 'src', '-o', 'yaml'], options)
    const { parse } = await import('yaml')
    expect(parse(stdout)).toEqual(json(await tenon(PLAN, options)))
  })
})

describe('flags', () => {
  test('have variables, which a flag on the command line overrules', async () => {
    const options = source()
    const env = {
      TENON_FILE: 'src',
      TENON_OUTPUT: 'json',
      TENON_OWNER: 'git:from-env',
      TENON_DETAILED_EXITCODE: 'true',
    }
    const byVariables = await tenon(['plan'], { ...options, env })
    expect(byVariables.code).toBe(2)
    expect(json(byVariables)).toMatchObject({ owner: 'git:from-env' })
    expect(json(await tenon(['plan', '--owner', 'git:flag'], { ...options, env }))).toMatchObject({ owner: 'git:flag' })
  })

  test('that are switches are off for 0, false, no and nothing', async () => {
    const options = source()
    for (const off of ['0', 'false', 'no', '']) {
      expect((await tenon(PLAN, { ...options, env: { TENON_DETAILED_EXITCODE: off } })).code).toBe(0)
    }
    expect((await tenon(PLAN, { ...options, env: { TENON_DETAILED_EXITCODE: 'perhaps' } })).code).toBe(64)
  })

  test.each([
    { args: ['plna'], says: 'Did you mean plan?' },
    { args: ['plan', '--prun'], says: 'Did you mean --prune?' },
    { args: ['plan', '-o', 'xml'], says: 'Allowed choices are' },
    { args: ['plan', '-f', 'src', '--prune'], says: 'pass --owner', config: 'namespace: acme\n' },
    { args: ['plan', '-f', 'src', '--replace', 'jira'], says: 'takes an address such as' },
    { args: ['plan', '-f', 'src', '--selector', 'a b'], says: 'cannot read "a b"' },
    { args: ['plan', '-f', 'src', '--owner', 'a b'], says: 'is not an owner' },
    { args: ['plan', '-f', 'src', '--max-deletes', 'few'], says: 'takes a whole number' },
    { args: ['plan', 'extra'], says: 'too many arguments' },
  ])('wrong usage is exit 64: tenon $args', async ({ args, says, config }) => {
    const options = source()
    if (config !== undefined) write(options.cwd, 'src/tenon.yaml', config)
    const { code, stderr, stdout } = await tenon(args, options)
    expect({ code, stdout }).toEqual({ code: 64, stdout: '' })
    expect(stderr).toContain(says)
  })

  test('--log-level info writes JSON lines to standard error, and the result stays alone on standard output', async () => {
    const { stdout, stderr } = await tenon([...APPLY, '--log-level', 'info'], source())
    expect(JSON.parse(stdout)).toMatchObject({ applied: true })
    const lines = stderr
      .split('\n')
      .filter(line => line.startsWith('{'))
      .map(line => JSON.parse(line))
    expect(lines).toMatchObject([
      { msg: 'planned', create: 2 },
      { msg: 'applied', revision: 1 },
    ])
  })

  test('--no-color and NO_COLOR keep a terminal free of colours', async () => {
    const options = { ...source(), terminal: true }
    // oxlint-disable-next-line no-control-regex -- colours are control characters
    const coloured = /\u001B\[/
    expect((await tenon(['plan', '-f', 'src'], options)).stdout).toMatch(coloured)
    expect((await tenon(['plan', '-f', 'src', '--no-color'], options)).stdout).not.toMatch(coloured)
    expect((await tenon(['plan', '-f', 'src'], { ...options, env: { NO_COLOR: '1' } })).stdout).not.toMatch(coloured)
  })
})

const postgres = inject('postgres')

describe.skipIf(postgres === '')('on PostgreSQL', () => {
  test('the same story: plan, apply, again, ask, prune, audit', async () => {
    const options = source(documents(SUPPORT, ...['a', 'b', 'c', 'd'].map(name => integration(name))))
    const key = path.join(options.cwd, 'tenon.key')
    writeKey(key, 'k1')
    const env = { TENON_STORE: await newDatabase(), TENON_KEY_FILE: key }
    const there = { ...options, env }
    expect(json(await tenon(PLAN, there))).toMatchObject({ summary: { create: 5 } })
    expect(json(await tenon(APPLY, there))).toMatchObject({ applied: true, revision: 1 })
    expect(json(await tenon(APPLY, there))).toMatchObject({ applied: false, revision: 1 })
    expect((await tenon(['can', 'ana@acme.example', 'getIssue', 'acme/a', '-o', 'json'], there)).stdout).toContain(
      '"allow"',
    )
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, ...['a', 'b', 'c'].map(name => integration(name))))
    expect(json(await tenon([...APPLY, '--prune'], there))).toMatchObject({ applied: true, summary: { delete: 1 } })
    expect((await tenon(['audit', 'verify'], there)).code).toBe(0)
    expect(readFileSync(key, 'utf8')).toContain('k1')
  })
})
