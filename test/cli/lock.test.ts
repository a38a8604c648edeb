/** `tenon lock`: what was accepted, one operation on each line. */
import { execFileSync } from 'node:child_process'
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lockIn } from '../../src/decode/lock.ts'
import { lockEntries, lockText } from '../../src/cli/lock-entries.ts'
import { documents, group, write } from '../support/stories.ts'
import { temporaryFolder, tenon, type Ran, type RunOptions } from '../support/tenon.ts'
import { json } from './world.ts'

const LOCK = 'src/tenon.lock.yaml'

function service(name: string, operations: readonly string[], more = ''): string {
  const listed = operations.map(operation => {
    const [id, method, at] = operation.split(' ')
    return `    - {${id === '-' ? '' : `id: ${id}, `}method: ${method}, path: "${at}"}\n`
  })
  return `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: ${name}, namespace: acme}
spec:
  displayName: ${name}
  description: A service of a test.
  type: http
  operations:${listed.length === 0 ? ' []' : `\n${listed.join('')}`}
${more}`
}

const BILLING = service('billing', ['list get /invoices', 'refund post /invoices/{id}/refunds', '- delete /invoices'])
const TICKETS = service('tickets', ['list get /tickets', 'close post /tickets/{id}/close'])
const GROWN = BILLING.replace('operations:\n', 'operations:\n    - {id: void, method: post, path: /void}\n')

/** A folder with these documents in `src/all.yaml`. */
function folder(...texts: readonly string[]): RunOptions {
  const cwd = temporaryFolder()
  write(cwd, 'src/all.yaml', documents(...texts))
  return { cwd }
}

const lock = (options: RunOptions, ...flags: readonly string[]): Promise<Ran> =>
  tenon(['lock', '-f', 'src', ...flags], options)

function lines({ cwd }: RunOptions, file = LOCK): readonly string[] {
  return readFileSync(path.join(cwd, file), 'utf8')
    .split('\n')
    .filter(line => line !== '' && !line.startsWith('#'))
}

describe('the file', () => {
  test('lists every operation of every declared service, in order, and says what it is', async () => {
    const options = folder(TICKETS, BILLING)
    const { code, stdout } = await lock(options)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout:
        'serviceDefinition/acme/billing: 3 operations, 2 writes\nserviceDefinition/acme/tickets: 2 operations, 1 write\nLocked 5 operations of 2 services in src/tenon.lock.yaml.\n',
    })
    expect(readFileSync(path.join(options.cwd, LOCK), 'utf8')).toBe(
      `# The operations that were accepted of the services in this folder, one on each line. \`tenon lock\` writes this file.
# An operation that is not listed is new: a permission that allows or confirms covers it only by name, or with includeNew.
# After a merge, keep the lines of both sides, then look at \`tenon lock --check\`.
formatVersion: 1
services:
  serviceDefinition/acme/billing:
    - DELETE /invoices
    - GET /invoices
    - POST /invoices/{id}/refunds
  serviceDefinition/acme/tickets:
    - GET /tickets
    - POST /tickets/{id}/close
`,
    )
  })

  test('is the same whatever the order of the documents, and is left alone when nothing changes', async () => {
    const [one, other] = [folder(BILLING, TICKETS), folder(TICKETS, BILLING)]
    await lock(one)
    await lock(other)
    expect(lines(one)).toEqual(lines(other))
    const before = lstatSync(path.join(one.cwd, LOCK))
    const { code, stdout } = await lock(one)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: 'Nothing to change: 5 operations of 2 services in src/tenon.lock.yaml.\n',
    })
    expect(lstatSync(path.join(one.cwd, LOCK)).ino).toBe(before.ino)
  })

  test('lists no service without operations, and none that says itself what it accepts', async () => {
    const own = service('own', ['list get /own'], '  acceptedOperations: ["GET /own"]\n')
    const options = folder(BILLING, service('bare', []), own)
    expect((await lock(options)).stderr).toBe('')
    expect(lines(options).filter(line => line.includes('serviceDefinition'))).toEqual([
      '  serviceDefinition/acme/billing:',
    ])
    expect((await tenon(['validate', '-f', 'src'], options)).stderr).toBe('')
  })

  test('is written for a folder without services, too, so that later ones are new', async () => {
    const options = folder(group('support', ['ana@acme.example']))
    expect((await lock(options)).code).toBe(0)
    expect(lines(options)).toEqual(['formatVersion: 1', 'services: {}'])
  })

  test('stands in each source, at its top', async () => {
    const options = folder(BILLING)
    write(options.cwd, 'more/deep/tickets.yaml', TICKETS)
    const { stdout } = await tenon(['lock', '-f', 'src', '-f', 'more'], options)
    expect(stdout).toContain('in src/tenon.lock.yaml')
    expect(stdout).toContain('in more/tenon.lock.yaml')
    expect(lines(options, 'more/tenon.lock.yaml')[2]).toBe('  serviceDefinition/acme/tickets:')
    expect((await tenon(['lock', '-f', 'src', '-f', 'more', '--check'], options)).code).toBe(0)
  })

  test('of a single file stands beside it', async () => {
    const options = folder(BILLING)
    const { stdout } = await tenon(['lock', '-f', 'src/all.yaml'], options)
    expect(stdout).toContain('in src/tenon.lock.yaml')
    expect(existsSync(path.join(options.cwd, LOCK))).toBe(true)
  })

  test('is never written through a link', async () => {
    const options = folder(BILLING)
    write(options.cwd, 'src/elsewhere.txt', 'formatVersion: 1\nservices: {}\n')
    symlinkSync('elsewhere.txt', path.join(options.cwd, LOCK))
    expect((await lock(options)).code).toBe(0)
    expect(lstatSync(path.join(options.cwd, LOCK)).isFile()).toBe(true)
    expect(readFileSync(path.join(options.cwd, 'src/elsewhere.txt'), 'utf8')).toBe('formatVersion: 1\nservices: {}\n')
  })

  test('leaves nothing behind where it cannot be written', async () => {
    const options = folder(BILLING)
    execFileSync('mkdir', [path.join(options.cwd, LOCK)])
    write(options.cwd, 'src/tenon.lock.yaml/x', '')
    const { code } = await lock(options)
    expect(code).not.toBe(0)
    expect(readdirSync(path.join(options.cwd, 'src')).toSorted()).toEqual(['all.yaml', 'tenon.lock.yaml'])
  })
})

describe('what changed', () => {
  test('is shown, writes first, with the counts', async () => {
    const options = folder(BILLING, TICKETS)
    await lock(options)
    const grown = GROWN.replace('{id: list,', '{id: listAll, method: get, path: /all}\n    - {id: list,')
    write(options.cwd, 'src/all.yaml', grown.replace('    - {method: delete, path: "/invoices"}\n', ''))
    const { code, stdout } = await lock(options)
    expect({ code, stdout }).toEqual({
      code: 0,
      stdout: `serviceDefinition/acme/billing
  + POST /void (void, write)
  + GET /all (listAll)
  - DELETE /invoices
serviceDefinition/acme/tickets, which is not declared any more
  - GET /tickets
  - POST /tickets/{id}/close
Locked 4 operations of 1 service in src/tenon.lock.yaml: 2 added (1 write), 3 removed.
`,
    })
    expect((await lock(options, '--check')).code).toBe(0)
  })

  test('is only shown with --dry-run', async () => {
    const options = folder(BILLING)
    const first = await lock(options, '--dry-run')
    expect(first.stdout).toContain('Would lock 3 operations of 1 service in src/tenon.lock.yaml.')
    expect(existsSync(path.join(options.cwd, LOCK))).toBe(false)
    await lock(options)
    write(options.cwd, 'src/all.yaml', GROWN)
    const { code, stdout } = await lock(options, '--dry-run')
    expect({ code, last: stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 0,
      last: 'Would lock 4 operations of 1 service in src/tenon.lock.yaml: 1 added (1 write), 0 removed.',
    })
    expect(lines(options)).not.toContain('    - POST /void')
  })

  test('is not said with --quiet', async () => {
    expect(await lock(folder(BILLING), '-q')).toEqual({ code: 0, stdout: '', stderr: '' })
  })

  test('of many operations is cut, with the exact number of the rest', async () => {
    const many = Array.from({ length: 60 }, (_, number) => `- get /p${number}`)
    const options = folder(service('many', many.slice(0, 1)))
    await lock(options)
    write(options.cwd, 'src/all.yaml', service('many', many))
    const { stdout } = await lock(options)
    expect(stdout.match(/^ {2}\+ /gm)).toHaveLength(50)
    expect(stdout).toContain('  and 9 more\n')
  })
})

describe('--check', () => {
  test.each<{ name: string; text: string; code: number; says: string }>([
    {
      name: 'passes where everything is accepted',
      text: BILLING,
      code: 0,
      says: 'Nothing to change: 3 operations of 1 service in src/tenon.lock.yaml.',
    },
    {
      name: 'passes where a parameter is called otherwise',
      text: BILLING.replace('{id}', '{invoice}'),
      code: 0,
      says: 'Nothing to change: 3 operations of 1 service in src/tenon.lock.yaml.',
    },
    {
      name: 'refuses where an operation is new',
      text: GROWN,
      code: 4,
      says: 'Not locked: src/tenon.lock.yaml would have 1 added (1 write), 0 removed. Look at them, then run `tenon lock`.',
    },
    {
      name: 'refuses where an accepted operation is gone',
      text: BILLING.replace('    - {method: delete, path: "/invoices"}\n', ''),
      code: 4,
      says: 'Not locked: src/tenon.lock.yaml would have 0 added, 1 removed. Look at them, then run `tenon lock`.',
    },
    {
      name: 'refuses where a service is gone',
      text: group('support', ['ana@acme.example']),
      code: 4,
      says: 'Not locked: src/tenon.lock.yaml would have 0 added, 3 removed. Look at them, then run `tenon lock`.',
    },
    {
      name: 'refuses where a service is new',
      text: documents(BILLING, TICKETS),
      code: 4,
      says: 'Not locked: src/tenon.lock.yaml would have 2 added (1 write), 0 removed. Look at them, then run `tenon lock`.',
    },
  ])('$name', async ({ text, code, says }) => {
    const options = folder(BILLING)
    await lock(options)
    const before = readFileSync(path.join(options.cwd, LOCK), 'utf8')
    write(options.cwd, 'src/all.yaml', text)
    const ran = await lock(options, '--check')
    expect({ code: ran.code, says: ran.stdout.trimEnd().split('\n').at(-1) }).toEqual({ code, says })
    expect(readFileSync(path.join(options.cwd, LOCK), 'utf8')).toBe(before)
  })

  test('refuses where there is no lock file', async () => {
    const ran = await lock(folder(BILLING), '--check', '-q')
    expect({ code: ran.code, says: ran.stdout.trimEnd().split('\n').at(-1) }).toEqual({
      code: 4,
      says: 'Not locked: there is no src/tenon.lock.yaml. Run `tenon lock`.',
    })
  })

  test('refuses where a definition has not accepted all of its operations itself', async () => {
    const own = service('own', ['list get /own', 'wipe delete /own'], '  acceptedOperations: ["GET /own"]\n')
    const options = folder(own)
    const { code, stderr } = await lock(options)
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'warning operations-not-accepted: serviceDefinition/acme/own lists its accepted operations itself, and 1 of its operations is not among them\n  Add them to spec.acceptedOperations.\n',
    })
    expect((await lock(options, '--check')).code).toBe(4)
  })
})

describe('only a part', () => {
  test('--service leaves the others as they are', async () => {
    const options = folder(BILLING, TICKETS)
    await lock(options)
    write(options.cwd, 'src/all.yaml', documents(GROWN, TICKETS.replace('close post', 'shut put')))
    await lock(options, '--service', 'serviceDefinition/acme/billing')
    expect(lines(options)).toEqual([
      'formatVersion: 1',
      'services:',
      '  serviceDefinition/acme/billing:',
      '    - DELETE /invoices',
      '    - GET /invoices',
      '    - POST /invoices/{id}/refunds',
      '    - POST /void',
      '  serviceDefinition/acme/tickets:',
      '    - GET /tickets',
      '    - POST /tickets/{id}/close',
    ])
  })

  test('--service on the first lock says that the others are new from now on', async () => {
    const options = folder(BILLING, TICKETS)
    const { code, stderr } = await lock(options, '--service', 'serviceDefinition/acme/billing')
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr:
        'warning service-not-locked: src/tenon.lock.yaml does not list serviceDefinition/acme/tickets, so all 2 of its operations are new\n  Run `tenon lock` without flags, or name it with --service.\n',
    })
  })

  test('--service takes a service away that nobody declares any more', async () => {
    const options = folder(BILLING, TICKETS)
    await lock(options)
    write(options.cwd, 'src/all.yaml', BILLING)
    await lock(options, '--service', 'serviceDefinition/acme/tickets')
    expect(lines(options).filter(line => line.includes('tickets'))).toEqual([])
  })

  test.each([['POST /void'], ['post /void'], ['void']])('--operation accepts %s and nothing else', async text => {
    const options = folder(BILLING, TICKETS)
    await lock(options)
    write(
      options.cwd,
      'src/all.yaml',
      documents(GROWN.replace('/void}', '/void}\n    - {method: put, path: /other}'), TICKETS),
    )
    const { stdout } = await lock(options, '--operation', text)
    expect(stdout.trimEnd().split('\n').at(-1)).toBe(
      'Locked 6 operations of 2 services in src/tenon.lock.yaml: 1 added (1 write), 0 removed.',
    )
    expect(lines(options)).toContain('    - POST /void')
    expect(lines(options)).not.toContain('    - PUT /other')
  })

  test('--operation means the one that is new where several services have it', async () => {
    const options = folder(BILLING, TICKETS)
    await lock(options)
    const both = [BILLING, TICKETS].map(text =>
      text.replace('operations:\n', 'operations:\n    - {method: put, path: /x}\n'),
    )
    write(options.cwd, 'src/all.yaml', documents(...both))
    await lock(options, '--service', 'serviceDefinition/acme/billing')
    await lock(options, '--operation', 'PUT /x')
    expect((await lock(options, '--check')).code).toBe(0)
  })
})

describe('what is refused', () => {
  test.each<{ name: string; flags: readonly string[]; says: string }>([
    {
      name: 'a service that is not there',
      flags: ['--service', 'serviceDefinition/acme/biling'],
      says: 'unknown-service: "serviceDefinition/acme/biling" is no service whose operations the lock file lists\n  Did you mean "serviceDefinition/acme/billing"?',
    },
    {
      name: 'an operation that is not there',
      flags: ['--operation', 'PUT /invoices'],
      says: 'unknown-operation: no service here has the operation "PUT /invoices"\n  Did you mean "GET /invoices"?',
    },
    {
      name: 'an operation that several services have',
      flags: ['--operation', 'list'],
      says: 'ambiguous-operation: "list" means several operations: GET /invoices of serviceDefinition/acme/billing, GET /tickets of serviceDefinition/acme/tickets\n  Say which service with --service, or write the operation as "METHOD /path".',
    },
  ])('$name', async ({ flags, says }) => {
    const options = folder(BILLING, TICKETS)
    const { code, stderr } = await lock(options, ...flags)
    expect({ code, stderr }).toEqual({ code: 3, stderr: `error ${says}\n` })
    expect(existsSync(path.join(options.cwd, LOCK))).toBe(false)
  })

  test('standard input, which has no folder', async () => {
    const { code, stderr } = await tenon(['lock', '-f', '-'], { cwd: temporaryFolder(), stdin: BILLING })
    expect({ code, stderr }).toEqual({
      code: 3,
      stderr:
        'error lock-needs-folder: standard input has no folder in which a lock file could stand\n  Name a file or a directory with -f.\n',
    })
  })

  test.each([
    ['documents with problems', { 'src/all.yaml': BILLING.replace('type: http', 'type: htp') }],
    ['no documents at all', { 'src/all.yaml': '# nothing\n' }],
    ['a lock file that cannot be trusted', { [LOCK]: '<<<<<<< HEAD\n' }],
  ])('%s', async (_name, files) => {
    const options = folder(BILLING)
    for (const [file, text] of Object.entries(files)) write(options.cwd, file, text)
    const before = existsSync(path.join(options.cwd, LOCK))
    expect((await lock(options)).code).toBe(3)
    expect(existsSync(path.join(options.cwd, LOCK))).toBe(before)
  })
})

describe('-o json', () => {
  test('has its published shape, whatever happens', async () => {
    const options = folder(BILLING, TICKETS)
    const first = await json(['lock', '-f', 'src'], options)
    expect(first.json).toMatchObject({
      complete: true,
      locked: false,
      counts: { services: 2, operations: 5, added: 5, addedWrites: 3, removed: 0 },
      files: [{ file: LOCK, action: 'create', written: true }],
    })
    write(options.cwd, 'src/all.yaml', GROWN)
    const checked = await json(['lock', '-f', 'src', '--check'], options)
    expect(checked.code).toBe(4)
    expect(checked.json).toMatchObject({
      locked: false,
      files: [
        {
          action: 'update',
          written: false,
          services: [
            {
              service: 'serviceDefinition/acme/billing',
              operations: 4,
              added: [{ operation: 'POST /void', id: 'void', write: true }],
              removed: [],
              gone: false,
            },
            { service: 'serviceDefinition/acme/tickets', operations: 0, gone: true },
          ],
        },
      ],
    })
    expect((await json(['lock', '-f', 'src', '--service', 'nothing'], options)).json).toMatchObject({ complete: false })
    expect((await json(['lock', '-f', 'nowhere'], options)).json).toMatchObject({ complete: false })
  })
})

describe('Git', () => {
  test('merges two branches that each accept an operation of another part of the list', async () => {
    const options = folder(BILLING)
    const git = (...args: readonly string[]): void =>
      void execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@acme.example', ...args], {
        cwd: options.cwd,
        stdio: 'ignore',
      })
    await lock(options)
    git('init', '-b', 'main')
    git('add', '.')
    git('commit', '-m', 'base')
    git('checkout', '-b', 'one')
    write(
      options.cwd,
      'src/all.yaml',
      BILLING.replace('operations:\n', 'operations:\n    - {method: copy, path: /a}\n'),
    )
    await lock(options)
    git('commit', '-am', 'one')
    git('checkout', 'main')
    write(options.cwd, 'src/all.yaml', `${BILLING}    - {method: put, path: /z}\n`)
    await lock(options)
    git('commit', '-am', 'other')
    git('merge', 'one', '-m', 'both')
    expect((await lock(options, '--check')).code).toBe(0)
    expect(lines(options).slice(3)).toEqual(
      ['COPY /a', 'DELETE /invoices', 'GET /invoices', 'POST /invoices/{id}/refunds', 'PUT /z'].map(
        key => `    - ${key}`,
      ),
    )
  })
})

test('what is written is read as the same, whatever stands in it', () => {
  const address = fc.constantFrom('serviceDefinition/acme/a', 'serviceDefinition/b.c/x-1', 'clusterServiceDefinition/k')
  const key = fc
    .tuple(
      fc.constantFrom('GET', 'POST', 'X-', 'A-B'),
      fc.string({
        unit: fc.constantFrom('a', '/', '{', '}', ':', '#', ' ', '"', "'", '%', '-', '&', '*', '!', 'ü', ','),
      }),
    )
    .map(([method, below]) => `${method} /${below}`)
  fc.assert(
    fc.property(fc.dictionary(address, fc.array(key, { maxLength: 8 }), { noNullPrototype: true }), listed => {
      const entries = lockEntries({
        services: [],
        listed: new Map(Object.entries(listed)) as never,
        touches: () => false,
        only: undefined,
      })
      const bytes = Buffer.from(lockText(entries))
      const read = lockIn([{ file: 'l', path: 'l', root: '', bytes }], problem => {
        throw new Error(problem.message)
      })
      const expected = Object.entries(listed).map(([at, keys]) => [at, [...new Set(keys)].toSorted()])
      expect(Object.fromEntries(read!.services)).toEqual(Object.fromEntries(expected))
    }),
  )
})
