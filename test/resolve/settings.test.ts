import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkSettingsSchema, type SettingsFault } from '../../src/resolve/settings.ts'

/** The faults of settings under a schema that must itself be right. */
function faults(schema: unknown, settings: unknown): readonly SettingsFault[] {
  const checked = checkSettingsSchema(schema)
  if (!checked.ok) throw new Error(JSON.stringify(checked.faults))
  return checked.validate(settings)
}

function schemaFaults(schema: unknown): readonly SettingsFault[] {
  const checked = checkSettingsSchema(schema)
  return checked.ok ? [] : checked.faults
}

const AJV = new Ajv2020({
  strict: false,
  validateFormats: false,
  ownProperties: true,
  logger: false,
  validateSchema: false,
})

type Judge = (item: unknown) => boolean

/** The judgement of the usual library. */
function judgeOf(whole: object): Judge {
  const valid = AJV.compile(whole)
  return item => valid(item)
}

/** Two of each level below, 25 levels. */
function laughs(keyword: string): object {
  const $defs: Record<string, object> = { level0: { type: 'object' } }
  for (let level = 1; level <= 25; level += 1) {
    const below = { $ref: `#/$defs/level${level - 1}` }
    $defs[`level${level}`] = { [keyword]: [below, below] }
  }
  return { $ref: '#/$defs/level25', $defs }
}

function nested(depth: number): object {
  let schema: object = {}
  for (let level = 0; level < depth; level += 1) schema = { properties: { a: schema } }
  return schema
}

const BILLING = {
  type: 'object',
  required: ['region'],
  additionalProperties: false,
  properties: {
    region: { title: 'Region', enum: ['eu', 'us'], 'x-order': 1 },
    pageSize: { type: 'integer', minimum: 1, maximum: 100, default: 50 },
    pin: { type: 'string', format: 'password', writeOnly: true, minLength: 4 },
    callback: { type: 'string', format: 'uri', examples: ['https://example.com/hook'] },
    proxy: {
      type: 'object',
      properties: { host: { type: 'string', pattern: '^[a-z.]+$' } },
      additionalProperties: false,
    },
    tags: { type: 'array', items: { type: 'string' }, uniqueItems: true, maxItems: 3 },
    auth: {
      oneOf: [{ const: 'none' }, { type: 'object', required: ['user'], properties: { user: { type: 'string' } } }],
    },
  },
}

describe('what is wrong with settings is said with its place and a cure', () => {
  const cases: [name: string, settings: unknown, expected: SettingsFault[]][] = [
    ['all is well', { region: 'eu', pageSize: 10, tags: ['a'], auth: { user: 'x' } }, []],
    ['a required one is missing', {}, [{ path: [], message: '"region" is missing', cure: 'Add it.' }]],
    [
      'another value than those listed',
      { region: 'asia' },
      [{ path: ['region'], message: '"region" must be one of "eu", "us"' }],
    ],
    [
      'an unknown name near a known one',
      { region: 'eu', pagesize: 3 },
      [
        {
          path: ['pagesize'],
          key: true,
          message: '"pagesize" is not a known setting',
          cure: 'Did you mean "pageSize"?',
        },
      ],
    ],
    [
      'an unknown name near nothing, inside an object',
      { region: 'eu', proxy: { port: 8080 } },
      [
        {
          path: ['proxy', 'port'],
          key: true,
          message: '"proxy.port" is not a known setting',
          cure: 'Known are "host".',
        },
      ],
    ],
    [
      'another type',
      { region: 'eu', pageSize: '10' },
      [{ path: ['pageSize'], message: '"pageSize" must be a whole number' }],
    ],
    ['too much', { region: 'eu', pageSize: 1000 }, [{ path: ['pageSize'], message: '"pageSize" must be at most 100' }]],
    ['too short', { region: 'eu', pin: '123' }, [{ path: ['pin'], message: '"pin" must have at least 4 characters' }]],
    [
      'no URI',
      { region: 'eu', callback: 'hook' },
      [{ path: ['callback'], message: '"callback" must be of the format uri' }],
    ],
    [
      'no match',
      { region: 'eu', proxy: { host: 'UPPER' } },
      [
        {
          path: ['proxy', 'host'],
          message: '"proxy.host" must match the pattern "^[a-z.]+$"',
          cure: 'Change it to match.',
        },
      ],
    ],
    [
      'an item twice',
      { region: 'eu', tags: ['a', 'b', 'a'] },
      [
        {
          path: ['tags', 2],
          message: '"tags[2]" stands in the list twice, as item 1 and 3',
          cure: 'Remove one of them.',
        },
      ],
    ],
    [
      'none of two forms: the nearer one is quoted',
      { region: 'eu', auth: { user: 1 } },
      [
        {
          path: ['auth'],
          message: '"auth" fits none of the 2 forms it may have',
          cure: 'The nearest form says: "auth.user" must be text.',
        },
      ],
    ],
    ['not even an object', [], [{ path: [], message: 'the value must be an object' }]],
  ]
  test.each(cases)('%s', (_, settings, expected) => {
    expect(faults(BILLING, settings)).toEqual(expected)
  })

  test('all faults are said at once', () => {
    expect(
      faults(BILLING, { pageSize: 0, pin: '', tags: [1, 2] })
        .map(({ path }) => path.join('.'))
        .toSorted(),
    ).toEqual(['', 'pageSize', 'pin', 'tags.0', 'tags.1'])
  })

  test('a value is never repeated', () => {
    const secret = 'hunter2-canary'
    const wrong = {
      region: secret,
      pageSize: secret,
      pin: { secret },
      callback: secret,
      tags: [secret, secret],
      auth: secret,
    }
    expect(JSON.stringify(faults(BILLING, wrong))).not.toContain(secret)
  })

  test('a name is shown without what could deceive', () => {
    const [found] = faults(BILLING, { region: 'eu', ['\u202Egnp\u0007\u001B[31m']: 1 })
    // oxlint-disable-next-line no-control-regex
    expect(found?.message).not.toMatch(/[\u0000-\u001F\u202E]/u)
  })

  test('integers beyond 2^53, as a careful decoder gives them, are numbers', () => {
    expect(faults({ properties: { id: { type: 'integer', minimum: 1 } } }, { id: 9_007_199_254_740_993n })).toEqual([])
  })
})

describe('what is wrong with a schema is said by name', () => {
  const cases: [name: string, schema: unknown, path: string, said: RegExp][] = [
    ['no object', true, '', /must be an object/],
    [
      'a mistyped keyword',
      { propertys: {} },
      'propertys',
      /not a keyword that settings may use. Did you mean "properties"/,
    ],
    ['a keyword that is not supported', { contains: {} }, 'contains', /not a keyword/],
    ['a dynamic reference', { $dynamicRef: '#x' }, '$dynamicRef', /not a keyword/],
    [
      'a reference to data',
      { properties: { a: { maximum: { $data: '1/b' } } } },
      'properties.a.maximum',
      /must be a number/,
    ],
    ['a file', { $ref: 'other.json' }, '$ref', /leads out of the schema/],
    ['an address', { $ref: 'https://example.com/s.json#/a' }, '$ref', /no address is read/],
    [
      'nothing',
      { $ref: '#/$defs/prot', $defs: { port: {} } },
      '$ref',
      /leads to nothing.* Did you mean "#\/\$defs\/port"/,
    ],
    ['what is no schema', { $ref: '#/properties', properties: {} }, '$ref', /leads to nothing/],
    [
      'a circle',
      { $ref: '#/$defs/a', $defs: { a: { allOf: [{ $ref: '#/$defs/a' }] } } },
      '',
      /lead back to themselves/,
    ],
    ['another dialect', { $schema: 'http://json-schema.org/draft-07/schema#' }, '$schema', /another dialect/],
    [
      'an unknown type',
      { properties: { a: { type: 'int' } } },
      'properties.a.type',
      /must be one or several of string/,
    ],
    [
      'required as in draft 3',
      { properties: { a: { required: true } } },
      'properties.a.required',
      /must be a list of names/,
    ],
    ['a list where a schema belongs', { items: [{}] }, 'items', /must be a schema/],
    ['look-ahead', { pattern: '(?=a)b' }, 'pattern', /not supported: look-around/],
    ['look-behind', { pattern: '(?<!a)b' }, 'pattern', /not supported: look-around/],
    ['a back-reference', { pattern: String.raw`(a)\1` }, 'pattern', /not supported/],
    ['no pattern', { patternProperties: { '(': {} } }, 'patternProperties.(', /not a regular expression/],
    [
      'what other readers of patterns refuse',
      { pattern: String.raw`\A[[:alpha:]]` },
      'pattern',
      /not a regular expression/,
    ],
    ['a key that pollutes', JSON.parse('{"properties":{"__proto__":{}}}'), 'properties.__proto__', /not accepted/],
  ]
  test.each(cases)('%s', (_, schema, path, said) => {
    const [fault, ...others] = schemaFaults(schema)
    expect(others).toEqual([])
    expect(fault?.path.join('.')).toBe(path)
    expect(`${fault?.message}. ${fault?.cure}`).toMatch(said)
  })

  test('annotations are taken and ask nothing', () => {
    const annotated = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'T',
      description: 'D',
      $comment: 'C',
      default: 1,
      examples: [1],
      deprecated: true,
      readOnly: false,
      writeOnly: true,
      format: 'password',
      'x-order': 3,
    }
    expect(faults(annotated, 'anything')).toEqual([])
  })
})

describe('formats', () => {
  const formats: Record<string, { good: string[]; bad: string[] }> = {
    uri: {
      good: ['https://a.example/x?y#z', 'urn:isbn:1', 'postgres://h/db'],
      bad: ['', 'a.example', '/x', 'https://', 'http://a b'],
    },
    email: { good: ['ana@acme.example'], bad: ['ana', 'ana@', '@acme.example', 'a b@acme.example', 'a@b..c'] },
    date: {
      good: ['2024-02-29', '0001-01-01'],
      bad: ['2023-02-29', '2024-13-01', '2024-00-10', '2024-1-1', '24-01-01'],
    },
    'date-time': {
      good: ['2024-02-29T23:59:60Z', '2024-01-01T00:00:00.123+02:00'],
      bad: ['2024-01-01', '2024-01-01 00:00:00Z', '2024-01-01T24:00:00Z', '2024-01-01T00:00:00'],
    },
    ipv4: { good: ['10.0.0.1'], bad: ['10.0.0.256', '010.0.0.1', '1.2.3'] },
    ipv6: { good: ['::1', 'fe80::1'], bad: ['::g', '1::2::3', 'fe80::1%eth0'] },
    hostname: { good: ['a', 'a.example-1.com'], bad: ['', '-a', 'a_b', 'a..b', `${'a'.repeat(64)}.com`] },
    uuid: { good: ['123E4567-e89b-12d3-a456-426614174000'], bad: ['123e4567e89b12d3a456426614174000'] },
    'no-such-format': { good: ['anything'], bad: [] },
  }
  test.each(Object.entries(formats))('%s', (format, { good, bad }) => {
    for (const text of good) expect({ text, faults: faults({ format }, text) }).toEqual({ text, faults: [] })
    for (const text of bad) expect({ text, count: faults({ format }, text).length }).toEqual({ text, count: 1 })
    expect(faults({ format }, 42)).toEqual([])
  })
})

describe('hostile schemas and settings end in a fault, soon', () => {
  const schemas: [name: string, schema: unknown, message: RegExp][] = [
    ['nesting', nested(2000), /nests deeper than 40 levels/],
    ['20,000 branches', { anyOf: Array.from({ length: 20_000 }, () => ({})) }, /holds more than|is larger than/],
    ['a large text', { description: 'x'.repeat(70_000) }, /is larger than 65536 characters/],
    ['a long pattern', { pattern: 'a'.repeat(501) }, /longer than 500 characters/],
    ['repetition of repetition', { pattern: '((a{30}){30}){30}' }, /not supported/],
    ['large classes repeated', { pattern: '(?:[a-z]{900}|[0-9]{900}|x{900})' }, /repeats too much/],
    [
      'a hundred dear patterns',
      { allOf: Array.from({ length: 100 }, (_, index) => ({ pattern: `^[a-z]{${900 + index}}$` })) },
      /one pattern too many/,
    ],
    [
      'a chain of references',
      {
        $ref: '#/$defs/a0',
        $defs: Object.fromEntries(
          Array.from({ length: 1000 }, (_, index) => [
            `a${index}`,
            index === 999 ? {} : { $ref: `#/$defs/a${index + 1}` },
          ]),
        ),
      },
      /pass through more than 100 others/,
    ],
    ['something that is no JSON', { default: () => 1 }, /is not JSON/],
  ]
  test.each(schemas)('%s', (_, schema, message) => {
    const started = performance.now()
    expect(schemaFaults(schema)[0]?.message).toMatch(message)
    expect(performance.now() - started).toBeLessThan(2000)
  })

  test('a thousand faults in a schema are a hundred', () => {
    const unknown = Object.fromEntries(Array.from({ length: 1000 }, (_, index) => [`keyword${index}`, 1]))
    expect(schemaFaults(unknown)).toHaveLength(100)
  })

  const many = Object.fromEntries(Array.from({ length: 5000 }, (_, index) => [`${index}`, {}]))
  const objects = Array.from({ length: 20_000 }, (_, index) => ({ index }))
  const works: [name: string, schema: unknown, settings: unknown, valid: boolean][] = [
    ['5,000 properties', { properties: many, additionalProperties: false }, { 4999: '' }, true],
    ['inherited names are missing', { required: ['constructor', 'toString'] }, {}, false],
    ['inherited names are no properties', { properties: { constructor: { type: 'string' } } }, {}, true],
    ['a pattern that backtracks, 30 characters', { pattern: '^(a+)+$' }, `${'a'.repeat(30)}!`, false],
    ['a pattern that backtracks, 5,000 characters', { pattern: '^(a+)+$' }, `${'a'.repeat(5000)}!`, false],
    ['20,000 different objects', { uniqueItems: true }, objects, true],
    ['20,000 objects and one twice', { uniqueItems: true }, [...objects, { index: 7 }], false],
    ['laughs that end at once', laughs('anyOf'), {}, true],
    ['laughs to the end', laughs('allOf'), {}, false],
    ['laughs to the end, one of each', laughs('oneOf'), {}, false],
    ['a text too long for a slow pattern', { pattern: '(?:a?){400}a{400}b' }, 'a'.repeat(100_000), false],
    ['settings too deep', {}, JSON.parse(`${'['.repeat(2000)}${']'.repeat(2000)}`), false],
    ['settings too large', {}, 'x'.repeat(2 ** 21), false],
    [
      'a circle through the settings',
      { $ref: '#/$defs/tree', $defs: { tree: { items: { $ref: '#/$defs/tree' } } } },
      [[[]]],
      true,
    ],
  ]
  test.each(works)('%s', (_, schema, settings, valid) => {
    const started = performance.now()
    const found = faults(schema, settings)
    expect(performance.now() - started).toBeLessThan(2000)
    expect({ valid: found.length === 0, found }).toEqual({ valid, found })
  })

  test('a hundred faults of 60,000, each short', () => {
    const found = faults(
      { items: { type: 'object', required: ['a'] } },
      Array.from({ length: 60_000 }, () => 'x'),
    )
    expect(found).toHaveLength(100)
    expect(JSON.stringify(found).length).toBeLessThan(20_000)
  })

  test('what was too much to check is not valid, and says so', () => {
    expect(faults(laughs('allOf'), {})[0]?.message).toBe('the settings take too much work to check')
  })

  test('works where code from strings is forbidden', () => {
    const module = fileURLToPath(new URL('../../src/resolve/settings.ts', import.meta.url))
    const script = `
      import { checkSettingsSchema } from ${JSON.stringify(module)}
      let forbidden = false
      try { new Function('') } catch { forbidden = true }
      const checked = checkSettingsSchema(${JSON.stringify(BILLING)})
      console.log(forbidden, checked.ok && checked.validate({ region: 'eu' }).length)`
    const flags = ['--disallow-code-generation-from-strings', '--input-type=module', '--eval', script]
    expect(execFileSync(process.execPath, flags, { encoding: 'utf8' }).trim()).toBe('true 0')
  })
})

describe('the interpreter and the compiler of the usual library agree', () => {
  // The library compares `constructor` and `toString` of objects in its own way, and can fail over them.
  const name = fc.constantFrom('a', 'b', 'ab', 'hasOwnProperty')
  const scalar = fc.oneof(
    fc.constantFrom(null, true, false, 0, -0, 1, 1.5, 2, 3, -1, '', 'a', 'ab', 'abc', 'B1', '😀', 'constructor'),
    fc.integer({ min: -5, max: 5 }),
  )
  const { value } = fc.letrec<{ value: unknown }>(tie => ({
    value: fc.oneof(
      { depthSize: 'small' },
      scalar,
      fc.array(tie('value'), { maxLength: 3 }),
      fc.dictionary(name, tie('value'), { maxKeys: 4, noNullPrototype: true }),
    ),
  }))
  const small = fc.integer({ min: 0, max: 3 })
  const pattern = fc.constantFrom('^a', 'b$', '^[a-z]+$', 'a|B', String.raw`\d`, '.', '^$', '(a+)+', '[^a]')
  const types = fc.constantFrom('string', 'number', 'integer', 'boolean', 'object', 'array', 'null')
  const { schema } = fc.letrec<{ schema: unknown }>(tie => {
    const one = tie('schema')
    const list = fc.array(one, { minLength: 1, maxLength: 2 })
    const map = fc.dictionary(name, one, { maxKeys: 2, noNullPrototype: true })
    const names = fc.uniqueArray(name, { maxLength: 2 })
    const keywords: Record<string, fc.Arbitrary<unknown>> = {
      type: fc.oneof(types, fc.uniqueArray(types, { minLength: 1, maxLength: 3 })),
      enum: fc.uniqueArray(value, { minLength: 1, maxLength: 3, selector: item => JSON.stringify(item) }),
      const: value,
      minimum: small,
      maximum: small,
      exclusiveMinimum: small,
      exclusiveMaximum: small,
      multipleOf: fc.constantFrom(1, 2, 0.5),
      minLength: small,
      maxLength: small,
      pattern,
      minItems: small,
      maxItems: small,
      uniqueItems: fc.boolean(),
      minProperties: small,
      maxProperties: small,
      required: names,
      properties: map,
      patternProperties: fc.dictionary(pattern, one, { maxKeys: 2, noNullPrototype: true }),
      additionalProperties: one,
      propertyNames: one,
      dependentRequired: fc.dictionary(name, names, { maxKeys: 2, noNullPrototype: true }),
      dependentSchemas: map,
      items: one,
      prefixItems: list,
      allOf: list,
      anyOf: list,
      oneOf: list,
      not: one,
      if: one,
      else: one,
      $ref: fc.constant('#/$defs/one'),
    }
    const pairs = [...Object.entries(keywords), ['then', one] as const].map(([keyword, argument]) =>
      fc.tuple(fc.constant(keyword), argument),
    )
    // Few keywords in each schema, or nearly every value would be refused.
    const object = fc.array(fc.oneof(...pairs), { maxLength: 3 }).map(entries => Object.fromEntries(entries))
    const leaf = fc.oneof(fc.boolean(), fc.record({ type: types }), fc.constant({ $ref: '#/$defs/one' }))
    return { schema: fc.oneof({ maxDepth: 3 }, leaf, object, object) }
  })
  const one = fc.record(
    { type: types, minimum: small, required: fc.uniqueArray(name, { maxLength: 1 }) },
    { requiredKeys: [] },
  )
  const object = schema.map(inner => (typeof inner === 'object' && inner !== null ? inner : { not: inner }))

  const neighbours: [name: string, schema: object, values: unknown[]][] = [
    ['items begin behind prefixItems', { prefixItems: [true], items: false }, [[], [1], [1, 2]]],
    ['characters are code points', { minLength: 2, maxLength: 2 }, ['😀', '😀a', 'ab', 'a', 'abc']],
    [
      'additional is what neither names nor patterns know',
      { properties: { a: true }, patternProperties: { '^b': true }, additionalProperties: false },
      [{ a: 1 }, { b1: 1 }, { c: 1 }, { constructor: 1 }],
    ],
    ['then without if', JSON.parse('{"then":false}'), [1]],
    ['if without then', { if: { const: 1 }, else: { const: 2 } }, [1, 2, 3]],
    [
      'a reference beside other keywords',
      { $ref: '#/$defs/n', minimum: 2, $defs: { n: { type: 'number' } } },
      [1, 2, 'x'],
    ],
    ['an escaped reference', { $ref: '#/$defs/a~1b%20c', $defs: { 'a/b c': { type: 'null' } } }, [null, 1]],
    [
      'a reference into a property',
      { properties: { a: { type: 'null' }, b: { $ref: '#/properties/a' } } },
      [{ b: null }, { b: 1 }],
    ],
    ['equal numbers written differently', { enum: [1, { a: 1.5, b: 0 }] }, [1.0, { b: -0, a: 1.5 }, '1', { a: 1.5 }]],
    ['one of, none or several', { oneOf: [{ minimum: 1 }, { maximum: 3 }] }, [0, 2, 4, 'x']],
  ]
  test.each(neighbours)('%s', (_, whole, values) => {
    const valid = judgeOf(whole)
    expect(values.map(item => faults(whole, item).length === 0)).toEqual(values.map(item => valid(item)))
  })

  test('on random schemas and values', () => {
    const seen = { valid: 0, invalid: 0 }
    fc.assert(
      fc.property(object, one, fc.array(value, { minLength: 1, maxLength: 8 }), (keywords, definition, values) => {
        const whole = { ...keywords, $defs: { one: definition } }
        const checked = checkSettingsSchema(whole)
        if (!checked.ok) throw new Error(JSON.stringify(checked.faults))
        const validate = judgeOf(whole)
        for (const item of values) {
          const valid = validate(item)
          seen[valid ? 'valid' : 'invalid'] += 1
          expect({ item, valid: checked.validate(item).length === 0 }).toEqual({ item, valid })
        }
      }),
      { numRuns: 1000 },
    )
    expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(1000)
  })
})
