import { beforeAll, describe, expect, test } from 'vitest'
import type { Judgement } from '../../../src/model/judgement.ts'
import type { GuardrailSpec } from '../../../src/model/manifest.gen.ts'
import { checkGuardrail } from '../../../src/review/guardrails/check.ts'
import { ask } from '../../../src/review/guardrails/expressions/ask.ts'
import type { Question } from '../../../src/review/guardrails/expressions/evaluate.ts'
import type { Resource } from '../../../src/model/state.ts'
import { group, integration, judged, guardrail, judgement } from './change.ts'

const validation = (expression: string): Pick<GuardrailSpec, 'validations'> => ({ validations: [{ expression }] })

const STAFF = group('staff', ['ana@acme.example', 'ben@acme.example'])
const billing = (effect: 'allow' | 'confirm', name = 'billing'): Resource =>
  integration(
    name,
    {
      access: { level: 'group', groups: ['staff'] },
      permissions: [{ methods: ['post'], effect }],
      dataClasses: ['money'],
    },
    { team: 'finance' },
  )
const UNGUARDED = { before: [STAFF, billing('confirm')], after: [STAFF, billing('allow')] }

describe('an expression is refused at load', () => {
  test.each([
    ['an unknown field', 'finding.nope == 1', 'No such key: nope'],
    ['an unknown field of an object', 'finding.principal.nope == 1', 'No such key: nope'],
    ['an unknown field in a macro', 'finding.causes.exists(c, c.nope == 1)', 'No such key: nope'],
    ['an unknown field within has', 'has(finding.nope)', 'No such key: nope'],
    ['an unknown field within has, in a macro', 'finding.causes.all(c, has(c.nope))', 'No such key: nope'],
    ['an unknown variable', 'user.name == "x"', 'Unknown variable: user'],
    ['types that do not fit', 'finding.principal.size > "10"', 'no such overload: int > string'],
    ['a text that is no condition', 'finding.summary', 'is of type string, and has to be bool'],
    ['a number that is no condition', 'finding.operations.count', 'is of type int'],
    ['half an expression', 'finding.kind ==', 'Unexpected token: EOF'],
    ['a way out of the types', 'dyn(finding).nope == 1', 'dyn() cannot be used here'],
    ['bytes', 'size(bytes(finding.summary)) > 0', 'bytes() cannot be used here'],
    ['names for values, which variables are for', 'cel.bind(x, 1, x == 1)', 'bind() cannot be used here'],
    [
      'macros nested too deep',
      'finding.integrations.all(a, finding.integrations.all(b, finding.integrations.all(c, a == c)))',
      'all() is nested more than 2 deep',
    ],
    ['a pattern that RE2 cannot take', "finding.summary.matches('(?=x)')", 'not one of RE2'],
    ['a pattern that is computed', 'finding.summary.matches(finding.kind)', 'written out'],
    ['a pattern that repeats too much', "finding.summary.matches('(a{1,100}){1,100}')", 'matches():'],
    [
      'too many parts',
      Array.from({ length: 300 }, (_, index) => `finding.principal.size != ${index}`).join(' && '),
      'too many parts',
    ],
    ['too deep nesting', `${'('.repeat(50)}true${')'.repeat(50)}`, 'nested too deeply'],
    ['an unknown function', 'finding.summary.reverse() == "x"', 'reverse() cannot be used here'],
    ['a method of the wrong type', "finding.operations.count.matches('x')", "'int.matches(string)'"],
  ])('%s', (_name, expression, message) => {
    const problems = checkGuardrail(validation(expression))
    expect(problems).toHaveLength(1)
    expect(problems[0]!.message).toContain(message)
    expect(problems[0]).toMatchObject({ code: 'invalid-expression', path: ['spec', 'validations', 0, 'expression'] })
  })

  test('with the place where it stands', () => {
    const problems = checkGuardrail({
      matchConditions: [{ name: 'a', expression: 'nope' }],
      variables: [
        { name: 'wide', expression: 'finding.nope' },
        { name: 'wide', expression: 'true' },
      ],
      validations: [{ expression: 'true', messageExpression: '1' }, { expression: 'variables.other' }],
    })
    expect(problems.map(({ path }) => path.slice(1).join('.'))).toEqual([
      'variables.0.expression',
      'variables.1.name',
      'matchConditions.0.expression',
      'validations.0.messageExpression',
      'validations.1.expression',
    ])
  })

  test('when it reads a finding where only the change is known', () => {
    const [problem] = checkGuardrail({ over: 'change', ...validation('finding.kind == "access"') })
    expect(problem).toMatchObject({ message: expect.stringContaining('Unknown variable: finding') })
    expect(problem!.cure).toContain('over: change')
  })
})

test.each([
  "finding.direction != 'widens' || finding.principal.size <= 10",
  "!finding.integrations.exists(i, i.startsWith('prod-')) || finding.severity != 'high'",
  "'payments' in finding.operations.tags",
  "integration.labels.team == 'finance' && 'money' in integration.dataClasses",
  'has(integration.labels.team) && size(finding.causes) > 0',
  "finding.summary.matches('^[a-z]+') || finding.until <= '2026-12-31'",
  "finding.causes.all(c, c.file.endsWith('.yaml') && c.line > 0)",
  'diff.removals <= 5 && diff.gaining < 100',
  "finding.principal.names.filter(n, n.endsWith('@acme.example')).size() == finding.principal.names.size()",
  "timestamp(asOf + 'T00:00:00Z') < timestamp('2030-01-01T00:00:00Z')",
  "finding.operations.names.map(n, n.split('.')[0]).join(',').contains('x')",
])('takes %s', expression => {
  expect(checkGuardrail(validation(expression))).toEqual([])
})

const FACTS = [
  ['kind and transition', "finding.kind == 'access' && finding.transition == 'confirm-to-allow'"],
  ['severity and direction', "finding.severity == 'high' && finding.direction == 'widens'"],
  ['effects', "finding.before == 'confirm' && finding.after == 'allow' && finding.until == ''"],
  ['people', "finding.principal.kind == 'people' && finding.principal.size == 2 && !finding.principal.external"],
  ['their names', "finding.principal.name == 'group staff' && 'ana@acme.example' in finding.principal.names"],
  ['operations', 'finding.operations.count == 3 && finding.operations.writes == 3 && finding.operations.new == 0'],
  ['names of operations', "finding.operations.names == ['create', 'pay', 'refund']"],
  [
    'their tags, methods and paths',
    "finding.operations.tags == ['invoices', 'payments'] && finding.operations.methods == ['post'] && '/refunds' in finding.operations.paths",
  ],
  ['where', "finding.integration == 'billing' && finding.integrations == ['billing'] && finding.address == ''"],
  [
    'the integration',
    "integration.name == 'billing' && integration.service == 'billing' && integration.accessLevel == 'group' && integration.enabled",
  ],
  [
    'causes',
    "finding.causes.size() == 1 && finding.causes[0].address == 'integration/acme/billing' && finding.causes[0].edit.contains('permission 1')",
  ],
  [
    'the change',
    'diff.findings == 1 && diff.widens == 1 && diff.high == 1 && diff.gaining == 2 && diff.removals == 0 && diff.changed == 1',
  ],
  ['the day', "asOf == '2026-10-07'"],
] as const

/** What one guardrail of each expression says of a change: asked together, since each asking starts a thread. */
async function saidOfEach(table: readonly (readonly [string, string])[]): Promise<ReadonlyMap<string, Judgement>> {
  const guardrails = table.map(([, expression], index) => guardrail(validation(expression), `rule-${index}`))
  const said = await judged({ ...UNGUARDED, guardrails })
  const byAddress = new Map(said.map(each => [each.guardrail, each]))
  return new Map(table.map(([name], index) => [name, byAddress.get(guardrails[index]!.address)!]))
}

describe('findings', () => {
  let judgements: ReadonlyMap<string, Judgement>
  beforeAll(async () => {
    judgements = await saidOfEach(FACTS)
  })

  test.each(FACTS)('tell of %s', name => {
    expect(judgements.get(name)).toMatchObject({ after: 'holds', failure: undefined })
  })

  test('are passed over where a condition is not true', async () => {
    const spec = {
      ...validation('false'),
      matchConditions: [{ name: 'reads', expression: 'finding.operations.writes == 0' }],
    }
    expect(await judgement(UNGUARDED, spec)).toMatchObject({ after: 'holds', violations: [] })
  })

  test('break a rule with a message that is made, or written, or else the expression itself', async () => {
    const messages = async (more: object): Promise<string> => {
      const said = await judgement(UNGUARDED, {
        validations: [{ expression: 'finding.operations.writes < 3', ...more }],
      })
      expect(said.after).toBe('broken')
      return said.violations[0]!.message
    }
    const made = "finding.principal.name + ' gains ' + string(finding.operations.writes)"
    expect(await messages({ message: 'too much', messageExpression: made })).toBe('group staff gains 3')
    expect(await messages({ message: 'too much', messageExpression: "''" })).toBe('too much')
    expect(await messages({ message: 'too much', messageExpression: "integration.labels['nope']" })).toBe('too much')
    expect(await messages({ message: 'too much' })).toBe('too much')
    expect(await messages({})).toBe('is not true: finding.operations.writes < 3')
  })

  test('read variables, each of those before it', async () => {
    const spec = {
      variables: [
        { name: 'many', expression: 'finding.principal.size >= 2' },
        { name: 'bad', expression: 'variables.many && finding.operations.writes > 0' },
      ],
      ...validation('!variables.bad'),
    }
    const said = await judgement(UNGUARDED, spec)
    expect(said.violations).toMatchObject([{ findings: ['A1'], integrations: ['integration/acme/billing'] }])
    expect(said.violations[0]!.witness).toBe('ana@acme.example → POST /invoices')
    expect(said.violations[0]!.line).toMatchObject({ file: 'integration/acme/billing.yaml' })
  })

  test('of several integrations are judged on each, and told together', async () => {
    const change = {
      before: [STAFF, billing('confirm', 'a'), billing('confirm', 'b'), billing('confirm', 'c')],
      after: [STAFF, billing('allow', 'a'), billing('allow', 'b'), billing('allow', 'c')],
    }
    const said = await judgement(change, {
      ...validation("integration.name == 'b'"),
      match: { labels: { team: 'finance' } },
    })
    expect(said.violations).toHaveLength(1)
    expect(said.violations[0]!.integrations).toEqual(['integration/acme/a', 'integration/acme/c'])
  })

  test('of integrations that the guardrail is not about are not judged', async () => {
    expect(
      await judgement(UNGUARDED, { ...validation("finding.kind == ''"), match: { integrations: ['crm'] } }),
    ).toMatchObject({
      violations: [],
    })
  })
})

describe('a rule over the change', () => {
  test('is evaluated once, also where nothing was found', async () => {
    const nothing = await judgement({ before: [STAFF], after: [STAFF] }, validation('diff.findings > 0'))
    expect(nothing).toMatchObject({ after: 'broken', violations: [{ findings: [], integrations: [] }] })
    const something = await judgement(UNGUARDED, validation('diff.findings > 1'))
    expect(something.violations).toHaveLength(1)
  })

  test('is one that reads no finding', async () => {
    expect((await judgement({}, validation('finding.severity == "low"'))).violations).toEqual([])
  })
})

const FAILING = [
  ['a label that is not there', "integration.labels['nope'] == 'x'"],
  ['an entry beyond the end', "finding.integrations[5] == 'x'"],
  ['a text that is no number', 'int(finding.summary) > 0'],
  ['a date that is none', "timestamp(finding.until) < timestamp('2030-01-01T00:00:00Z')"],
  ['a number that is too large', 'finding.principal.size * 9223372036854775807 > 0'],
  ['a division by zero', 'finding.principal.size / 0 == 1'],
  ['a field under a computed name', "finding['no' + 'pe'] == 'x'"],
] as const

describe('a rule that cannot be evaluated fails, and that is never as good as holding', () => {
  let judgements: ReadonlyMap<string, Judgement>
  beforeAll(async () => {
    judgements = await saidOfEach(FAILING)
  })

  test.each(FAILING)('%s', name => {
    expect(judgements.get(name)).toMatchObject({ after: 'failed', before: 'not-judged', violations: [] })
    expect(judgements.get(name)!.failure).toBeTruthy()
  })

  test('and so does one that is wrong in itself, however it came here', async () => {
    expect(await judgement(UNGUARDED, validation('finding.nope'))).toMatchObject({
      after: 'failed',
      failure: expect.stringContaining('No such key'),
    })
    expect(await judgement(UNGUARDED, {})).toMatchObject({ after: 'failed' })
  })
})

describe('time and memory are bounded', () => {
  const names = (count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `person-${index}@acme.example`)
  const facts = (people: readonly string[], summary = ''): Question['facts'] => ({
    findings: [
      {
        kind: 'access',
        summary,
        principal: { kind: 'people', name: '', names: people, size: BigInt(people.length), external: false },
      },
    ],
    integrations: [],
    diff: {},
    asOf: '2026-10-07',
  })
  const question = (expression: string, given: Question['facts'], count = 1): Question => ({
    rule: validation(expression),
    subjects: Array.from({ length: count }, () => ({ finding: 0, integration: undefined })),
    facts: given,
  })
  const within = async <T>(ms: number, work: () => Promise<T>): Promise<T> => {
    const start = performance.now()
    const done = await work()
    expect(performance.now() - start).toBeLessThan(ms)
    return done
  }

  test('lists within long lists are refused before they are gone through', async () => {
    const nested = 'finding.principal.names.all(a, finding.principal.names.exists(b, a == b + "!"))'
    const [answer] = await within(10_000, () => ask([question(nested, facts(names(50_000)))]))
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('too many steps') })
  })

  test('long lists by themselves are not', async () => {
    const simple = "finding.principal.names.all(n, n.endsWith('@acme.example'))"
    const [answer] = await ask([question(simple, facts(names(50_000)))])
    expect(answer).toEqual({ kind: 'judged', objections: [] })
  })

  test('what goes on too long ends at the deadline; what was said before that counts', async () => {
    const slow = 'finding.principal.names.all(a, finding.principal.names.exists(b, a + "x" == b + "y") || a != "")'
    const questions = [
      question('finding.principal.size > 0', facts(names(10))),
      question(slow, facts(names(400)), 10_000),
      question('finding.principal.size > 0', facts(names(10))),
    ]
    const answers = await within(10_000, () => ask(questions, 700))
    expect(answers.map(({ kind }) => kind)).toEqual(['judged', 'failed', 'failed'])
    expect(answers[1]).toMatchObject({ reason: expect.stringContaining('in time') })
  })

  test('a pattern that explodes elsewhere does not here', async () => {
    const evil = "finding.summary.matches('^(a+)+$')"
    const [answer] = await within(10_000, () => ask([question(evil, facts([], `${'a'.repeat(40)}!`))]))
    expect(answer).toMatchObject({ kind: 'judged', objections: [{}] })
  })

  test.each([
    [
      'a list of all names in each of a list',
      'finding.principal.names.map(n, finding.principal.names.join(n)).size() > 0',
      2000,
    ],
    ['texts that double', Array.from({ length: 20 }, () => 'finding.summary').join(' + ') + " == ''", 10],
    ['a text in too many parts', "finding.summary.split('').size() > 0", 10],
  ])('%s does not fill the memory', async (_name, expression, count) => {
    const [answer] = await within(10_000, () => ask([question(expression, facts(names(count), 'x'.repeat(5000)))]))
    expect(answer!.kind === 'failed' || answer!.objections.length <= 1).toBe(true)
  })

  test('variables that double from one to the next end', async () => {
    const variables = Array.from({ length: 20 }, (_, index) => ({
      name: `v${index}`,
      expression: index === 0 ? 'finding.summary' : `variables.v${index - 1} + variables.v${index - 1}`,
    }))
    const rule = { variables, ...validation('variables.v19.size() > 0') }
    const [answer] = await within(10_000, () =>
      ask([{ rule, subjects: [{ finding: 0, integration: undefined }], facts: facts([], 'x'.repeat(1000)) }]),
    )
    expect(answer).toMatchObject({ kind: 'failed', reason: expect.stringContaining('is longer than') })
  })
})

test('many rules over many findings stay within the deadline', async () => {
  const count = 200
  const names = Array.from({ length: count }, (_, index) => `i${index}`)
  const change = {
    before: [STAFF, ...names.map(name => billing('confirm', name))],
    after: [STAFF, ...names.map(name => billing('allow', name))],
  }
  const guardrails = Array.from({ length: 20 }, (_, index) =>
    guardrail(validation(`finding.principal.size < ${index + 10}`), `rule-${index}`),
  )
  const said = await judged({ ...change, guardrails })
  expect(said.map(({ after }) => after)).toEqual(guardrails.map(() => 'holds'))
})
