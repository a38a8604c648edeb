/** Groups that end: who can do what on which day, and what is said of it. The clock of these runs stands at 2026-11-01. */
import { describe, expect, test } from 'vitest'
import { documents, group, integration, write } from '../support/stories.ts'
import { temporaryFolder, tenon, type RunOptions } from '../support/tenon.ts'
import { json, type Json } from './world.ts'

const CONFIG = 'owner: git:acme/tests\nnamespace: acme\n'

function folder(...texts: readonly string[]): RunOptions {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', CONFIG)
  write(cwd, 'src/all.yaml', documents(...texts))
  return { cwd }
}

function until(expires: string, text: string): string {
  return text.replace('spec: {', `spec: {expires: "${expires}", `)
}

function nesting(text: string, ...groups: readonly string[]): string {
  return text.replace('spec: {', `spec: {groups: [${groups.join(', ')}], `)
}

const SUPPORT = nesting(group('support', ['ana@acme.example']), 'night')
const NIGHT = group('night', ['ben@acme.example'])
const JIRA = integration('jira')

describe('can and who-can', () => {
  test.each([
    { name: 'today', flags: [], effect: 'deny' },
    { name: 'on the last day', flags: ['--as-of', '2026-10-31'], effect: 'allow' },
    { name: 'on the day after it', flags: ['--as-of', '2026-11-01'], effect: 'deny' },
  ])('answer for a member of a nested group that counted until yesterday: $name', async ({ flags, effect }) => {
    const options = folder(SUPPORT, until('2026-10-31', NIGHT), JIRA)
    const asked = ['-f', 'src', ...flags]
    const can = await json(['can', 'ben@acme.example', 'getIssue', 'acme/jira', ...asked], options)
    expect(can.json['effect']).toBe(effect)
    const who = await json(['who-can', 'getIssue', 'acme/jira', ...asked], options)
    expect(who.json['people'].map((found: Json) => found['person'])).toEqual(
      effect === 'allow' ? ['ana@acme.example', 'ben@acme.example'] : ['ana@acme.example'],
    )
  })

  test('answer from a store by the day that is asked for, whatever was applied', async () => {
    const options = folder(SUPPORT, until('2026-11-30', NIGHT), JIRA)
    expect((await tenon(['apply', '-f', 'src', '--yes'], options)).code).toBe(0)
    const effects = await Promise.all(
      [[], ['--as-of', '2026-12-01']].map(flags =>
        json(['can', 'ben@acme.example', 'getIssue', 'acme/jira', ...flags], options),
      ),
    )
    expect(effects.map(({ json: { effect } }) => effect as unknown)).toEqual(['allow', 'deny'])
  })

  test('say until when the group counts', async () => {
    const options = folder(SUPPORT, until('2026-10-31', NIGHT), JIRA)
    const { json: answer } = await json(['can', 'ben@acme.example', 'getIssue', 'acme/jira', '-f', 'src'], options)
    expect(answer['reasons'][0]).toMatchObject({
      kind: 'no-access',
      ended: [{ name: 'night', until: '2026-10-31' }],
      message:
        'ben@acme.example has no access to integration acme/jira (src/all.yaml:11), which is for group support; group night counts until 2026-10-31',
    })
  })

  test.each(['2026-02-30', 'tomorrow', '2026-1-1', '2026-11-01T00:00:00Z', ''])('take no other day: %j', async day => {
    const options = folder(SUPPORT, NIGHT, JIRA)
    const asked = ['getIssue', 'acme/jira', '-f', 'src', '--as-of', day]
    for (const args of [
      ['can', 'ben@acme.example', ...asked],
      ['who-can', ...asked],
    ]) {
      const { code, stderr } = await tenon(args, options)
      expect({ code, says: stderr.split('\n')[0] }).toEqual({
        code: 64,
        says: `error: --as-of takes a day such as 2026-11-01, not "${day}"`,
      })
    }
  })
})

describe('validate', () => {
  test.each<{ name: string; texts: readonly string[]; says: readonly string[] }>([
    {
      name: 'warns of a group that has access and has expired',
      texts: [until('2026-10-31', SUPPORT), NIGHT, JIRA, integration('jira-2')],
      says: [
        '4 access group "support" expired on 2026-10-31, so nobody is in it, although it has access to integration "jira" and 1 more',
      ],
    },
    {
      name: 'warns of one inside a group that has access',
      texts: [SUPPORT, until('2026-10-31', NIGHT), JIRA],
      says: [
        '9 access group "night" expired on 2026-10-31, so nobody is in it, although it has access to integration "jira"',
      ],
    },
    { name: 'says nothing on the last day', texts: [SUPPORT, until('2026-11-01', NIGHT), JIRA], says: [] },
    {
      name: 'says nothing of a group that has no access',
      texts: [SUPPORT, NIGHT, until('2026-10-31', group('sales', ['sam@acme.example'])), JIRA],
      says: [],
    },
  ])('$name', async ({ texts, says }) => {
    const { json: answer, code } = await json(['validate', '-f', 'src'], folder(...texts))
    expect(code).toBe(0)
    expect(answer['diagnostics'].map((found: Json) => `${found['line']} ${found['message']}`)).toEqual(says)
    for (const { code: said } of answer['diagnostics'] as Json[]) expect(said).toBe('group-expired')
  })
})

describe('plan', () => {
  test('shows nobody gaining through a group that has expired', async () => {
    const options = folder(SUPPORT, until('2026-10-31', NIGHT), JIRA)
    expect((await tenon(['apply', '-f', 'src', '--yes'], options)).code).toBe(0)
    const more = until('2026-10-31', group('night', ['ben@acme.example', 'cyd@acme.example']))
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, more, JIRA))
    const { stdout } = await tenon(['plan', '-f', 'src', '-o', 'json'], options)
    expect(JSON.parse(stdout)).toMatchObject({ summary: { update: 1 }, access: [] })
  })

  test('shows who gains when the day is moved', async () => {
    const options = folder(SUPPORT, until('2026-10-31', NIGHT), JIRA)
    expect((await tenon(['apply', '-f', 'src', '--yes'], options)).code).toBe(0)
    write(options.cwd, 'src/all.yaml', documents(SUPPORT, until('2026-11-30', NIGHT), JIRA))
    const { stdout } = await tenon(['plan', '-f', 'src', '-o', 'json'], options)
    expect(JSON.parse(stdout)).toMatchObject({ access: [{ who: 'ben@acme.example', before: 'deny', after: 'allow' }] })
  })
})
