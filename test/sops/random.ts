import * as fc from 'fast-check'
import type { Writable, WritableMap } from '../../src/sops/write.ts'

const AWKWARD = ' :#-?"\'\\\n\t\r{}[],&*!|>@%`~=.'.split('')
const unit = fc.oneof(
  fc.constantFrom('a', 'B', '0', 'ä', '\u0085', '\u2028', '\ufeff', '🔑', ...AWKWARD),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
)
const letters = fc.string({ unit, maxLength: 12 }).filter(value => value.isWellFormed())
const resolvable = fc.constantFrom('yes', 'no', 'null', '~', 'true', '0755', '1_000', '2024-01-15', '.5', '<<', '0x1F')
const shapes = fc.constantFrom('', 'sops', '---', '=', 'ENC[x]', 'x\n\n y\n', '  lead', 'trail ', 'long '.repeat(40))
const text = fc.oneof(letters, resolvable, shapes)
const key = fc.oneof(text, fc.constantFrom('data', 'data', 'a_unencrypted', 'b_secret'))

function documentsOf(integers: fc.Arbitrary<Writable>): fc.Arbitrary<WritableMap> {
  // JSON has neither infinity nor NaN, and could not be compared with them.
  const floats = fc.double({ noDefaultInfinity: true, noNaN: true })
  const leaf = fc.oneof(text, integers, floats, fc.boolean(), fc.constant(null))
  const { tree } = fc.letrec<{ tree: Writable; map: WritableMap }>(tie => ({
    tree: fc.oneof({ depthSize: 'small' }, leaf, fc.array(tie('tree'), { maxLength: 4 }), tie('map')),
    map: fc.dictionary(key, tie('tree'), { maxKeys: 4 }),
  }))
  const names = key.filter(name => name !== 'sops')
  return fc.dictionary(names, tree, { maxKeys: 5, noNullPrototype: true })
}

/** Maps of awkward texts, numbers, lists and maps, as the writer takes them. */
export const randomDocument = documentsOf(fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })))

/** The same with integers that `JSON.stringify` takes. */
export const randomJson = documentsOf(fc.maxSafeInteger())
