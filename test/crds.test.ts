/** What a CustomResourceDefinition has to be, as far as the files show it; `test/cluster/crds.test.ts` asks a real server. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { RE2JS } from 're2js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CLUSTER, type Rule } from '../schemas/crd-rules.ts'
import { clusterSchema } from '../schemas/crds.ts'
import { inlined, KIND_FILES, loadSchema, type KindFile, type Schema } from '../schemas/load.ts'
import { forbiddenInValue, hasJoiner } from '../src/decode/characters.ts'
import { KIND_NAMES } from '../src/model/address.ts'

const FOLDER = path.join(import.meta.dirname, '../charts/tenon/files/crds')
const FILES = readdirSync(FOLDER)

/** Fields that only files have. */
const ABSENT = ['spec.data', 'spec.file', 'spec.openapi.file']
/** Maps that an API server leaves as they are. */
const FREE = ['spec.openapi.inline', 'spec.settings', 'spec.settingsSchema']

interface Node {
  readonly at: string
  readonly schema: Schema
  readonly parent: Schema | undefined
}

/** Every schema below one, with its path. */
function* nodes(schema: Schema, at = '', parent?: Schema): Generator<Node> {
  yield { at, schema, parent }
  for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>))
    yield* nodes(field, at === '' ? name : `${at}.${name}`, schema)
  if (schema['items'] !== undefined) yield* nodes(schema['items'] as Schema, `${at}[]`, schema)
  if (typeof schema['additionalProperties'] === 'object')
    yield* nodes(schema['additionalProperties'] as Schema, `${at}{}`, schema)
}

function written(file: string): { readonly text: string; readonly crd: ReturnType<typeof parse> } {
  const text = readFileSync(path.join(FOLDER, file), 'utf8')
  return { text, crd: parse(text) }
}

function specOf(file: KindFile): Schema {
  const schema = inlined(loadSchema(file), loadSchema(file)) as { properties: { spec: Schema } }
  return schema.properties.spec
}

function specInCluster(file: KindFile): Schema {
  return (clusterSchema(file) as { properties: { spec: Schema } }).properties.spec
}

test('there is one definition for each kind, in a file named by its plural', () => {
  const kinds = FILES.map(file => {
    const { crd } = written(file)
    expect(crd.metadata.name).toBe(`${crd.spec.names.plural}.tenon.dev`)
    expect(`${crd.spec.names.plural}.yaml`).toBe(file)
    return crd.spec.names.kind as string
  })
  expect(kinds.toSorted()).toEqual(Object.values(KIND_NAMES).toSorted())
})

describe.each(FILES)('%s', file => {
  const { text, crd } = written(file)
  const [version] = crd.spec.versions
  const root: Schema = version.schema.openAPIV3Schema
  const all = [...nodes(root)]

  test('fits into the annotation in which kubectl keeps what was last applied, many times', () => {
    expect(Buffer.byteLength(JSON.stringify(crd))).toBeLessThan(64 * 1024)
    expect(text).toMatch(/^# Generated /)
  })

  test('has one version, a status of its own, and belongs to the category', () => {
    expect(crd.spec.versions).toHaveLength(1)
    expect(version).toMatchObject({ name: 'v1alpha1', served: true, storage: true, subresources: { status: {} } })
    expect(crd.spec.names.categories).toEqual(['tenon'])
    expect(crd.spec.scope).toBe(crd.spec.names.kind === 'ClusterServiceDefinition' ? 'Cluster' : 'Namespaced')
  })

  test('shows Ready first and Age last, and reads its columns from fields that are there', () => {
    const columns: readonly { readonly name: string; readonly jsonPath: string }[] = version.additionalPrinterColumns
    expect(columns.map(({ name }) => name)).toEqual([
      'Ready',
      'Status',
      ...columns.slice(2, -1).map(c => c.name),
      'Age',
    ])
    const paths = new Set(all.map(({ at }) => at))
    for (const { jsonPath } of columns.slice(0, -1))
      expect(paths).toContain(jsonPath.slice(1).replace(/\[\?\(.*\)\]/, '[]'))
  })

  test('describes every field', () => {
    const fields = all.filter(({ at, parent }) => parent !== undefined && at !== 'metadata' && !/[\]}]$/.test(at))
    expect(fields.filter(({ schema }) => !/\S/.test(String(schema['description'] ?? ''))).map(({ at }) => at)).toEqual(
      [],
    )
  })

  test('bounds every value', () => {
    expect(all.filter(({ at, schema }) => at !== 'metadata' && !isBounded(schema)).map(({ at }) => at)).toEqual([])
  })

  test('uses only what a structural schema may use', () => {
    const known = new Set(
      'description type format required properties additionalProperties items enum default pattern minLength maxLength minimum maximum minItems maxItems minProperties maxProperties'.split(
        ' ',
      ),
    )
    for (const { at, schema } of all) {
      const foreign = Object.keys(schema).filter(key => !known.has(key) && !key.startsWith('x-kubernetes-'))
      expect(foreign, at).toEqual([])
      expect(schema['type'], at).toBeTypeOf('string')
      if (schema['properties'] !== undefined) expect(schema, at).not.toHaveProperty('additionalProperties')
      for (const value of Object.values(schema)) if (typeof value === 'number') expect(value, at).toBeLessThan(2 ** 31)
    }
  })

  test('leaves unchecked only what somebody else decides', () => {
    const unchecked = all.filter(({ schema }) => schema['x-kubernetes-preserve-unknown-fields'] !== undefined)
    for (const { at } of unchecked) expect(FREE).toContain(at)
  })

  test('says for every list how it is merged', () => {
    for (const { at, schema } of all.filter(node => node.schema['type'] === 'array')) {
      const { type } = schema['items'] as Schema
      const listType = schema['x-kubernetes-list-type']
      expect(['atomic', 'set', 'map'], at).toContain(listType)
      if (listType === 'set') expect(type, at).toBe('string')
    }
  })

  test('has rules whose messages say what to do, and whose paths lead to fields', () => {
    const reasons = ['FieldValueInvalid', 'FieldValueForbidden', 'FieldValueRequired']
    for (const { at, schema } of all) {
      for (const rule of (schema['x-kubernetes-validations'] ?? []) as readonly Rule[]) {
        expect(rule.message, at).toMatch(/^\S.{20,}[^.\s]$/)
        expect(reasons, at).toContain(rule.reason)
        if (rule.fieldPath !== undefined) expect(schema['properties'], at).toHaveProperty(rule.fieldPath.slice(1))
      }
    }
  })

  test('writes defaults into nobody’s spec', () => {
    expect(all.filter(({ schema }) => 'default' in schema).map(({ at }) => at)).toEqual(['status'])
  })
})

function isBounded(schema: Schema): boolean {
  switch (schema['type']) {
    case 'string':
      return 'maxLength' in schema || 'enum' in schema
    case 'array':
      return 'maxItems' in schema
    case 'object':
      return 'properties' in schema || 'maxProperties' in schema
    case 'integer':
      return 'format' in schema && 'minimum' in schema
    default:
      return schema['type'] === 'boolean'
  }
}

describe.each(KIND_FILES)('%s in a cluster', file => {
  const inFile = [...nodes(specOf(file), 'spec')].filter(({ at }) => !below(at, ABSENT))
  const inCluster = new Map([...nodes(specInCluster(file), 'spec')].map(({ at, schema }) => [at, schema]))

  test('has the fields of a file, but for those that name files', () => {
    expect([...inCluster.keys()]).toEqual(inFile.map(({ at }) => at))
  })

  test('requires what a file has to say, and bounds it alike', () => {
    const same = 'type enum required minLength maxLength minItems maxItems minProperties maxProperties minimum maximum'
    for (const { at, schema } of inFile) {
      const found = inCluster.get(at)!
      for (const keyword of same.split(' ')) {
        const implied = keyword === 'type' && schema['enum'] !== undefined ? 'string' : undefined
        expect(found[keyword], `${keyword} of ${at}`).toEqual(schema[keyword] ?? implied)
      }
      if (schema['type'] === 'array')
        expect(found['x-kubernetes-list-type'], at).toBe(schema['uniqueItems'] === true ? 'set' : 'atomic')
    }
  })

  test('has a rule for every condition between fields', () => {
    for (const { at, schema } of inFile) {
      const isConditional = ['allOf', 'anyOf', 'oneOf', 'not', 'if'].some(keyword => keyword in schema)
      expect(isConditional && CLUSTER[file].rules[at] === undefined, at).toBe(false)
    }
  })

  test('names no path that is not there', () => {
    const { rules, absent = [], descriptions = {}, free = [], sealed = [] } = CLUSTER[file]
    const named = [...Object.keys(rules), ...Object.keys(descriptions), ...free, ...sealed]
    for (const at of named) expect(inCluster.has(at), at).toBe(true)
    const all = new Set([...nodes(specOf(file), 'spec')].map(({ at }) => at))
    for (const at of absent) expect(all.has(at), at).toBe(true)
  })

  test('matches the texts that a file may hold', () => {
    for (const { at, schema } of inFile.filter(node => node.schema['type'] === 'string')) {
      const { pattern } = inCluster.get(at)!
      if (pattern === undefined) continue
      const own = new RegExp(String(schema['pattern'] ?? ''), 'u')
      const theirs = RE2JS.compile(String(pattern))
      const isProse = /\.(title|description|displayName|label|purpose|notes|summary|category|reason|message)$/.test(at)
      const isAllowed = (value: string): boolean =>
        own.test(value) && forbiddenInValue(value) < 0 && (isProse || !hasJoiner(value))
      const agree = fc.property(likely(schema), value => theirs.matcher(value).find() === isAllowed(value))
      expect(fc.check(agree, { numRuns: 300 }), at).toMatchObject({ failed: false })
    }
  })
})

function below(at: string, parents: readonly string[]): boolean {
  return parents.some(parent => at === parent || at.startsWith(`${parent}.`))
}

/** Texts near those that a schema lets through: its examples with one more character, or a mixture of telling ones. */
function likely(schema: Schema): fc.Arbitrary<string> {
  const examples = ((schema['examples'] ?? []) as readonly unknown[]).filter(value => typeof value === 'string')
  const telling = 'aZ09-_./:@,%?# \t\n\r\v\u00a0\u0085\u200b\u200c\u200d\u202e\u2028\u3000\ufeff\u0000\u{e0041}é😀'
  const character = fc.oneof(
    fc.constantFrom(...Array.from(telling)),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  )
  const starts = ['', 'a', '/', '/a', 'https://a.example/', '2026-10-01', '10m', ...examples]
  return fc
    .tuple(fc.constantFrom(...starts), fc.array(character, { maxLength: 4 }), fc.constantFrom('', 'a'))
    .map(([start, middle, end]) => start + middle.join('') + end)
    .filter(value => value.isWellFormed())
}
