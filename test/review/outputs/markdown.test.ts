/** Comments are read back with a real parser: whatever names say, only our own structure is there. */
import fc from 'fast-check'
import MarkdownIt, { type Token } from 'markdown-it'
import { describe, expect, test } from 'vitest'
import { code } from '../../../src/cli/view/review/markdown-names.ts'
import { prose } from '../../../src/cli/view/review/markdown-prose.ts'
import { row } from '../../../src/cli/view/review/markdown-findings.ts'
import { reviewMarkdown } from '../../../src/cli/view/review/markdown.ts'
import { whoText } from '../../../src/cli/view/review/phrases.ts'
import { markdownWriter } from '../../../src/cli/view/review/writer.ts'
import { hostileName, hostileReport } from './random.ts'
import { access, members, operation, people, report, resource } from './reports.ts'
import { HOSTILE, STORIES } from './stories.ts'

// As the platforms do: HTML passes, and whatever looks like a link becomes one.
const markdown = new MarkdownIt({ html: true, linkify: true })
const limits = { name: 10_000, sentence: 10_000, list: 3 }

/** The tokens of a text, those inside of paragraphs and cells too. */
function tokensOf(text: string): readonly Token[] {
  return markdown.parse(text, {}).flatMap(token => [token, ...(token.children ?? [])])
}

/** What a reader makes of visible escapes. */
function decoded(text: string): string {
  return text.replaceAll(/\\u\{([0-9A-F]+)\}/g, (_match, hex: string) => {
    return String.fromCodePoint(Number.parseInt(hex, 16))
  })
}

const HIDDEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Default_Ignorable_Code_Point}]|(?! )\p{Zs}/u

describe('a name', () => {
  const spansOf = (text: string): readonly string[] =>
    tokensOf(text)
      .filter(({ type }) => type === 'code_inline')
      .map(({ content }) => content)

  test.each(HOSTILE)('is one code span that says just that: %j', name => {
    expect(spansOf(code(name, limits)).map(decoded)).toEqual([name])
  })

  test('is one code span that says just that, in a line and in a cell, with nothing hidden in it', () => {
    fc.assert(
      fc.property(hostileName, name => {
        fc.pre(name !== '')
        const [inLine] = spansOf(`- ${code(name, limits)} and more`)
        expect(decoded(inLine!)).toBe(name)
        expect(inLine).not.toMatch(HIDDEN)
        const table = `| a | b |\n|---|---|\n${row([code(name, limits), 'x'])}`
        expect(spansOf(table).map(decoded)).toEqual([name])
        expect(tokensOf(table).filter(({ type }) => type === 'td_open')).toHaveLength(2)
      }),
      { numRuns: 2000 },
    )
  })

  test('that is too long is cut between escapes, and says so', () => {
    const long = code('\u202E'.repeat(500), { name: 50 })
    expect(long).toBe(`\`${String.raw`\u{202E}`.repeat(6)}…\` (cut: 500 characters)`)
    expect(code('x'.repeat(1_000_000), { name: 50 })).toBe(`\`${'x'.repeat(50)}…\` (cut: 1,000,000 characters)`)
  })

  test.each([
    ['раураl', '`раураl` ⚠ mixed scripts'],
    ['асме', '`асме` ⚠ looks like Latin'],
    ['ａｄｍｉｎ', '`ａｄｍｉｎ` ⚠ unusual letters'],
    ['José', '`José`'],
    ['日本語 Tokyo カタカナ', '`日本語 Tokyo カタカナ`'],
    ['администратор', '`администратор`'],
    ['', '(empty)'],
  ])('%j that looks like another one is told in words', (name, expected) => {
    expect(code(name, limits)).toBe(expected)
  })
})

describe('a sentence', () => {
  test.each([
    ['group support and 3 others', 'group support and 3 others'],
    ['credential acme/key is sent to api.example', 'credential `acme/key` is sent to `api.example`'],
    ['names access group "payers", which is gone', 'names access group `payers`, which is gone'],
    ['they may POST /refunds/{id} (and more)', 'they may `POST /refunds/{id}` (and more)'],
    ["the provider's `tenon lock`.", "the provider's `tenon lock`."],
    ['1. is no list, 2. neither', '`1`. is no list, 2. neither'],
    ['see #12, @team and deadbeef1', 'see `#12`, `@team` and `deadbeef1`'],
  ])('keeps its words, and puts the rest into code: %s', (sentence, expected) => {
    expect(prose(sentence, limits)).toBe(expected)
  })

  test('keeps the names whole that it is known to have', () => {
    expect(prose('PASSED. All is well, bob and 2 others', limits, ['PASSED. All is well', 'bob'])).toBe(
      '`PASSED. All is well`, `bob` and 2 others',
    )
  })

  test('says the same to a reader, whatever it says', () => {
    const squeezed = (text: string): string => text.replaceAll(/[ "`]+/g, '')
    fc.assert(
      fc.property(hostileName, hostileName, (a, b) => {
        const shown = tokensOf(`- ${prose(`it ${a} is ${b}`, limits, [a])}`)
          .filter(({ type }) => type === 'text' || type === 'code_inline')
          .map(({ content }) => content.replaceAll(/ ⚠ (?:mixed scripts|looks like Latin|unusual letters)/g, ''))
        expect(squeezed(decoded(shown.join('')))).toBe(squeezed(`it ${a} is ${b}`))
      }),
      { numRuns: 1000 },
    )
  })
})

test.each([
  [people('dana'), '`dana`'],
  [people('ana, bo and 1 other', 'ana', 'bo', 'cy'), '`ana`, `bo` and 1 other (3 people)'],
  [people('group ops', 'ana', 'bo'), 'group `ops` (2 people)'],
  [people('groups a, b and c', 'ana', 'bo'), 'groups `a`, `b` and `c` (2 people)'],
  [people('group ops without All is well', 'ana', 'bo'), 'group `ops` without `All is well` (2 people)'],
  [{ kind: 'company', name: 'acme.example' } as const, 'everyone at `acme.example` (how many is unknown here)'],
  [
    { kind: 'idpGroup', name: 'Domain Users' } as const,
    'identity provider group `Domain Users` (members unknown here)',
  ],
])('people are told with their names whole: %j', (who, expected) => {
  expect(whoText(who, markdownWriter(limits))).toBe(expected)
})

/** Everything that our own comments are made of. */
const OWN_TOKENS =
  /^(?:inline|text|softbreak|code_inline|html_block|(?:heading|paragraph|strong|bullet_list|list_item|table|thead|tbody|tr|th|td)_(?:open|close))$/
const OWN_HTML =
  /^(?:<!-- tenon-review v1 env=[\w.%-]*(?<!--) digest=sha256:[0-9a-f]{64} -->|<details><summary>[A-Za-z0-9 (),]+<\/summary>|<\/details>)$/
const OWN_HEADINGS = [
  'Deletions, replacements and guards',
  'New operations',
  'Secrets (nothing was decrypted)',
  'Guardrails',
  'To merge',
]
/** Outside of code, nothing that any platform makes something of: no mention, reference, tag, link, emoji, formula. */
const OWN_TEXT = /^(?:[A-Za-z0-9 ,.;()…→–—×·⚠−+'’=!?-]|:(?=[ ,.;:)!?]|$)|\[ \] )*$/u

function expectOwn(text: string): void {
  const tokens = tokensOf(text)
  expect(tokens.filter(({ type }) => !OWN_TOKENS.test(type)).map(({ type, content }) => [type, content, text])).toEqual(
    [],
  )
  for (const { type, content } of tokens) {
    if (type === 'html_block') {
      expect(content.split('\n').filter(line => line !== '' && !OWN_HTML.test(line))).toEqual([])
    }
    if (type === 'text') expect(content).toMatch(OWN_TEXT)
    if (type === 'text' || type === 'code_inline') expect(content).not.toMatch(HIDDEN)
  }
  const headings = tokens.flatMap(({ type }, index) => (type === 'heading_open' ? [tokens[index + 1]!.content] : []))
  expect(headings[0]).toMatch(/^Access review/)
  expect(headings.slice(1).filter(heading => !OWN_HEADINGS.includes(heading))).toEqual([])
  for (const table of tables(tokens)) expect(new Set(table).size).toBe(1)
}

/** How many cells each row of each table has. */
function tables(tokens: readonly Token[]): number[][] {
  const found: number[][] = []
  for (const { type } of tokens) {
    if (type === 'table_open') found.push([])
    if (type === 'tr_open') found.at(-1)!.push(0)
    if (type === 'th_open' || type === 'td_open') found.at(-1)![found.at(-1)!.length - 1]!++
  }
  return found
}

describe('a comment', () => {
  test.each(Object.keys(STORIES))('has only its own structure: %s', name => {
    const of = STORIES[name]!()
    const text = reviewMarkdown(of, { maxBytes: 60_000 })
    expectOwn(text)
    const rows = tables(tokensOf(text)).filter(([cells]) => cells === 6)
    const widening = of.review.findings.filter(({ direction }) => direction === 'widens').length
    expect(rows.length === 0 ? 0 : rows[0]!.length - 1).toBe(widening)
  })

  test('has only its own structure, whatever names there are, and however much of it is cut', () => {
    fc.assert(
      fc.property(hostileReport, fc.constantFrom(2000, 3000, 6000, 60_000), (of, maxBytes) => {
        const text = reviewMarkdown(of, { maxBytes })
        expectOwn(text)
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
        expect(reviewMarkdown(of, { maxBytes })).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  test('never folds what deletes, replaces or unguards', () => {
    const of = report({
      findings: [
        resource('integration-deleted', 'integration acme/a is deleted'),
        resource('integration-replaced', 'integration acme/b is replaced'),
        resource('guardrail-changed', 'guardrail acme/c is weaker'),
        access({ step: 'confirm allow', who: people('dana@acme.example'), operations: [operation('GET /a')] }),
        access({ step: 'allow deny', who: people('li@acme.example'), operations: [operation('GET /a')] }),
      ],
    })
    const [open, folded] = reviewMarkdown(of, { maxBytes: 60_000 }).split('<details>')
    for (const shown of ['acme/a', 'acme/b', 'acme/c', 'dana@acme.example']) expect(open).toContain(shown)
    expect(open).not.toContain('li@acme.example')
    expect(folded).toContain('li@acme.example')
  })

  test('has room for one finding with ten thousand integrations, and for names of a million characters', () => {
    const integrations = Array.from({ length: 10_000 }, (_, index) => `integration/acme/i${index}` as const)
    const long = 'x'.repeat(1_000_000)
    const of = report({
      findings: [
        access({ step: 'deny allow', who: members('ops', 50_000), operations: [operation('POST /a')], integrations }),
        access({ step: 'deny allow', who: people(long), operations: [operation(`POST /${long}`)] }),
        resource('settings-changed', long, { before: long, after: long }),
      ],
      comparison: { environment: long, base: { label: long, commit: undefined, documents: 1 } },
    })
    for (const maxBytes of [2000, 60_000]) {
      const text = reviewMarkdown(of, { maxBytes })
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxBytes)
      expect(text).toContain('50,000 people')
    }
    expect(reviewMarkdown(of, { maxBytes: 60_000 })).toContain('and 9,997 more')
  })
})
