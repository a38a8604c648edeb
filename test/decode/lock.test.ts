import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lockIn } from '../../src/decode/lock.ts'
import { locate } from '../../src/decode/positions.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Document } from '../../src/model/document.ts'
import { file, written } from './reading.ts'

interface Read {
  readonly services: Readonly<Record<string, readonly string[]>> | undefined
  readonly says: string
}

function readAll(documents: readonly Document[]): Read {
  const problems: Problem[] = []
  const lock = lockIn(documents, problem => {
    problems.push(problem)
  })
  return { services: lock && Object.fromEntries(lock.services), says: written(locate(problems)) }
}

function read(content: string | Uint8Array): Read {
  return readAll([file('tenon.lock.yaml', content)])
}

const BILLING = 'formatVersion: 1\nservices:\n  serviceDefinition/acme/billing:\n'

describe('a lock file', () => {
  test('gives what it accepts, as it is written', () => {
    const text = `# What was accepted.\n${BILLING}    - GET /invoices\n    - "POST /invoices/{id}:void"\n  clusterServiceDefinition/tickets: []\n`
    expect(read(text)).toEqual({
      services: {
        'serviceDefinition/acme/billing': ['GET /invoices', 'POST /invoices/{id}:void'],
        'clusterServiceDefinition/tickets': [],
      },
      says: '',
    })
  })

  test('may accept nothing at all', () => {
    expect(read('formatVersion: 1\nservices: {}\n')).toEqual({ services: {}, says: '' })
  })

  test('may list an operation twice, as a merge does, and in any order', () => {
    const text = `${BILLING}    - POST /b\n    - GET /a\n    - POST /b\n`
    expect(read(text).services).toEqual({ 'serviceDefinition/acme/billing': ['POST /b', 'GET /a', 'POST /b'] })
  })

  test('is absent where there is none', () => {
    expect(readAll([])).toEqual({ services: undefined, says: '' })
  })

  test('of each source counts for its services', () => {
    const tickets = 'formatVersion: 1\nservices:\n  serviceDefinition/acme/tickets: [GET /t]\n'
    const found = readAll([file('a/tenon.lock.yaml', `${BILLING}    - GET /a\n`), file('b/tenon.lock.yaml', tickets)])
    expect(found).toEqual({
      services: { 'serviceDefinition/acme/billing': ['GET /a'], 'serviceDefinition/acme/tickets': ['GET /t'] },
      says: '',
    })
  })
})

const LINES = (...lines: readonly string[]): string => lines.join('\n')

describe('what cannot be trusted is refused whole', () => {
  test.each<[name: string, text: string | Uint8Array, says: string]>([
    [
      'an empty file',
      '',
      'tenon.lock.yaml:1:1 error lock-empty: the lock file is empty, so that nobody could tell what was accepted\n    Remove it, or write it with `tenon lock`.',
    ],
    [
      'comments only',
      '# nothing\n',
      'tenon.lock.yaml:1:1 error lock-empty: the lock file is empty, so that nobody could tell what was accepted\n    Remove it, or write it with `tenon lock`.',
    ],
    [
      'an empty document',
      '---\n',
      'tenon.lock.yaml:1:1 error lock-empty: the lock file is empty, so that nobody could tell what was accepted\n    Remove it, or write it with `tenon lock`.',
    ],
    [
      'the marks of a merge',
      LINES(BILLING.trimEnd(), '<<<<<<< HEAD', '    - GET /a', '=======', '    - GET /b', '>>>>>>> theirs', ''),
      'tenon.lock.yaml:4:1 error lock-conflict: a merge left a conflict in this file\n    Keep the operations that both sides accept, take out the marks of the merge, and look at `tenon lock --check`.',
    ],
    [
      'one mark that was forgotten',
      LINES(`${BILLING}    - GET /a`, '>>>>>>> 1a2b3c4 (theirs)', ''),
      'tenon.lock.yaml:5:1 error lock-conflict: a merge left a conflict in this file\n    Keep the operations that both sides accept, take out the marks of the merge, and look at `tenon lock --check`.',
    ],
    [
      'a service that a merge left twice',
      LINES(`${BILLING}    - GET /a`, '  serviceDefinition/acme/billing:', '    - GET /b', ''),
      'tenon.lock.yaml:5:3 error yaml-duplicate-key: the key "serviceDefinition/acme/billing" stands twice in this map\n    Remove one of the two.',
    ],
    [
      'another format',
      'formatVersion: 2\nservices: {}\nsince: 2027\n',
      'tenon.lock.yaml:1:16 error lock-format: the lock file has format 2, which this version of Tenon does not know\n    Use a newer Tenon, or write the file again.',
    ],
    [
      'unknown fields and wrong types',
      LINES(
        'formatVersion: "1"',
        'servces: {}',
        'services:',
        '  serviceDefinition/acme/billing: GET /a',
        '  serviceDefinition/acme/tickets: [1, null]',
        '',
      ),
      [
        'tenon.lock.yaml:1:16 error invalid-type: formatVersion must be a whole number, not text\n    Write a whole number, without quotes.',
        'tenon.lock.yaml:2:1 error unknown-field: unknown field "servces" in the document\n    The fields here are formatVersion, services.',
        'tenon.lock.yaml:4:35 error invalid-type: services["serviceDefinition/acme/billing"] must be a list, not text\n    Write a list, also for one entry: [ … ].',
        'tenon.lock.yaml:5:36 error invalid-type: services["serviceDefinition/acme/tickets"][0] must be text, not a number\n    Put it in quotes.',
        'tenon.lock.yaml:5:39 error null-value: services["serviceDefinition/acme/tickets"][1] has no value\n    Leave it out, or give it a value.',
      ].join('\n'),
    ],
    [
      'what is no service, and what is no operation',
      LINES(
        'formatVersion: 1',
        'services:',
        '  integration/acme/billing: []',
        '  serviceDefinition/billing: []',
        '  clusterServiceDefinition/tickets: [get /a, "GET", "GET a"]',
        '',
      ),
      [
        'tenon.lock.yaml:3:3 error invalid-value: the key "integration/acme/billing" in services is not the address of a service\n    Write serviceDefinition/<namespace>/<name> or clusterServiceDefinition/<name>.',
        'tenon.lock.yaml:4:3 error invalid-value: the key "serviceDefinition/billing" in services is not the address of a service\n    Write serviceDefinition/<namespace>/<name> or clusterServiceDefinition/<name>.',
        ...[38, 46, 53].map(
          (column, entry) =>
            `tenon.lock.yaml:5:${column} error invalid-value: services["clusterServiceDefinition/tickets"][${entry}] is "${['get /a', 'GET', 'GET a'][entry]}", which is not an accepted operation\n    Write the method in capitals, one blank and the path template, such as GET /invoices/{id}.`,
        ),
      ].join('\n'),
    ],
    [
      'a list at the top',
      '- GET /a\n',
      'tenon.lock.yaml:1:1 error invalid-type: the document must be a map, not a list\n    Write its fields below it, each on a line of its own.',
    ],
    [
      'two documents',
      'formatVersion: 1\nservices: {}\n---\nformatVersion: 1\nservices: {}\n',
      'tenon.lock.yaml:3:1 error lock-documents: the file holds more than one document\n    Keep one, or write it with `tenon lock`.',
    ],
    [
      'fields that are missing',
      'services: {}\n',
      'tenon.lock.yaml:1:1 error required-field: the document needs the field "formatVersion"\n    Add "formatVersion": The version of this file\'s format: 1.',
    ],
    [
      'an alias',
      LINES(`${BILLING}    - &a GET /a`, '    - *a', ''),
      LINES(
        'tenon.lock.yaml:4:7 error yaml-alias: an anchor (&name) is not allowed\n    Remove it; quote text that begins with &.',
        'tenon.lock.yaml:5:7 error yaml-alias: an alias (*name) is not allowed\n    Write the value out; quote text that begins with *.',
      ),
    ],
    [
      'no text',
      Buffer.from([0x66, 0xff]),
      'tenon.lock.yaml:1:2 error file-not-utf8: the file is not UTF-8 from here on\n    Save the file as UTF-8.',
    ],
  ])('%s', (_name, text, says) => {
    expect(read(text)).toEqual({ services: undefined, says })
  })

  test('a prototype is no service', () => {
    const { services, says } = read('formatVersion: 1\nservices:\n  __proto__: [GET /a]\n')
    expect(services).toBeUndefined()
    expect(says).toContain('error')
  })

  test('one service in two files', () => {
    const text = `${BILLING}    - GET /a\n`
    expect(readAll([file('a/tenon.lock.yaml', text), file('b/tenon.lock.yaml', text)])).toEqual({
      services: undefined,
      says: 'b/tenon.lock.yaml:3:3 error lock-duplicate: serviceDefinition/acme/billing is listed in a/tenon.lock.yaml as well\n    Run `tenon lock`, or take it out of the file of the source that does not declare it.',
    })
  })

  test('nothing of a sound file is used beside a broken one', () => {
    expect(readAll([file('a', `${BILLING}    - GET /a\n`), file('b', 'services: [\n')]).services).toBeUndefined()
  })
})

describe('hostile bytes', () => {
  test('end in a diagnostic or in what they say, never in an exception', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.uint8Array()), fc.nat({ max: BILLING.length }), (noise, at) => {
        const bytes = Buffer.concat([
          Buffer.from(BILLING.slice(0, at)),
          Buffer.from(noise as string),
          Buffer.from(BILLING.slice(at)),
        ])
        const { services, says } = read(bytes)
        expect(services === undefined).toBe(says !== '')
      }),
    )
  })

  test('a file of many mistakes says a hundred of them, and how many more there are', () => {
    const { says } = read(`${BILLING}${'    - get /a\n'.repeat(5000)}`)
    expect(says.match(/invalid-value/g)).toHaveLength(100)
    expect(says).toContain('4900 more problems')
  })

  test('deep nesting is refused', () => {
    expect(read(`formatVersion: 1\nservices: ${'['.repeat(5000)}`).says).toContain('error yaml-')
  })

  test('a large lock is read in time', () => {
    const operations = Array.from({ length: 100_000 }, (_, number) => `    - GET /things/{id}/part-${number}\n`).join(
      '',
    )
    const started = performance.now()
    expect(read(BILLING + operations).services?.['serviceDefinition/acme/billing']).toHaveLength(100_000)
    expect(performance.now() - started).toBeLessThan(10_000)
  })
})
