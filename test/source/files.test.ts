import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Document } from '../../src/model/document.ts'
import { source, type Source } from '../../src/source/files.ts'

let cwd: string

beforeEach(() => {
  cwd = mkdtempSync(path.join(tmpdir(), 'tenon-source-'))
})

afterEach(() => rmSync(cwd, { recursive: true, force: true }))

const OURS = 'apiVersion: tenon.dev/v1alpha1\n'

function write(file: string, text = OURS): void {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
  writeFileSync(path.join(cwd, file), text)
}

function read(...paths: readonly string[]): Source {
  return source(paths, { cwd, stdin: () => Buffer.from(OURS) })
}

function files(found: Source): readonly string[] {
  return found.documents.map(({ file }) => file)
}

describe('a directory', () => {
  test('is read in the order of code units, folders included', () => {
    for (const file of ['in/b.yaml', 'in/a/z.yaml', 'in/B.yml', 'in/c.json']) write(file)
    expect(files(read('in'))).toEqual(['in/B.yml', 'in/a/z.yaml', 'in/b.yaml', 'in/c.json'])
  })

  test('gives no file without the bytes tenon.dev/, no other ending, no dot-directory, no node_modules', () => {
    write('in/deployment.yaml', 'apiVersion: apps/v1\n')
    for (const file of ['in/notes.md', 'in/.git/x.yaml', 'in/node_modules/p/x.yaml', 'in/ours.yaml']) write(file)
    expect(files(read('in'))).toEqual(['in/ours.yaml'])
  })

  test('keeps its tenon.yaml apart; one in a folder below is no configuration', () => {
    write('in/tenon.yaml', 'owner: git:acme\n')
    write('in/below/tenon.yaml')
    const found = read('in')
    expect(found.configs.map(({ file }) => file)).toEqual(['in/tenon.yaml'])
    expect(files(found)).toEqual(['in/below/tenon.yaml'])
  })

  test('keeps its lock file apart, also of a file that is given; one in a folder below is none', () => {
    write('in/tenon.lock.yaml', 'services: {}\n')
    write('in/below/tenon.lock.yaml')
    write('in/a.yaml')
    for (const given of ['in', 'in/a.yaml', 'in/tenon.lock.yaml']) {
      expect(read(given).lockFiles).toMatchObject([{ file: 'in/tenon.lock.yaml', path: 'tenon.lock.yaml' }])
    }
    expect(files(read('in'))).toEqual(['in/a.yaml', 'in/below/tenon.lock.yaml'])
    expect(read('in/below/tenon.lock.yaml')).toMatchObject({ documents: [], lockFiles: [{ path: 'tenon.lock.yaml' }] })
  })

  test('a lock file that leads out of it is refused: what it holds back would be let go without a word', () => {
    write('outside.yaml')
    write('in/a.yaml')
    symlinkSync('../outside.yaml', path.join(cwd, 'in/tenon.lock.yaml'))
    for (const given of ['in', 'in/a.yaml']) {
      expect(read(given)).toMatchObject({
        lockFiles: [],
        problems: [{ code: 'path-outside-root', file: 'in/tenon.lock.yaml' }],
      })
    }
  })

  test('a link that leaves it is refused and named, one that stays is read once', () => {
    write('outside.yaml')
    write('in/real.yaml')
    symlinkSync('../outside.yaml', path.join(cwd, 'in/escape.yaml'))
    symlinkSync('real.yaml', path.join(cwd, 'in/again.yaml'))
    const found = read('in')
    expect(files(found)).toHaveLength(1)
    expect(found.problems).toMatchObject([{ code: 'path-outside-root', file: 'in/escape.yaml' }])
  })

  test('a link to a folder beside it with the same beginning is outside', () => {
    write('in-evil/x.yaml')
    mkdirSync(path.join(cwd, 'in'))
    symlinkSync('../in-evil', path.join(cwd, 'in/x'))
    expect(read('in').problems).toMatchObject([{ code: 'path-outside-root' }])
  })

  test('links in a circle end', () => {
    write('in/a.yaml')
    symlinkSync('.', path.join(cwd, 'in/loop'))
    expect(files(read('in'))).toEqual(['in/a.yaml'])
  })

  test('a FIFO is refused without waiting for a writer', () => {
    mkdirSync(path.join(cwd, 'in'))
    execFileSync('mkfifo', [path.join(cwd, 'in/pipe.yaml')])
    expect(read('in').problems).toMatchObject([{ code: 'file-unreadable' }])
  })
})

describe('paths on the command line', () => {
  test('a file is read whatever is in it, and its folder is the root', () => {
    write('in/anything.yaml', 'x: 1\n')
    expect(read('in/anything.yaml').documents).toMatchObject([{ file: 'in/anything.yaml', path: 'anything.yaml' }])
  })

  test('- is standard input', () => {
    expect(files(read('-'))).toEqual(['<stdin>'])
  })

  test('a file given twice, and once more by its directory, counts once', () => {
    write('in/a.yaml')
    expect(files(read('in/a.yaml', 'in/a.yaml', 'in'))).toEqual(['in/a.yaml'])
  })

  test('a missing one is an error of the world, not an empty source', () => {
    expect(() => read('nowhere')).toThrow(expect.objectContaining({ code: 'file-not-found' }))
  })
})

describe('a file beside a document', () => {
  async function beside(relativePath: string, maxBytes = 1000): Promise<string> {
    write('in/team/doc.yaml')
    const found = read('in')
    const result = await found.readBeside(found.documents[0] as Document, relativePath, maxBytes)
    return result.kind === 'read' ? `${result.file}: ${Buffer.from(result.bytes).toString()}` : result.code
  }

  test('is read from the folder of the document', async () => {
    write('in/team/api.yaml', 'api')
    expect(await beside('api.yaml')).toBe('in/team/api.yaml: api')
    expect(await beside('./api.yaml')).toBe('in/team/api.yaml: api')
  })

  test.each([
    ['../../outside.yaml', 'path-outside-root'],
    ['a/../../../outside.yaml', 'path-outside-root'],
    ['/etc/passwd', 'path-outside-root'],
    ['link.yaml', 'path-outside-root'],
    ['folder-link/outside.yaml', 'path-outside-root'],
    ['..\\outside.yaml', 'path-invalid'],
    ['a\0b', 'path-invalid'],
    ['', 'path-invalid'],
    ['e\u0301.yaml', 'path-invalid'],
    ['nowhere.yaml', 'file-not-found'],
    ['sub', 'file-unreadable'],
    ['big.yaml', 'file-too-large'],
  ])('%j is refused: %s', async (relativePath, code) => {
    write('outside.yaml', 'secret')
    write('in/team/sub/x.yaml')
    write('in/team/big.yaml', 'x'.repeat(1001))
    symlinkSync('../../outside.yaml', path.join(cwd, 'in/team/link.yaml'))
    symlinkSync('../..', path.join(cwd, 'in/team/folder-link'))
    expect(await beside(relativePath)).toBe(code)
  })
})
