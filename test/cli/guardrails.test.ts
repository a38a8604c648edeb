import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { describe, expect, test } from 'vitest'
import { RULE_NAMES } from '../../src/review/guardrails/rule-table.ts'
import { write } from '../support/stories.ts'
import { EXAMPLES, PROJECT, temporaryFolder, tenon, type Ran } from '../support/tenon.ts'

const schemas = new Ajv2020({ strict: false, allErrors: true })
for (const name of ['validate', 'guardrails-test', 'guardrails-list']) {
  schemas.addSchema(JSON.parse(readFileSync(path.join(PROJECT, `schemas/${name}.schema.json`), 'utf8')))
}

function faults(name: string, output: string): unknown {
  const validate = schemas.getSchema(`https://tenon.dev/schemas/${name}.schema.json`)!
  return validate(JSON.parse(output)) ? [] : validate.errors
}

const RULE = `
apiVersion: tenon.dev/v1alpha1
kind: Guardrail
metadata: {name: asked}
spec:
  description: Whoever changes something is asked before.
  rule: require-confirmation
  parameters: {select: {writes: true}}
`

const GROUP =
  'apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: support}\nspec: {displayName: Support, members: [ana@acme.example]}\n'

const integration = (effect: string): string => `
apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: jira}
spec:
  title: Jira
  description: Jira.
  service: {kind: ClusterServiceDefinition, name: jira}
  endpoint: https://acme.example.net/rest/api/3
  access: {level: group, groups: [support]}
  permissions: [{operations: [createIssue], effect: ${effect}}]
`

/** Runs `guardrails test` in a folder with a rule and these cases. */
async function tried(cases: string, ...args: readonly string[]): Promise<Ran> {
  const cwd = temporaryFolder()
  write(cwd, 'rules/asked.yaml', RULE)
  write(cwd, 'group.yaml', GROUP)
  for (const effect of ['allow', 'confirm']) write(cwd, `${effect}.yaml`, integration(effect))
  write(cwd, 'some.guardrail-cases.yaml', cases)
  return await tenon(['guardrails', 'test', ...args], { cwd })
}

const CASES = (more: string): string => `guardrails: [rules/asked.yaml]\nshared: [group.yaml]\ncases:\n${more}`
const PASSES = '  - {name: asked, before: [confirm.yaml], after: [confirm.yaml], expect: {asked: holds}}\n'
const BREAKS =
  '  - {name: unasked, before: [confirm.yaml], after: [allow.yaml], expect: {asked: broken}, violations: {asked: [{contains: createIssue}]}}\n'

describe('guardrails test', () => {
  test('tries the example', async () => {
    const { code, stdout } = await tenon(['guardrails', 'test', 'guardrails'], { cwd: EXAMPLES })
    expect(code).toBe(0)
    expect(stdout).toContain('3 cases: all as expected.')
  })

  test('passes where everything is as expected', async () => {
    const { code, stdout, stderr } = await tried(CASES(PASSES + BREAKS))
    expect({ code, stdout, stderr }).toEqual({
      code: 0,
      stdout: 'some.guardrail-cases.yaml\n  pass asked\n  pass unasked\n\n2 cases: all as expected.\n',
      stderr: '',
    })
    const json = await tried(CASES(PASSES + BREAKS), '-o', 'json')
    expect(faults('guardrails-test', json.stdout)).toEqual([])
    expect(JSON.parse(json.stdout)).toMatchObject({ passed: true, summary: { files: 1, cases: 2, failed: 0 } })
  })

  test('says how a case differs, and what was really said, and exits with 4', async () => {
    const wrong =
      '  - {name: wrong, after: [allow.yaml], expect: {asked: holds}, violations: {asked: [{contains: deleteIssue}]}}\n'
    const { code, stdout } = await tried(CASES(PASSES + wrong))
    expect(code).toBe(4)
    expect(stdout).toBe(
      [
        'some.guardrail-cases.yaml',
        '  pass asked',
        '  FAIL wrong',
        '       asked is broken, and it is expected that it holds',
        '       no violation of asked says "deleteIssue"',
        '         asked: ana@acme.example can call 1 write without confirmation: createIssue on default/jira (ana@acme.example → POST /issue on default/jira: deny → allow)',
        '',
        '2 cases: 1 not as expected.',
        '',
      ].join('\n'),
    )
    const json = await tried(CASES(wrong), '-o', 'json')
    expect(json.code).toBe(4)
    expect(faults('guardrails-test', json.stdout)).toEqual([])
    expect(JSON.parse(json.stdout)).toMatchObject({ passed: false, summary: { failed: 1 } })
  })

  test('takes documents that are written out, and the day of a case', async () => {
    const rule = RULE.replace(
      'parameters: {select: {writes: true}}',
      'parameters: {select: {writes: true}}\n  waivers: [{id: A, owner: a@b.example, reason: x, expires: "2026-01-31", integrations: [jira]}]',
    )
    const cwd = temporaryFolder()
    const inline = integration('allow')
      .trim()
      .split('\n')
      .map((line, index) => `${index === 0 ? '      - ' : '        '}${line}`)
      .join('\n')
    write(cwd, 'asked.yaml', rule)
    write(cwd, 'group.yaml', GROUP)
    const one = (day: string, verdict: string): string =>
      `  - name: on ${day}\n    asOf: "${day}"\n    after:\n      - group.yaml\n${inline}\n    expect: {default/asked: ${verdict}}\n`
    write(
      cwd,
      'a.guardrail-cases.yaml',
      `guardrails: [asked.yaml]\ncases:\n${one('2026-01-31', 'holds')}${one('2026-02-01', 'broken')}`,
    )
    const { code, stdout, stderr } = await tenon(['guardrails', 'test', 'a.guardrail-cases.yaml'], { cwd })
    expect({ stdout, stderr, code }).toMatchObject({ code: 0, stderr: '' })
  })

  test.each([
    ['no cases anywhere', undefined, 'no-cases'],
    ['a field that there is not', CASES('  - {name: a, expect: {asked: holds}, nope: 1}\n'), 'unknown-field'],
    ['a verdict that there is not', CASES('  - {name: a, expect: {asked: fine}}\n'), 'invalid-value'],
    ['a guardrail that there is not', CASES('  - {name: a, expect: {askt: holds}}\n'), 'unknown-guardrail'],
    [
      'a file that there is not',
      CASES('  - {name: a, after: [none.yaml], expect: {asked: holds}}\n'),
      'file-not-found',
    ],
    ['a file outside of the folder', CASES('  - {name: a, after: [../x.yaml], expect: {asked: holds}}\n'), 'path-'],
    ['a document that is none', CASES('  - {name: a, after: [3], expect: {asked: holds}}\n'), 'invalid-type'],
    [
      'a document that is wrong',
      CASES(
        '  - {name: a, after: [{apiVersion: tenon.dev/v1alpha1, kind: AccessGroup, metadata: {name: x}, spec: {}}], expect: {asked: holds}}\n',
      ),
      'required-field',
    ],
    ['two documents in one file', `${CASES(PASSES)}---\n${CASES(PASSES)}`, 'cases-documents'],
    ['an empty file', '', 'cases-empty'],
    ['what is no YAML', 'a: [', 'yaml-syntax'],
  ])('is invalid input with %s', async (_name, cases, code) => {
    const ran =
      cases === undefined
        ? await tenon(['guardrails', 'test', '-o', 'json'], { cwd: temporaryFolder() })
        : await tried(cases, '-o', 'json')
    expect(ran.code).toBe(3)
    expect(ran.stderr).toContain(code)
    expect(faults('guardrails-test', ran.stdout)).toEqual([])
    expect(JSON.parse(ran.stdout)).toMatchObject({ passed: false })
  })

  test('is invalid input with a guardrail that is wrong in itself, by name of the case and line', async () => {
    const cwd = temporaryFolder()
    write(cwd, 'rule.yaml', RULE.replace('require-confirmation', 'at-most'))
    write(cwd, 'a.guardrail-cases.yaml', 'guardrails: [rule.yaml]\ncases: [{name: a, expect: {asked: holds}}]\n')
    const { code, stderr } = await tenon(['guardrails', 'test'], { cwd })
    expect(code).toBe(3)
    expect(stderr).toContain('rule.yaml:7:9 error missing-parameter')
  })

  test('needs a path that is there, and knows its actions', async () => {
    const cwd = temporaryFolder()
    const missing = await tenon(['guardrails', 'test', 'nowhere', '-o', 'json'], { cwd })
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringContaining('"nowhere" does not exist') })
    expect(faults('guardrails-test', missing.stdout)).toEqual([])
    expect(await tenon(['guardrails', 'try'], { cwd })).toMatchObject({ code: 64 })
    expect(await tenon(['guardrails', 'list', 'x'], { cwd })).toMatchObject({ code: 64 })
    expect(await tenon(['guardrails', 'test', '-o', 'markdown'], { cwd })).toMatchObject({ code: 64 })
  })
})

test('files of cases are no documents of a source', async () => {
  const cwd = temporaryFolder()
  write(cwd, 'a/group.yaml', GROUP)
  write(cwd, 'a/a.guardrail-cases.yaml', `# tenon.dev/\n${CASES(PASSES)}`)
  expect(await tenon(['validate', '-f', 'a', '--strict'], { cwd })).toMatchObject({
    code: 0,
    stdout: 'Valid: 1 document.\n',
  })
})

test('a name in a guardrail that is not there is a warning, for validate as for review', async () => {
  const cwd = temporaryFolder()
  write(cwd, 'a/group.yaml', GROUP)
  write(cwd, 'a/jira.yaml', integration('confirm'))
  write(cwd, 'a/rule.yaml', RULE.replace('{writes: true}', '{operations: [createIsue]}'))
  const said = 'rule.yaml:8:38 warning guardrail-names-nothing: no service that this can be about has an operation'
  const cure = 'Did you mean "createIssue"?'
  const validated = await tenon(['validate', '-f', 'a'], { cwd })
  expect(validated).toMatchObject({ code: 0, stderr: expect.stringContaining(said) })
  expect(validated.stderr).toContain(cure)
  const reviewed = await tenon(['review', '--base', './a', '--head', './a'], { cwd })
  expect(reviewed).toMatchObject({ code: 0, stderr: expect.stringContaining(said) })
  // Where the group is missing, what is wrong is that.
  write(cwd, 'a/group.yaml', '')
  const { code, stderr } = await tenon(['validate', '-f', 'a'], { cwd })
  expect(code).not.toBe(0)
  expect(stderr).not.toContain('guardrail-names-nothing')
})

describe('guardrails list', () => {
  test('shows every rule with its parameters', async () => {
    const { code, stdout } = await tenon(['guardrails', 'list'], { cwd: temporaryFolder() })
    expect(code).toBe(0)
    for (const name of RULE_NAMES) expect(stdout).toContain(`${name}\n  `)
    expect(stdout).toContain('needs days, groups or holdingIdpGroups')
    for (const field of ['who.idpGroups', 'select.tags', 'one.integrations', 'other.select', 'ceiling[].effect']) {
      expect(stdout).toContain(`\n  ${field}  `)
    }
  })

  test('has its published shape', async () => {
    const { stdout } = await tenon(['guardrails', 'list', '-o', 'json'], { cwd: temporaryFolder() })
    expect(faults('guardrails-list', stdout)).toEqual([])
    expect(JSON.parse(stdout).rules.map((rule: { name: string }) => rule.name)).toEqual(RULE_NAMES)
  })

  test('is what the README beside the example says', async () => {
    const { stdout } = await tenon(['guardrails', 'list', '-o', 'markdown'], { cwd: temporaryFolder() })
    const readme = readFileSync(path.join(EXAMPLES, 'guardrails/README.md'), 'utf8')
    expect(readme).toContain(`<!-- guardrails list -->\n${stdout}<!-- end of guardrails list -->`)
  })
})
