import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, type Decoded, type DecodeOptions } from '../../src/decode/decode.ts'
import { decodeSides } from '../../src/decode/sides.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Document } from '../../src/model/document.ts'
import { ODDITIES } from './corpus.ts'
import { file } from './reading.ts'

const OPTIONS: DecodeOptions = { defaultNamespace: 'acme', strict: false }

function group(name: string, more = ''): string {
  return `apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: ${name}}\nspec: {displayName: X${more}}\n`
}

/** Documents with one mistake, with more than are shown, with all that are shown but one, and with none. */
const wrong = (mistakes: number): string =>
  group('many', `, members: [${Array.from({ length: mistakes }, (_, index) => `a${index} b`).join(', ')}]`)

const text = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('a', 'b', 'c', 'd').map(name => group(name)) },
  fc.constantFrom(group('a', ', wrong: 1'), group('b').replace('AccessGroup', 'AcessGroup'), wrong(99), wrong(100)),
  fc.constantFrom(wrong(101), 'kind: AccessGroup\n', 'a: "b" c\n', 'apiVersion: tenon.io/v1\n', '', '\0'),
  fc.constantFrom(...ODDITIES),
)
const files = fc.array(
  fc.tuple(fc.array(text, { minLength: 1, maxLength: 3 }), fc.constantFrom('both', 'both', 'both', 'before', 'after')),
  { maxLength: 12 },
)

/** Each file is in one state or in both; those in both are one `Document`. */
function states(drawn: readonly (readonly [readonly string[], string])[]): [Document[], Document[]] {
  const all = drawn.map(([texts, where], index) => ({ where, document: file(`${index}.yaml`, texts.join('---\n')) }))
  const inState = (state: string): Document[] =>
    all.filter(({ where }) => where === 'both' || where === state).map(({ document }) => document)
  return [inState('before'), inState('after')]
}

function alone(documents: readonly Document[], options: DecodeOptions): { decoded: Decoded; problems: Problem[] } {
  const problems: Problem[] = []
  return { decoded: decode(documents, options, problem => problems.push(problem)), problems }
}

function together(before: readonly Document[], after: readonly Document[], options: DecodeOptions): unknown {
  const problems: [Problem[], Problem[]] = [[], []]
  const sides = decodeSides(before, after, options, [
    problem => problems[0].push(problem),
    problem => problems[1].push(problem),
  ])
  return sides.map((decoded, index) => ({ decoded, problems: problems[index] }))
}

test('each state is decoded as it would be by itself', () => {
  fc.assert(
    fc.property(files, fc.boolean(), (drawn, strict) => {
      const [before, after] = states(drawn)
      const options = { ...OPTIONS, strict }
      expect(together(before, after, options)).toEqual([alone(before, options), alone(after, options)])
    }),
    { numRuns: 300 },
  )
})

test('what is the same file in both gives the same manifests, also where an address is taken in one of them', () => {
  const [a, b, again] = [file('a.yaml', group('a')), file('b.yaml', group('b')), file('0.yaml', group('b'))]
  const [before, after] = decodeSides([a, b], [again, a, b], OPTIONS, [() => {}, () => {}])
  expect(before.manifests.map(({ name }) => name)).toEqual(['a', 'b'])
  expect(after.manifests.map(({ place }) => place.document.file)).toEqual(['0.yaml', 'a.yaml'])
  expect(after.manifests[1]).toBe(before.manifests[0])
})

test('the bounds of one document and of all hold in each state', () => {
  const many = Array.from({ length: 120 }, (_, index) => file(`${index}.yaml`, wrong(150).replace('many', `m${index}`)))
  expect(together(many, many, OPTIONS)).toEqual([alone(many, OPTIONS), alone(many, OPTIONS)])
  expect(alone(many, OPTIONS).problems).toHaveLength(10_001)
})
