/** Settling in mode Approve: one digest for all that waits, and all of it or nothing. */
import { describe, expect, test } from 'vitest'
import type { Address } from '../../src/model/address.ts'
import type { Item } from '../../src/operator/attempt.ts'
import type { Result, Results } from '../../src/operator/result.ts'
import { approvalRequired } from '../../src/operator/unapproved.ts'
import { consumer, group, guardrail, integration } from '../cluster/support/samples.ts'
import { applied, deleted, NAMESPACE, outcomes, rows, settler, type Settler } from './settling.ts'

const support = group(NAMESPACE, 'support')
const jira = integration(NAMESPACE, 'jira')
const grown = group(NAMESPACE, 'support', { members: ['ana@acme.example', 'ben@acme.example', 'zoe@acme.example'] })
const titled = integration(NAMESPACE, 'jira', { title: 'Else' })
const wider = integration(NAMESPACE, 'jira', { permissions: [{ methods: ['get', 'post'], effect: 'allow' }] })
const company = {
  access: { level: 'company', companies: ['acme.example'] },
  permissions: [{ methods: ['post'], effect: 'allow' }],
}

const SUPPORT = 'accessGroup/acme/support'
const JIRA = 'integration/acme/jira'

async function settled(place: Settler, items: readonly Item[], ...approved: readonly string[]): Promise<Results> {
  return place.settle(items, { approved: new Set(approved) })
}

function waiting(result: Result | undefined): { readonly digest: string; readonly message: string } {
  if (result?.kind !== 'stalled' || result.digest === undefined) throw new Error(JSON.stringify(result))
  return { digest: result.digest, message: result.message }
}

/** The one digest that all that wait name. */
function digestIn(results: Results): string {
  const found = [...results.values()].flatMap(result => (result.kind === 'stalled' ? [result.digest] : []))
  expect(new Set(found).size).toBe(1)
  return found[0]!
}

interface Story {
  readonly name: string
  readonly before?: readonly Item[]
  readonly batch: readonly Item[]
  /** Before anybody approved it. */
  readonly first: Readonly<Record<string, string>>
  /** Once somebody did. */
  readonly approved: Readonly<Record<string, string>>
}

const WAITS = 'stalled ApprovalRequired'

const STORIES: readonly Story[] = [
  {
    name: 'what is new waits, and comes about together',
    batch: [applied(support), applied(jira)],
    first: { [SUPPORT]: WAITS, [JIRA]: WAITS },
    approved: { [SUPPORT]: 'done create', [JIRA]: 'done create' },
  },
  {
    name: 'what does not change is done, and waits for nobody',
    before: [applied(support), applied(jira)],
    batch: [applied(grown), applied(jira)],
    first: { [SUPPORT]: WAITS, [JIRA]: 'done' },
    approved: { [SUPPORT]: 'done update', [JIRA]: 'done' },
  },
  {
    name: 'what has no effect by itself waits with what has',
    before: [applied(support), applied(jira)],
    batch: [applied(grown), applied(titled)],
    first: { [SUPPORT]: WAITS, [JIRA]: WAITS },
    approved: { [SUPPORT]: 'done update', [JIRA]: 'done update' },
  },
  {
    name: 'what is deleted waits',
    before: [applied(support), applied(jira)],
    batch: [deleted(support), deleted(jira)],
    first: { [SUPPORT]: WAITS, [JIRA]: WAITS },
    approved: { [SUPPORT]: 'done delete', [JIRA]: 'done delete' },
  },
  {
    name: 'what is invalid is left out, and holds up nobody',
    batch: [applied(support), applied(jira), applied(integration(NAMESPACE, 'odd', { settings: { no: 'x' } }))],
    first: { [SUPPORT]: WAITS, [JIRA]: WAITS, 'integration/acme/odd': 'stalled ValidationFailed' },
    approved: { [SUPPORT]: 'done create', [JIRA]: 'done create', 'integration/acme/odd': 'stalled ValidationFailed' },
  },
  {
    name: 'a chain of what cannot be is left out to its end',
    batch: [
      applied(support),
      applied(jira),
      ...Array.from({ length: 8 }, (_, index) =>
        applied(group(NAMESPACE, `g-${index}`, { members: [], groups: [`g-${index + 1}`] })),
      ),
    ],
    first: { ...chain(8), [SUPPORT]: WAITS, [JIRA]: WAITS },
    approved: { ...chain(8), [SUPPORT]: 'done create', [JIRA]: 'done create' },
  },
  {
    name: 'what a guard refuses is left out',
    before: [applied(support), applied(jira), applied(consumer(NAMESPACE, 'desk', ['jira']))],
    batch: [deleted(jira), applied(grown)],
    first: { [JIRA]: 'stalled GuardRefused', [SUPPORT]: WAITS },
    approved: { [JIRA]: 'stalled GuardRefused', [SUPPORT]: 'done update' },
  },
  {
    name: 'what a guardrail denies is left out where it names it',
    before: [applied(support), applied(guardrail(NAMESPACE, 'no'))],
    batch: [applied(jira), applied(integration(NAMESPACE, 'open', company))],
    first: { [JIRA]: WAITS, 'integration/acme/open': 'stalled GuardRefused' },
    approved: { [JIRA]: 'done create', 'integration/acme/open': 'stalled GuardRefused' },
  },
]

function chain(length: number): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from({ length }, (_, index) => [`accessGroup/acme/g-${index}`, 'retry DependencyNotReady']),
  )
}

describe('a part', () => {
  test.each(STORIES)('$name', async ({ before = [], batch, first, approved }) => {
    const place = await settler()
    for (const item of before) await place.settle([item])
    const [stored, writes] = [await rows(place.store), place.writes]
    const waits = await settled(place, batch)
    expect(outcomes(waits)).toEqual(first)
    expect([await rows(place.store), place.writes]).toEqual([stored, writes])
    const digest = waiting([...waits].find(([address]) => first[address] === WAITS)?.[1]).digest
    const done = await settled(place, batch, 'sha256:other', digest)
    expect(outcomes(done)).toEqual(approved)
    expect(place.writes).toBe(writes + 1)
    for (const [address, result] of done) {
      if (result.kind === 'done') expect(result.approved).toBe(first[address] === WAITS ? digest : undefined)
    }
    expect(place.bugs).toEqual([])
  })

  test('without an effect needs no approval', async () => {
    const place = await settler()
    await place.settle([applied(support), applied(jira)])
    const results = await settled(place, [applied(titled), applied(support)])
    expect(outcomes(results)).toEqual({ [SUPPORT]: 'done', [JIRA]: 'done update' })
    expect(results.get(JIRA)).not.toHaveProperty('approved')
  })

  test('that was edited since is another one', async () => {
    const place = await settler()
    await place.settle([applied(support), applied(jira)])
    const digest = digestIn(await settled(place, [applied(wider)]))
    const other = await settled(place, [applied(wider), applied(grown)], digest)
    expect(outcomes(other)).toEqual({ [SUPPORT]: WAITS, [JIRA]: WAITS })
    expect(digestIn(other)).not.toBe(digest)
    expect(place.writes).toBe(1)
  })

  test('that meets another store is another one', async () => {
    const place = await settler()
    await place.settle([applied(support), applied(jira)])
    const digest = digestIn(await settled(place, [applied(wider)]))
    await place.settle([applied(grown)])
    expect(digestIn(await settled(place, [applied(wider)], digest))).not.toBe(digest)
  })

  test('is refused as a whole where a guardrail names nothing of it', async () => {
    const place = await settler()
    const open = integration(NAMESPACE, 'open', { ...company, access: { level: 'group', groups: ['support'] } })
    const rule = guardrail(NAMESPACE, 'few', { rule: 'at-most', parameters: { max: 2 } })
    await place.settle([applied(support), applied(open)])
    await place.settle([applied(rule)])
    const other = group(NAMESPACE, 'other', { members: [] })
    const results = await settled(place, [applied(grown), applied(other), applied(open)])
    expect(outcomes(results)).toEqual({
      [SUPPORT]: 'stalled GuardRefused',
      'accessGroup/acme/other': 'stalled GuardRefused',
      'integration/acme/open': 'done',
    })
    expect(results.get(SUPPORT)).toMatchObject({ message: expect.stringMatching(/^guardrail: guardrail acme\/few: /) })
  })
})

describe('the message', () => {
  test('says the worst that would happen, how much more, and what to do', async () => {
    const place = await settler()
    await place.settle([applied(support), applied(jira)])
    const { digest, message } = waiting((await settled(place, [applied(wider), applied(grown)])).get(JIRA))
    expect(digest).toMatch(/^sha256:[0-9a-f]{64}$/)
    expect(message).toMatch(
      new RegExp(
        `^Waits for the approval of ${digest}: .* can now call .*, on acme/jira \\(and \\d+ more findings?\\)\\. Name `,
      ),
    )
    expect(message).toContain('tenon.dev/approved')
  })

  test.each([
    ['a long one', 'x'.repeat(5000)],
    ['one that a terminal would obey', '\u202E\u001B[31m'.repeat(500)],
    ['one cut in a character', `${'x'.repeat(498)}\u{1F600}\u{1F600}`],
    ['none', ''],
  ])('is bounded and plain, with the digest at its head: %s', (_, worst) => {
    const review = { digest: `sha256:${'0'.repeat(64)}`, hasEffect: true, findings: 1, worst, judgements: [] }
    const { message } = approvalRequired(review)
    expect(message.length).toBeLessThan(1000)
    expect(message).toMatch(/^[^\p{C}]*$/u)
    expect(message.slice(0, 110)).toContain(review.digest)
  })

  test('says what guardrails warn of; what was written says so too', async () => {
    const place = await settler()
    await place.settle([applied(support)])
    await place.settle([applied(guardrail(NAMESPACE, 'careful', { actions: ['Warn'] }))])
    const items = [applied(integration(NAMESPACE, 'open', company))]
    const open: Address = 'integration/acme/open'
    const { digest, message } = waiting((await settled(place, items)).get(open))
    expect(message).toMatch(/ Warning: guardrail acme\/careful: .*\.$/)
    const done = (await settled(place, items, digest)).get(open)
    expect(done).toMatchObject({ kind: 'done', warned: [expect.stringMatching(/^guardrail acme\/careful: /)] })
  })
})

describe('in mode Enforce', () => {
  test('a guardrail refuses what it names, and nobody else', async () => {
    const place = await settler()
    await place.settle([applied(support)])
    await place.settle([applied(guardrail(NAMESPACE, 'no'))])
    const open = applied(integration(NAMESPACE, 'open', company))
    const plans = place.plans
    const results = await place.settle([applied(jira), open, applied(consumer(NAMESPACE, 'desk', ['jira']))])
    expect(outcomes(results)).toEqual({
      [JIRA]: 'done create',
      'consumer/acme/desk': 'done create',
      'integration/acme/open': 'stalled GuardRefused',
    })
    expect(place.plans - plans).toBeLessThan(5)
  })
})
