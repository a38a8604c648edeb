import { symlinkSync } from 'node:fs'
import path from 'node:path'
import * as fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { source } from '../../src/source/files.ts'
import type { RevisionSource } from '../../src/source/revision.ts'
import { codes, files, gitWorld, ours, reading, texts, type GitWorld, type Reading } from './git-world.ts'

let world: GitWorld
let open: Reading | undefined

beforeEach(() => {
  world = gitWorld()
  world.init('r')
})

afterEach(async () => {
  await open?.close()
  open = undefined
  world.remove()
})

async function read(revisions: Parameters<Reading['read']>[0], folder?: string): Promise<readonly RevisionSource[]> {
  open ??= await reading(world, 'r')
  return await open.read(revisions, folder)
}

async function readHead(folder?: string): Promise<RevisionSource> {
  return (await read(['HEAD'], folder))[0]!
}

function link(target: string, at: string): void {
  world.write(`r/${at}.makes-the-folder`, '')
  symlinkSync(target, path.join(world.folder, 'r', at))
}

describe('a revision', () => {
  test('is read as its files would be read from a folder', async () => {
    const name = fc.constantFrom('a', 'a.yaml', 'B.yml', 'b.json', '.c', '.d.yaml', 'node_modules', 'é 1.YAML', 'x.md')
    const layout = fc.uniqueArray(fc.tuple(fc.array(name, { minLength: 1, maxLength: 3 }), fc.boolean()), {
      maxLength: 8,
      selector: ([names]) => names.join('/'),
    })
    let run = 0
    await fc.assert(
      fc.asyncProperty(layout, async drawn => {
        const folder = `s${run++}`
        const taken = new Set(drawn.map(([names]) => names.join('/')))
        const isFree = (names: readonly string[]): boolean =>
          names.slice(1).every((_, index) => !taken.has(names.slice(0, index + 1).join('/')))
        for (const [names, isOurs] of drawn.filter(([one]) => isFree(one))) {
          world.write(`r/${folder}/${names.join('/')}`, isOurs ? ours(names.join('-')) : 'x: 1\n')
        }
        world.write(`r/${folder}/tenon.yaml`, 'owner: git:acme\n')
        world.commit('r')
        const expected = source([folder], { cwd: path.join(world.folder, 'r'), stdin: () => Buffer.from('') })
        const found = await readHead(folder)
        expect(Object.entries(texts(found))).toEqual(Object.entries(texts(expected)))
        expect(found.configs.map(({ file }) => file)).toEqual(expected.configs.map(({ file }) => file))
        expect(found.problems).toEqual([])
      }),
      { numRuns: 40 },
    )
  })

  test('keeps tenon.yaml and the lock file apart, and only at the top of the reviewed folder', async () => {
    for (const folder of ['r', 'r/in', 'r/in/below']) {
      world.write(`${folder}/tenon.yaml`, 'owner: git:acme\n')
      world.write(`${folder}/tenon.lock.yaml`, 'services: {}\n')
    }
    world.write('r/in/a.yaml')
    world.commit('r')
    const found = await readHead('in')
    expect(found.configs).toMatchObject([{ file: 'in/tenon.yaml', path: 'tenon.yaml' }])
    expect(found.lockFiles).toMatchObject([{ file: 'in/tenon.lock.yaml', path: 'tenon.lock.yaml' }])
    expect(found.documents).toMatchObject([{ file: 'in/a.yaml', path: 'a.yaml' }])
  })

  test('has its files in the order of a walk: folder by folder, by code unit', async () => {
    // Git sorts by bytes, where a private use character comes before an emoji.
    const expected = ['B.yaml', 'a/z.yaml', 'a.yaml', 'a0.yaml', 'b.yaml', '\u{1F600}.yaml', '\uE000.yaml']
    for (const file of expected) world.write(`r/in/${file}`)
    world.commit('r')
    const folder = source(['in'], { cwd: path.join(world.folder, 'r'), stdin: () => Buffer.from('') })
    expect(files(await readHead('in'))).toEqual(files(folder))
    expect(files(folder)).toEqual(expected.map(file => `in/${file}`))
  })

  test('is what was committed, whatever stands in the work tree', async () => {
    world.write('r/a.yaml', ours('committed'))
    world.commit('r')
    world.write('r/a.yaml', ours('changed'))
    world.write('r/new.yaml')
    expect(texts(await readHead())).toEqual({ 'a.yaml': ours('committed') })
  })

  test('has nothing in a folder that is not there, and none of a folder that only begins alike', async () => {
    world.write('r/in-other/a.yaml')
    world.commit('r')
    expect(await readHead('in')).toMatchObject({ documents: [], problems: [] })
  })
})

describe('two revisions', () => {
  test('share what is the same at the same path, and nothing else', async () => {
    for (const name of ['same', 'changed', 'moved', 'removed']) world.write(`r/${name}.yaml`, ours(name))
    world.write('r/tenon.yaml', 'owner: git:acme\n')
    world.commit('r')
    world.git('r', 'mv', 'moved.yaml', 'elsewhere.yaml')
    world.git('r', 'rm', '--quiet', 'removed.yaml')
    world.write('r/changed.yaml', ours('changed', ', members: [a]'))
    world.commit('r')
    const [before, after] = await read(['HEAD~', 'HEAD'])
    const shared = after!.documents.filter(document => before!.documents.includes(document))
    expect(shared.map(({ file }) => file)).toEqual(['same.yaml'])
    expect(after!.configs[0]).toBe(before!.configs[0])
    expect(files(before!)).toEqual(['changed.yaml', 'moved.yaml', 'removed.yaml', 'same.yaml'])
    expect(files(after!)).toEqual(['changed.yaml', 'elsewhere.yaml', 'same.yaml'])
  })

  test('read beside a shared document each from its own tree, and the same bytes where they are the same', async () => {
    world.write('r/in/doc.yaml')
    world.write('r/in/api.yaml', 'old')
    world.write('r/in/same.json', '{}')
    world.commit('r')
    world.write('r/in/api.yaml', 'new')
    world.commit('r')
    const [before, after] = await read(['HEAD~', 'HEAD'], 'in')
    const document = before!.documents[0]!
    expect(after!.documents[0]).toBe(document)
    expect(await before!.readBeside(document, 'api.yaml', 10)).toMatchObject({ kind: 'read', file: 'in/api.yaml' })
    const text = async (side: RevisionSource): Promise<string> => {
      const result = await side.readBeside(document, './api.yaml', 10)
      return result.kind === 'read' ? Buffer.from(result.bytes).toString() : result.code
    }
    expect([await text(before!), await text(after!)]).toEqual(['old', 'new'])
    const [one, other] = await Promise.all([before!, after!].map(side => side.readBeside(document, 'same.json', 10)))
    expect(one).toMatchObject({ kind: 'read' })
    expect(one?.kind === 'read' && other?.kind === 'read' && one.bytes === other.bytes).toBe(true)
  })
})

describe('a file beside a document', () => {
  test.each([
    ['../outside.yaml', 'path-outside-root'],
    ['../../outside.yaml', 'path-outside-root'],
    ['/etc/passwd', 'path-outside-root'],
    ['link.yaml', 'path-outside-root'],
    ['inner-link.yaml', 'path-outside-root'],
    ['folder-link/doc.yaml', 'path-outside-root'],
    ['..\\outside.yaml', 'path-invalid'],
    ['a\0b', 'path-invalid'],
    ['', 'path-invalid'],
    ['nowhere.yaml', 'file-not-found'],
    ['doc.yaml/x', 'file-not-found'],
    ['sub', 'file-unreadable'],
    ['.', 'file-unreadable'],
    ['big.yaml', 'file-too-large'],
  ])('%j is refused: %s', async (relativePath, code) => {
    world.write('r/outside.yaml', 'secret')
    world.write('r/in/team/doc.yaml')
    world.write('r/in/team/sub/x.yaml')
    world.write('r/in/team/big.yaml', 'x'.repeat(1001))
    link('../../outside.yaml', 'in/team/link.yaml')
    link('doc.yaml', 'in/team/inner-link.yaml')
    link('.', 'in/team/folder-link')
    world.commit('r')
    const found = await readHead('in')
    const document = found.documents.find(({ path: at }) => at === 'team/doc.yaml')!
    expect(await found.readBeside(document, relativePath, 1000)).toMatchObject({ kind: 'refused', code })
  })

  test('may be hidden, of any ending, and as large as allowed', async () => {
    world.write('r/doc.yaml')
    world.write('r/.keys/values.env', 'x'.repeat(1000))
    world.commit('r')
    const found = await readHead()
    const result = await found.readBeside(found.documents[0]!, '.keys/values.env', 1000)
    expect(result).toMatchObject({ kind: 'read', file: '.keys/values.env' })
    expect(result.kind === 'read' && result.bytes.length).toBe(1000)
  })
})

describe('a symbolic link', () => {
  test.each([
    ['to a file that is read anyway', 'real.yaml', 'in/link.yaml', []],
    ['to a folder inside', 'sub', 'in/link', []],
    ['to a folder inside, called like a file', 'sub', 'in/link.yaml', []],
    ['to another file, called like one nobody reads', 'notes.txt', 'in/link.md', []],
    ['to nothing, called like a file nobody reads', 'nothing', 'in/link.md', []],
    ['inside a folder that nobody looks into', '../../outside.yaml', 'in/.git-ish/link.yaml', []],
    ['out of the folder', '../outside.yaml', 'in/link.yaml', ['path-outside-root in/link.yaml']],
    ['to a folder outside', '../elsewhere', 'in/link', ['path-outside-root in/link']],
    ['to a path of the machine', '/etc/passwd', 'in/link.yaml', ['path-outside-root in/link.yaml']],
    ['out of the folder and in again', '../in/real.yaml', 'in/link.yaml', ['path-outside-root in/link.yaml']],
    ['to nothing', 'nothing.yaml', 'in/link.yaml', ['file-not-found in/link.yaml']],
    ['to a file that is not read', 'notes.txt', 'in/link.yaml', ['path-outside-root in/link.yaml']],
    ['to itself', 'link.yaml', 'in/link.yaml', ['path-outside-root in/link.yaml']],
    ['in the place of tenon.yaml', 'real.yaml', 'in/tenon.yaml', ['path-outside-root in/tenon.yaml']],
    ['in the place of the lock file', 'real.yaml', 'in/tenon.lock.yaml', ['path-outside-root in/tenon.lock.yaml']],
    [
      'by a text too long for a path',
      `${'x/../'.repeat(300)}real.yaml`,
      'in/link.yaml',
      ['path-outside-root in/link.yaml'],
    ],
  ])('%s', async (_name, target, at, problems) => {
    world.write('r/outside.yaml')
    world.write('r/elsewhere/a.yaml')
    world.write('r/in/real.yaml')
    world.write('r/in/sub/b.yaml')
    world.write('r/in/notes.txt')
    link(target, at)
    world.commit('r')
    const found = await readHead('in')
    expect(codes(found)).toEqual(problems)
    expect(files(found)).toEqual(['in/real.yaml', 'in/sub/b.yaml'])
    expect(found.configs).toEqual([])
  })

  test('to another link is not followed either', async () => {
    world.write('r/outside.yaml')
    link('second', 'in/first.yaml')
    link('../outside.yaml', 'in/second')
    world.commit('r')
    expect(codes(await readHead('in'))).toEqual(['path-outside-root in/first.yaml', 'path-outside-root in/second'])
  })

  test('is no folder to review', async () => {
    world.write('r/real/a.yaml')
    link('real', 'in')
    world.commit('r')
    expect(codes(await readHead('in'))).toEqual(['path-outside-root in'])
    expect(await readHead('in/below')).toMatchObject({ documents: [] })
  })
})

test('a submodule is not looked into', async () => {
  world.init('other')
  world.write('other/x.yaml')
  const id = world.commit('other')
  world.write('r/a.yaml')
  world.git('r', 'update-index', '--add', '--cacheinfo', `160000,${id},module.yaml`)
  world.git('r', 'add', 'a.yaml')
  world.git('r', 'commit', '--quiet', '--message=x')
  const found = await readHead()
  expect([files(found), codes(found)]).toEqual([['a.yaml'], []])
  expect(await found.readBeside(found.documents[0]!, 'module.yaml', 10)).toMatchObject({ code: 'file-unreadable' })
  expect(await readHead('module.yaml')).toMatchObject({ documents: [], problems: [] })
})

describe('names', () => {
  test.each([
    'line\nbreak.yaml',
    'tab\t.yaml',
    '"quoted".yaml',
    "it's.yaml",
    '-leading-dash.yaml',
    ':(glob)**.yaml',
    '*.yaml',
    'back\\slash.yaml',
    'e\u0301.yaml',
    '\u202Egnp.yaml',
    '\u{1F600}.yaml',
    ' blank .yaml',
    'HEAD',
  ])('%j is a name like any other, of a file and of a folder', async name => {
    const file = name.endsWith('.yaml') ? name : `${name}.yaml`
    world.write(`r/${file}`, ours('file'))
    world.write(`r/${name}.d/x.yaml`, ours('folder'))
    world.write('r/b.yaml', ours('b'))
    world.commit('r')
    const all = await readHead()
    expect(texts(all)).toEqual({ [file]: ours('file'), [`${name}.d/x.yaml`]: ours('folder'), 'b.yaml': ours('b') })
    expect(texts(await readHead(`${name}.d`))).toEqual({ [`${name}.d/x.yaml`]: ours('folder') })
  })

  test('that are not UTF-8 are refused where documents may be', async () => {
    world.write('r/a.yaml')
    world.commit('r')
    const blob = world.git('r', 'rev-parse', 'HEAD:a.yaml')
    const tree = makeTree(
      [Buffer.from(`100644 caf\xe9.yaml\0`, 'latin1'), Buffer.from(`100644 caf\xe9.txt\0`, 'latin1')],
      blob,
    )
    expect(codes((await read([tree]))[0]!)).toEqual(['path-invalid caf\uFFFD.yaml'])
  })

  test('that git would not write are refused where documents may be: twice the same, with a slash in it, dots', async () => {
    world.write('r/a.yaml')
    world.commit('r')
    const blob = world.git('r', 'rev-parse', 'HEAD:a.yaml')
    const tree = world.git('r', 'rev-parse', 'HEAD^{tree}')
    const entry = (text: string): Buffer => Buffer.from(`100644 ${text}\0`)
    const twice = makeTree([entry('a.yaml'), entry('a.yaml')], blob)
    const slash = makeTree([entry('/a.yaml')], blob)
    const dots = makeTree([Buffer.from('40000 ..\0')], tree)
    const sides = await read([twice, slash, dots])
    expect(sides.map(codes)).toEqual([['path-invalid a.yaml'], ['path-invalid /a.yaml'], []])
    expect(files(sides[2]!)).toEqual([])
  })

  /** A commit with a tree that only a program of one's own would write. */
  function makeTree(heads: readonly Buffer[], id: string): string {
    world.write('tree', Buffer.concat(heads.flatMap(head => [head, Buffer.from(id, 'hex')])))
    const file = path.join(world.folder, 'tree')
    const tree = world.git('r', 'hash-object', '-t', 'tree', '--literally', '-w', file)
    return world.git('r', 'commit-tree', '-m', 'x', tree)
  }
})

describe('limits', () => {
  test('a file that is too large is refused before it is read; one beside it is', async () => {
    world.write('r/big.yaml', Buffer.alloc(32 * 1024 * 1024 + 1, 'tenon.dev/'))
    world.write('r/small.yaml')
    world.write('r/tenon.yaml', Buffer.alloc(1024 * 1024 + 1, '#'))
    world.commit('r')
    const found = await readHead()
    expect(codes(found)).toEqual(['file-too-large big.yaml', 'file-too-large tenon.yaml'])
    expect([files(found), found.configs]).toEqual([['small.yaml'], []])
  })

  test('a tree that unfolds into more files than anybody has is refused, without having been listed', async () => {
    world.write('r/a.yaml')
    world.commit('r')
    let tree = world.git('r', 'rev-parse', 'HEAD^{tree}')
    for (let level = 0; level < 12; level++) {
      const lines = Array.from({ length: 10 }, (_, index) => `040000 tree ${tree}\t${'x'.repeat(50)}${index}`)
      world.write('lines', `${lines.join('\n')}\n`)
      tree = mktree()
    }
    const bomb = world.git('r', 'commit-tree', '-m', 'x', tree)
    expect(await read([bomb])).toMatchObject([{ documents: [], problems: [{ code: 'too-many-files' }] }])
  })

  function mktree(): string {
    return world.git('r', '-c', `alias.make=!git mktree < '${path.join(world.folder, 'lines')}'`, 'make')
  }
})
