import { execFileSync } from 'node:child_process'
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commitNamed, folderIn, repositoryAt, unknownRevision, type Repository } from '../../src/source/repository.ts'
import { gitWorld, ours, reading, texts, type GitWorld, type Reading } from './git-world.ts'

let world: GitWorld
let opened: Reading | undefined

beforeEach(() => {
  world = gitWorld()
})

afterEach(async () => {
  await opened?.close()
  opened = undefined
  world.remove()
})

async function at(folder: string): Promise<Repository> {
  const found = await repositoryAt(path.join(world.folder, folder), world.env)
  expect(found).toBeDefined()
  return found!
}

function repository(...flags: readonly string[]): void {
  world.init('r', ...flags)
  world.write('r/in/a.yaml', ours('a'))
  world.commit('r')
}

async function read(place: string, folder = 'in'): Promise<Readonly<Record<string, string>>> {
  opened = await reading(world, place)
  return texts((await opened.read([['HEAD', 'HEAD']], folder))[0]!)
}

describe('a repository is read', () => {
  const EXPECTED = { 'in/a.yaml': ours('a') }

  test('from a folder below its top', async () => {
    repository()
    expect(await read('r/in')).toEqual(EXPECTED)
  })

  test('from a folder that only the revisions have', async () => {
    repository()
    expect(await read('r/not/yet/there')).toEqual(EXPECTED)
  })

  test('without a work tree', async () => {
    repository()
    world.git('.', 'clone', '--quiet', '--bare', 'r', 'bare.git')
    expect(await read('bare.git')).toEqual(EXPECTED)
    // Folders of the repository's own are not those of its trees.
    const bare = await at('bare.git/objects')
    expect(folderIn(bare, path.join(world.folder, 'bare.git/objects'))).toBe('objects')
  })

  test('from a work tree beside it, by the HEAD of that one', async () => {
    repository()
    world.git('r', 'worktree', 'add', '--quiet', '-b', 'other', '../tree')
    world.write('tree/in/a.yaml', ours('other'))
    world.commit('tree')
    expect(await read('tree/in')).toEqual({ 'in/a.yaml': ours('other') })
  })

  test('as a submodule', async () => {
    repository()
    world.init('super')
    world.git('super', 'submodule', '--quiet', 'add', '../r', 'module')
    expect(await read('super/module/in')).toEqual(EXPECTED)
  })

  test('with SHA-256', async () => {
    repository('--object-format=sha256')
    expect(await read('r')).toEqual(EXPECTED)
  })

  test('with packed objects, and with objects that it borrows itself', async () => {
    repository()
    world.git('r', 'gc', '--quiet')
    world.git('.', 'clone', '--quiet', '--shared', 'r', 'borrower')
    expect(await read('borrower')).toEqual(EXPECTED)
  })

  test.each(['#comment', '"quoted"', 'back\\slash', 'ünï \u{1F600}', ' blank '])('from a path with %j', async name => {
    repository()
    world.git('.', 'clone', '--quiet', 'r', `${name}/r`)
    expect(await read(`${name}/r`)).toEqual(EXPECTED)
  })

  test('whoever owns it', async ({ skip }) => {
    skip(process.getuid?.() !== 0, 'only root can give files away')
    repository()
    execFileSync('chown', ['-R', '12345:12345', path.join(world.folder, 'r')])
    expect(() => world.git('r', 'log')).toThrow(/dubious ownership/)
    expect(await read('r')).toEqual(EXPECTED)
  })

  test('by a hook that is asked before the objects are in it', async () => {
    repository()
    world.git('.', 'clone', '--quiet', '--bare', 'r', 'server.git')
    const answer = path.join(world.folder, 'answer')
    world.write('server.git/hooks/pre-receive', hook(answer))
    chmodSync(path.join(world.folder, 'server.git/hooks/pre-receive'), 0o755)
    world.write('r/in/a.yaml', ours('pushed'))
    world.commit('r')
    world.git('r', 'push', '--quiet', '../server.git', 'main:proposed')
    expect(execFileSync('cat', [answer], { encoding: 'utf8' })).toBe(ours('pushed'))
  })

  function hook(answer: string): string {
    const source = path.join(import.meta.dirname, '../../src/source')
    const script = `
      import { writeFileSync } from 'node:fs'
      import { commitNamed, repositoryAt } from '${source}/repository.ts'
      import { openRevisions } from '${source}/revision.ts'
      const repository = await repositoryAt(process.cwd(), process.env)
      const [base, head] = await Promise.all(['main', process.argv[2]].map(name => commitNamed(repository, name)))
      const revisions = openRevisions(repository)
      const { tree } = await revisions.merge(base, head)
      const [merged] = await revisions.read([{ commit: head, tree }], 'in')
      writeFileSync(${JSON.stringify(answer)}, merged.documents[0].bytes)
      await revisions.close()`
    world.write('hook.mjs', script)
    return `#!/bin/sh\nread old new ref\nexec '${process.execPath}' '${world.folder}/hook.mjs' "$new"\n`
  }
})

describe('a folder', () => {
  test('is one of the repository as it is written: a link in the work tree leads nowhere else', async () => {
    repository()
    mkdirSync(path.join(world.folder, 'outside'))
    symlinkSync('../outside', path.join(world.folder, 'r/link'))
    symlinkSync('r', path.join(world.folder, 'way-in'))
    const found = await at('r')
    const below = (folder: string): string | undefined => folderIn(found, path.join(world.folder, folder))
    expect(['r', 'r/in', 'r/link', 'r/link/x', 'r/in/not/there', 'r/..in'].map(below)).toEqual([
      '',
      'in',
      'link',
      'link/x',
      'in/not/there',
      '..in',
    ])
    expect(['way-in', 'way-in/in', 'way-in/not/there'].map(below)).toEqual(['', 'in', 'not/there'])
    expect(['.', 'outside', 'r2', 'outside/r'].map(below)).toEqual([undefined, undefined, undefined, undefined])
  })

  test('outside of any repository has none', async () => {
    expect(await repositoryAt(world.folder, { ...world.env, GIT_CEILING_DIRECTORIES: '/' })).toBeUndefined()
  })
})

describe('a revision', () => {
  beforeEach(() => {
    repository()
    world.git('r', 'branch', 'release/1.0')
    world.git('r', 'tag', '--annotate', '--message=x', 'v1')
    world.write('r/in/b.yaml', ours('b'))
    world.commit('r')
  })

  test.each([
    ['HEAD', 'HEAD'],
    ['main', 'HEAD'],
    ['refs/heads/main', 'HEAD'],
    ['@', 'HEAD'],
    ['main~1', 'HEAD~'],
    ['release/1.0', 'HEAD~'],
    ['v1', 'HEAD~'],
    ['HEAD^{/x}', 'HEAD'],
  ])('%j is the commit %s', async (name, commit) => {
    const found = await commitNamed(await at('r'), name)
    expect(found).toEqual({ label: name, id: world.git('r', 'rev-parse', commit) })
  })

  test('is its own name in full or in short, also where a branch is called so', async () => {
    const id = world.git('r', 'rev-parse', 'HEAD~')
    world.git('r', 'branch', id, 'HEAD')
    expect(await commitNamed(await at('r'), id)).toEqual({ label: id, id })
    expect(await commitNamed(await at('r'), id.slice(0, 10))).toMatchObject({ id })
  })

  test.each([
    '',
    '-h',
    '--all',
    '--output=x',
    '^main',
    'main..HEAD',
    'HEAD:in/a.yaml',
    'HEAD^{tree}',
    'a\0b',
    'a\nb',
    '*',
  ])('%j is none', async name => {
    expect(await commitNamed(await at('r'), name)).toBeUndefined()
  })

  test.each([
    ['mian', 'revision-unknown', 'Did you mean "main"?'],
    ['release/1.1', 'revision-unknown', 'Did you mean "release/1.0"?'],
    ['v2', 'revision-unknown', 'Did you mean "v1"?'],
    ['quite-another', 'revision-unknown', 'Name a branch, a tag or a commit; fetch it first.'],
    ['--all', 'revision-unknown', 'Revisions do not begin with "-": name a branch, a tag or a commit.'],
    ['0'.repeat(40), 'object-missing', `Fetch it first: git fetch origin ${'0'.repeat(40)}.`],
  ])('%s that is unknown is told: %s', async (name, code, cure) => {
    expect(await unknownRevision(await at('r'), name)).toMatchObject({ code, cure })
  })

  test('of which only the remote branch is there is told', async () => {
    world.git('.', 'clone', '--quiet', 'r', 'clone')
    const clone = await at('clone')
    expect(await commitNamed(clone, 'release/1.0')).toBeUndefined()
    expect(await unknownRevision(clone, 'release/1.0')).toMatchObject({ cure: 'Did you mean "origin/release/1.0"?' })
  })

  test('that is a branch and a tag is not guessed at', async () => {
    world.git('r', 'tag', 'main', 'HEAD~')
    await expect(commitNamed(await at('r'), 'main')).rejects.toMatchObject({ code: 'revision-ambiguous' })
    expect(await commitNamed(await at('r'), 'refs/heads/main')).toMatchObject({ label: 'refs/heads/main' })
  })
})

describe('a git that cannot be used is told', () => {
  test('missing', async () => {
    const env = { ...world.env, PATH: world.folder }
    await expect(repositoryAt(world.folder, env)).rejects.toMatchObject({ code: 'git-missing' })
  })

  test('too old', async () => {
    repository()
    world.write('bin/git', `#!/bin/sh\ncase "$*" in *merge-tree*|*cat-file*) exit 129;; esac\nexec ${which()} "$@"\n`)
    chmodSync(path.join(world.folder, 'bin/git'), 0o755)
    const open = await reading(world, 'r', { PATH: path.join(world.folder, 'bin') })
    await expect(open.merge('HEAD', 'HEAD')).rejects.toMatchObject({ code: 'git-too-old' })
    await expect(open.read(['HEAD'])).rejects.toMatchObject({ code: 'git-too-old' })
    await open.close()
  })

  test('a repository that is damaged', async () => {
    repository()
    world.write('r/.git/config', '[core\n')
    await expect(at('r')).rejects.toMatchObject({ code: 'git-failed' })
  })

  test('an object that is damaged', async () => {
    repository()
    const id = world.git('r', 'rev-parse', 'HEAD:in/a.yaml')
    const file = path.join('r/.git/objects', id.slice(0, 2), id.slice(2))
    chmodSync(path.join(world.folder, file), 0o644)
    world.write(file, 'x')
    const open = await reading(world, 'r')
    await expect(open.read(['HEAD'])).rejects.toMatchObject({ name: 'WorldError' })
    await open.close()
  })

  function which(): string {
    return execFileSync('which', ['git'], { encoding: 'utf8' }).trim()
  }
})
