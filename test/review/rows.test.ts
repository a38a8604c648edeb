import { describe, expect, test } from 'vitest'
import type { AccessStep } from '../../src/access/compare.ts'
import type { Difference } from '../../src/access/consequences.ts'
import { addressOf, type Address } from '../../src/model/address.ts'
import type { ReviewedOperation, Who } from '../../src/model/finding.ts'
import type { Operation } from '../../src/model/operation.ts'
import { accessRows } from '../../src/review/rows.ts'

const [A, B, C] = ['a', 'b', 'c'].map(name => addressOf('integration', 'acme', name)) as [Address, Address, Address]

function who(people: readonly string[], name = people.join(', ')): Who {
  return { kind: 'people', name, people }
}

function operation(id: string, path = `/${id}`, more: Partial<Operation> = {}): ReviewedOperation {
  const made = { id, method: 'post', path, tags: [], ...more }
  return { key: `POST ${path}`, before: made, after: made }
}

function step(of: Partial<AccessStep>): AccessStep {
  return { before: 'deny', after: 'allow', who: who(['ana']), operations: [operation('create')], ...of }
}

function difference(integration: Address, ...steps: readonly Partial<AccessStep>[]): Difference {
  return { integration, steps: steps.map(step) }
}

/** A row as `integrations: who, operations before → after`. */
function lines(differences: readonly Difference[]): readonly string[] {
  return accessRows(differences).map(row => {
    const places = row.integrations.map(address => address.slice(address.lastIndexOf('/') + 1)).join(' ')
    const called = row.operations.map(({ before, after }) => (after ?? before)?.id).join(' ')
    return `${places}: ${row.who.name}, ${called} ${row.before} → ${row.after}`
  })
}

describe('steps of several integrations', () => {
  test('are one row where people, operations and step are the same, whatever arrays hold them', () => {
    const both = ['ana', 'ben']
    const operations = [operation('create'), operation('drop')]
    expect(
      lines([
        difference(B, { who: who(both), operations }),
        difference(A, { who: who([...both]), operations: structuredClone(operations) }),
        difference(C, { who: who(both), operations: operations.toReversed() }),
      ]),
    ).toEqual(['a b c: ana, ben, create drop deny → allow'])
  })

  test.each<{ name: string; of: readonly [Partial<AccessStep>, Partial<AccessStep>] }>([
    { name: 'another step', of: [{}, { after: 'confirm' }] },
    {
      name: 'other people of the same number who begin alike',
      of: [{ who: who(['a', 'b']) }, { who: who(['a', 'c']) }],
    },
    { name: 'fewer people', of: [{ who: who(['a', 'b']) }, { who: who(['a']) }] },
    { name: 'a person and a company of one name', of: [{ who: who(['a']) }, { who: { kind: 'company', name: 'a' } }] },
    {
      name: 'a company and a group of the identity provider of one name',
      of: [{ who: { kind: 'company', name: 'a' } }, { who: { kind: 'idpGroup', name: 'a' } }],
    },
    {
      name: 'other operations of the same number who begin alike',
      of: [{ operations: [operation('a'), operation('b')] }, { operations: [operation('a'), operation('c')] }],
    },
    {
      name: 'one endpoint by two ids',
      of: [{ operations: [operation('a', '/x')] }, { operations: [operation('b', '/x')] }],
    },
    {
      name: 'one id at two endpoints',
      of: [{ operations: [operation('a', '/x')] }, { operations: [operation('a', '/y')] }],
    },
    {
      name: 'an operation that is new in one service only',
      of: [{ operations: [operation('a')] }, { operations: [operation('a', '/a', { isNew: true })] }],
    },
    {
      name: 'an operation that is there on one side only',
      of: [{ operations: [operation('a')] }, { operations: [{ ...operation('a'), before: undefined }] }],
    },
  ])('are two rows for $name', ({ of: [one, other] }) => {
    expect(lines([difference(A, one), difference(B, other)])).toHaveLength(2)
    expect(lines([difference(A, one), difference(B, one), difference(C, other)])).toHaveLength(2)
  })

  test('go by the name that says most, in whatever order they come', () => {
    const people = ['ana', 'ben', 'cyd', 'dee']
    const named = ['ana, ben, cyd and 1 other', 'group support', 'groups day and night', 'group on-call'].map(name =>
      who(people, name),
    )
    const differences = named.map((each, at) => difference(addressOf('integration', 'acme', `i${at}`), { who: each }))
    expect(lines(differences)).toEqual(['i0 i1 i2 i3: group on-call, create deny → allow'])
    expect(lines(differences.toReversed())).toEqual(lines(differences))
    expect(lines(differences.slice(0, 1).concat(differences.slice(2, 3)))).toEqual([
      'i0 i2: groups day and night, create deny → allow',
    ])
  })
})

test('what widens comes first, then open sets, larger ones, more operations; then by name, people, endpoints, integrations', () => {
  const many = who(['ana', 'ben', 'cyd', 'dee'], 'ana, ben, cyd and 1 other')
  const others = who(['ana', 'ben', 'cyd', 'eve'], 'ana, ben, cyd and 1 other')
  const differences = [
    difference(
      A,
      { before: 'confirm', after: 'deny' },
      { before: 'allow', after: 'deny' },
      { before: 'allow', after: 'confirm' },
      { after: 'confirm' },
      { before: 'confirm', after: 'allow' },
      { who: others },
      { who: many, operations: [operation('drop')] },
      { who: many },
      { who: who(['ben']) },
      { who: who(['ana']), operations: [operation('create'), operation('drop')] },
      { who: { kind: 'idpGroup', name: 'okta:a' } },
    ),
    difference(B, { who: many, operations: [operation('add', '/create')] }),
  ]
  const said = lines(differences)
  expect(said).toEqual([
    'a: okta:a, create deny → allow',
    'a: ana, ben, cyd and 1 other, create deny → allow',
    'b: ana, ben, cyd and 1 other, add deny → allow',
    'a: ana, ben, cyd and 1 other, drop deny → allow',
    'a: ana, ben, cyd and 1 other, create deny → allow',
    'a: ana, create drop deny → allow',
    'a: ben, create deny → allow',
    'a: ana, create confirm → allow',
    'a: ana, create deny → confirm',
    'a: ana, create allow → confirm',
    'a: ana, create allow → deny',
    'a: ana, create confirm → deny',
  ])
  const reversed = differences
    .toReversed()
    .map(({ integration, steps }) => ({ integration, steps: steps.toReversed() }))
  expect(lines(reversed)).toEqual(said)
})

test('nothing gives no rows', () => {
  expect(accessRows([])).toEqual([])
})
