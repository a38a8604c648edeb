import { expect, test } from 'vitest'
import { WorldError } from '../../src/model/errors.ts'
import { changeLevel, factsOfAddress, factsOfError, openLog } from '../../src/operator/log.ts'

function heard(level = 'info') {
  const lines: string[] = []
  const log = openLog(level, line => lines.push(line))
  return { log, lines: () => lines.map(line => JSON.parse(line) as Record<string, unknown>) }
}

test('a line is JSON with a time that people can read, its facts, and no name of the program', () => {
  const { log, lines } = heard()
  log.child({ reconcileID: 'r-1' }).info({ ...factsOfAddress('integration/acme/jira'), generation: 3 }, 'Created')
  expect(lines()).toEqual([
    {
      level: 30,
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string,
      reconcileID: 'r-1',
      address: 'integration/acme/jira',
      controller: 'integration',
      namespace: 'acme',
      name: 'jira',
      generation: 3,
      msg: 'Created',
    },
  ])
})

test('a resource without a namespace has none in a line either', () => {
  const { log, lines } = heard()
  log.warn(factsOfAddress('clusterServiceDefinition/jira'), 'x')
  expect(lines()[0]).toMatchObject({ controller: 'clusterservicedefinition', name: 'jira' })
  expect(lines()[0]).not.toHaveProperty('namespace')
})

test.each([
  ['warn', 'debug', 1],
  ['debug', 'warn', 1],
  ['warn', 'error', 0],
])('a change from %s to %s is said where that is said', (from, to, times) => {
  const { log, lines } = heard(from)
  changeLevel(log, to)
  expect(log.level).toBe(to)
  expect(lines().map(({ msg }) => msg)).toEqual(Array(times).fill('the log level changed'))
})

test('the level may change while the log is in use, also for what follows from it', () => {
  const { log, lines } = heard('warn')
  log.info({}, 'before')
  log.level = 'trace'
  log.trace({}, 'after')
  log.child({}).debug({}, 'below')
  log.level = 'silent'
  log.error({}, 'never')
  expect(lines().map(({ msg }) => msg)).toEqual(['after', 'below'])
})

const SECRET = 'hunter2-in-a-message'

test.each([
  ['an error of ours says what it was written to say', new WorldError('store-away', 'No store.'), 'No store.'],
  ['an error of others says its kind only', new TypeError(`cannot read "${SECRET}"`), 'TypeError'],
  ['an error of ours keeps its cause to itself', new WorldError('x', 'No.', { cause: new Error(SECRET) }), 'No.'],
  ['what is no error says nothing', SECRET, 'unknown'],
])('%s', (_, error, says) => {
  const { log, lines } = heard()
  log.error(factsOfError(error), 'failed')
  expect(lines()[0]).toMatchObject({ error: says })
  expect(JSON.stringify(lines())).not.toContain(SECRET)
})

test('where a bug is stands in the line, without its message, however many lines that has', () => {
  const { stack } = factsOfError(new Error(`first\n    second ${SECRET}\nthird ${SECRET}`))
  expect(stack).toContain('log.test.ts')
  expect(stack).not.toContain(SECRET)
})

test('a line break in a fact cannot begin a line of its own', () => {
  const lines: string[] = []
  openLog('info', line => lines.push(line)).info({ note: 'a\n{"level":60,"msg":"forged"}' }, 'b\nc')
  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1)
})
