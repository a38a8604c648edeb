import { isDeepStrictEqual } from 'node:util'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { isMap, parseAllDocuments, stringify } from 'yaml'
import { partsOf, type Part } from '../../src/decode/parts.ts'
import { isRefusal, readPart } from '../../src/decode/read.ts'
import { complaints, treeOf } from '../../src/decode/tree.ts'
import { EXAMPLES, maps, ODDITIES, slips, SUITE } from './corpus.ts'

/**
 * The fast parser decides what is read, the position-keeping one has to agree: whatever the first accepts, the second
 * reads without complaint and as the same value. Only maps are compared, since nothing else can be a document of Tenon's.
 *
 * The fast path refuses more than the second parser, in these classes:
 * - what is YAML and not allowed: aliases, anchors, tags, directives, merge keys, reserved keys, keys that are no text or
 *   over 1024 characters, the same key twice, scalars on which YAML 1.1 and 1.2 disagree, invisible characters;
 * - `yaml-syntax` where it is stricter, as the specification is: a closing bracket no further in than its field, a field
 *   whose name and colon stand on two lines, a list in the column of an explicit `? key`, characters no tag may have;
 * - `yaml-syntax` where the specification would allow it: a tab between a colon and a bracket.
 */
interface Comparison {
  readonly verdict: 'same' | 'both refuse' | 'fast refuses' | 'fast is lenient' | 'values differ'
  readonly codes: readonly string[]
}

function compared(part: Part): Comparison | undefined {
  const read = readPart(part)
  const tree = treeOf(part)
  const codes = [...new Set(read.faults.map(({ code }) => code))]
  if (!isMap(tree.contents) && (isRefusal(read) || !isPlainMap(read.value))) return undefined
  const complains = complaints(tree).length > 0
  if (codes.length > 0) return { verdict: complains ? 'both refuse' : 'fast refuses', codes }
  if (complains) return { verdict: 'fast is lenient', codes }
  const value: unknown = tree.toJS({ maxAliasCount: 0 })
  const same = !isRefusal(read) && isDeepStrictEqual(read.value, value)
  return { verdict: same ? 'same' : 'values differ', codes }
}

function isPlainMap(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

const ALLOWED = new Set(['same', 'both refuse', 'fast refuses'])
/** Refusals that the second parser is never asked about, and those of the first one's own grammar. */
const KNOWN = /^(?:yaml-(?:alias|tag|directive|merge|key|duplicate-key|ambiguous|syntax)|forbidden-character)$/

/** Everything in a text on which the two parsers disagree in a way that is not allowed. */
function disagreements(text: string): readonly (Comparison & { readonly text: string })[] {
  return partsOf(text).flatMap(part => {
    const comparison = compared(part)
    const isFine =
      comparison === undefined || (ALLOWED.has(comparison.verdict) && comparison.codes.every(code => KNOWN.test(code)))
    return isFine ? [] : [{ ...comparison, text: part.text }]
  })
}

test.each(SUITE.map(({ id, yaml }) => [id, yaml]))('YAML test suite %s', (_id, yaml = '') => {
  expect(disagreements(yaml)).toEqual([])
})

test('nothing is accepted that the YAML test suite calls invalid', () => {
  const accepted = SUITE.filter(({ fail }) => fail).filter(({ yaml }) =>
    partsOf(yaml).every(part => readPart(part).faults.length === 0),
  )
  expect(accepted.map(({ id }) => id)).toEqual([])
})

test('of the suite, the fast parser itself refuses no map that the other one reads', () => {
  const refused = SUITE.filter(({ yaml }) =>
    partsOf(yaml).some(
      part => compared(part)?.verdict === 'fast refuses' && compared(part)?.codes.includes('yaml-syntax'),
    ),
  )
  expect(refused.map(({ id }) => id)).toEqual([])
})

test('documents are cut where the other parser begins them', () => {
  const cutElsewhere = [...SUITE, ...EXAMPLES.map((text, index) => ({ id: `example ${index}`, yaml: text }))].filter(
    ({ yaml }) => {
      const documents = parseAllDocuments(yaml, { logLevel: 'silent' })
      const isBroken = !Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)
      return !isBroken && partsOf(yaml).length !== documents.length
    },
  )
  // A directive without a document is one here, so that somebody is told. For `...` without a document before it the
  // other parser makes an empty one; the suite does not.
  expect(cutElsewhere.map(({ id }) => id)).toEqual(['9MMA/0', 'HWV9/0', 'M7A3/0', 'QT73/0'])
})

test('the examples of the schemas are read alike in every style', () => {
  for (const text of EXAMPLES) {
    const [part] = partsOf(text)
    expect([text, compared(part!)?.verdict]).toEqual([text, 'same'])
  }
})

test.each(ODDITIES.map(text => [text]))('oddity %j', text => {
  expect(disagreements(text)).toEqual([])
})

test('documents with a few slips', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(slips, text => {
      expect(disagreements(text)).toEqual([])
    }),
    { numRuns: Number(process.env['FUZZ_RUNS'] ?? 3000) },
  )
})

test('any value that is written as YAML or JSON is read as that value, or refused', { timeout: 60_000 }, () => {
  const styles = fc.constantFrom(
    (value: unknown) => stringify(value),
    (value: unknown) => stringify(value, { defaultStringType: 'QUOTE_DOUBLE' }),
    (value: unknown) => stringify(value, { collectionStyle: 'flow', lineWidth: 30 }),
    (value: unknown) => JSON.stringify(value),
    (value: unknown) => JSON.stringify(value, null, 2),
  )
  let accepted = 0
  fc.assert(
    fc.property(maps, styles, (value, style) => {
      const text = style(value)
      expect(disagreements(text)).toEqual([])
      const [part] = partsOf(text)
      const read = readPart(part!)
      if (read.faults.length > 0 || isRefusal(read)) return
      accepted++
      // JSON has no negative zero.
      expect(JSON.stringify(read.value)).toBe(JSON.stringify(value))
    }),
    { numRuns: 1000 },
  )
  expect(accepted).toBeGreaterThan(300)
})
