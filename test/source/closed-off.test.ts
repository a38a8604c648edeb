import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readdirSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { commitNamed } from '../../src/source/repository.ts'
import { contentOf, gitWorld, ours, reading, texts, type GitWorld, type Reading } from './git-world.ts'

let world: GitWorld
let opened: Reading | undefined

beforeEach(() => {
  world = gitWorld()
  world.init('r')
  world.write('r/a.yaml', ours('a'))
  world.commit('r')
  world.git('r', 'branch', 'feature')
})

afterEach(async () => {
  await opened?.close()
  opened = undefined
  vi.unstubAllEnvs()
  world.remove()
})

async function reader(at = 'r', more: Readonly<Record<string, string>> = {}): Promise<Reading> {
  opened ??= await reading(world, at, more)
  return opened
}

function on(branch: string, change: () => void): string {
  world.git('r', 'checkout', '--quiet', branch)
  change()
  return world.commit('r')
}

/** A program that says that it ran. */
function program(): string {
  world.write('evil', `#!/bin/sh\necho "$0 $*" >> '${path.join(world.folder, 'ran')}'\n`)
  const file = path.join(world.folder, 'evil')
  chmodSync(file, 0o755)
  return file
}

function hasRun(): boolean {
  return existsSync(path.join(world.folder, 'ran'))
}

/** Both sides change one file, so that merging has to look into it. */
function bothChange(attributes: string): void {
  const lines = Array.from({ length: 9 }, (_, index) => `# ${index}`)
  const text = (changed: number): string =>
    `${ours('a')}${lines.map((line, index) => (index === changed ? `${line}!` : line)).join('\n')}\n`
  on('main', () => {
    world.write('r/a.yaml', text(-1))
    world.write('r/.gitattributes', attributes)
    world.write('r/sub/.gitattributes', attributes)
  })
  world.git('r', 'branch', '--force', 'feature')
  on('main', () => world.write('r/a.yaml', text(0)))
  on('feature', () => world.write('r/a.yaml', text(8)))
}

describe('no program of a repository is run', () => {
  /** Everything in a repository's settings that names a program. */
  function armed(file: string): void {
    for (const [key, value] of [
      ['merge.evil.driver', `${file} %O %A %B %P`],
      ['filter.evil.clean', file],
      ['filter.evil.smudge', file],
      ['filter.evil.process', file],
      ['filter.evil.required', 'true'],
      ['diff.evil.textconv', file],
      ['diff.evil.command', file],
      ['diff.external', file],
      ['core.fsmonitor', file],
      ['core.hooksPath', path.join(world.folder, 'hooks')],
      ['core.sshCommand', file],
      ['core.pager', file],
      ['core.editor', file],
      ['core.askPass', file],
      ['core.alternateRefsCommand', file],
      ['core.attributesFile', path.join(world.folder, 'attributes')],
      ['credential.helper', file],
      ['gpg.program', file],
      ['log.showSignature', 'true'],
      ['merge.renormalize', 'true'],
      ['uploadpack.packObjectsHook', file],
      ['alias.cat-file', `!${file}`],
      ['alias.ls-tree', `!${file}`],
      ['alias.merge-tree', `!${file}`],
    ] as const) {
      world.git('r', 'config', key, value)
    }
    world.write('attributes', '* merge=evil filter=evil diff=evil\n')
    world.write('r/.git/info/attributes', '* merge=evil filter=evil diff=evil\n')
    mkdirSync(path.join(world.folder, 'hooks'))
    for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction', 'pre-auto-gc', 'post-merge']) {
      execFileSync('cp', [file, path.join(world.folder, 'hooks', hook)])
    }
  }

  test('neither merge drivers, filters, textconv, hooks, monitors nor helpers, wherever they are named', async () => {
    bothChange('* merge=evil filter=evil diff=evil\n')
    const file = program()
    armed(file)
    // The machine's and the user's settings, and the environment, name it as well.
    world.write('home/.gitconfig', `[core]\n  fsmonitor = ${file}\n[merge "evil"]\n  driver = ${file}\n`)
    const variables = {
      GIT_EXTERNAL_DIFF: file,
      GIT_SSH_COMMAND: file,
      GIT_PAGER: file,
      GIT_ASKPASS: file,
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: 'merge.evil.driver',
      GIT_CONFIG_VALUE_0: `${file} %A`,
      GIT_TRACE: path.join(world.folder, 'ran'),
    }
    const [merged] = await (await reader('r', variables)).read([['main', 'feature']])
    expect(texts(merged!)['a.yaml']).toMatch(/# 0!\n[^]*# 8!\n$/)
    expect(hasRun()).toBe(false)
    // The same merge by the same git with the repository's settings runs it.
    expect(() => world.git('r', 'merge-tree', '--write-tree', 'main', 'feature')).toThrow('Command failed')
    expect(hasRun()).toBe(true)
  })

  test('not even to fetch what a partial clone left out: that is said, with what to do', async () => {
    const missing = on('main', () => world.write('r/b.yaml', ours('b')))
    world.git('r', 'config', 'uploadpack.allowFilter', 'true')
    world.git('r', 'config', 'uploadpack.allowAnySHA1InWant', 'true')
    world.git('.', 'clone', '--quiet', '--bare', '--filter=blob:none', `file://${world.folder}/r`, 'partial')
    const file = program()
    for (const [key, value] of [
      ['remote.origin.url', `ext::${file} %S`],
      ['remote.origin.uploadpack', file],
      ['protocol.ext.allow', 'always'],
      ['protocol.allow', 'always'],
    ] as const) {
      world.git('partial', 'config', key, value)
    }
    const before = contentOf(path.join(world.folder, 'partial'))
    await expect((await reader('partial')).read(['main'])).rejects.toMatchObject({
      code: 'object-missing',
      cure: expect.stringContaining('git fetch') as unknown,
    })
    expect(hasRun()).toBe(false)
    expect(contentOf(path.join(world.folder, 'partial'))).toEqual(before)
    // Git as it is would have asked the remote.
    expect(() => world.git('partial', 'cat-file', '-p', `${missing}:b.yaml`)).toThrow('Command failed')
    expect(hasRun()).toBe(true)
  })

  test('nor where merging needs what is missing', async () => {
    bothChange('')
    world.git('r', 'config', 'uploadpack.allowFilter', 'true')
    world.git('.', 'clone', '--quiet', '--bare', '--filter=blob:none', `file://${world.folder}/r`, 'partial')
    await expect((await reader('partial')).merge('main', 'feature')).rejects.toMatchObject({
      code: 'object-missing',
      cure: expect.stringContaining('git fetch') as unknown,
    })
  })

  test('nor where trees are missing, or a commit that was named in full', async () => {
    world.git('r', 'config', 'uploadpack.allowFilter', 'true')
    world.git('.', 'clone', '--quiet', '--bare', '--filter=tree:0', `file://${world.folder}/r`, 'partial')
    world.git('partial', 'config', 'remote.origin.url', `ext::${program()} %S`)
    world.git('partial', 'config', 'protocol.ext.allow', 'always')
    const open = await reader('partial')
    await expect(open.read(['main'])).rejects.toMatchObject({ code: 'object-missing' })
    await expect(open.merge('main', 'feature')).resolves.toBeDefined()
    const unknown = 'f'.repeat(40)
    expect(await commitNamed(open.repository, unknown)).toBeUndefined()
    expect(hasRun()).toBe(false)
    expect(() => world.git('partial', 'rev-parse', '--verify', `${unknown}^{commit}`)).toThrow('Command failed')
    expect(hasRun()).toBe(true)
  })
})

describe('what stands in for an object is not read', () => {
  test('refs/replace and grafts', async () => {
    const [from, to] = [ours('a'), ours('a', ', members: [evil]')]
    const blob = (text: string): string => {
      world.write('blob', text)
      return world.git('r', 'hash-object', '-w', path.join(world.folder, 'blob'))
    }
    world.git('r', 'replace', blob(from), blob(to))
    expect(world.git('r', 'show', 'main:a.yaml')).toContain('evil')
    expect(texts((await (await reader()).read(['main']))[0]!)).toEqual({ 'a.yaml': from })
  })

  test('variables that name another repository, index or work tree', async () => {
    world.init('other')
    world.write('other/b.yaml', ours('b'))
    world.commit('other')
    const other = path.join(world.folder, 'other')
    const variables = {
      GIT_DIR: path.join(other, '.git'),
      GIT_WORK_TREE: other,
      GIT_COMMON_DIR: path.join(other, '.git'),
      GIT_INDEX_FILE: path.join(other, '.git/index'),
      GIT_NAMESPACE: 'x',
      GIT_SHALLOW_FILE: '/nowhere',
      GIT_GRAFT_FILE: '/nowhere',
      GIT_REPLACE_REF_BASE: 'refs/x/',
    }
    expect(texts((await (await reader('r', variables)).read(['main']))[0]!)).toEqual({ 'a.yaml': ours('a') })
  })
})

describe('nothing is left behind', () => {
  test('a merge writes neither objects nor anything else into the repository, nor into the temporary folder', async () => {
    bothChange('')
    const before = contentOf(path.join(world.folder, 'r'))
    const count = world.git('r', 'count-objects', '-v')
    const temporary = path.join(world.folder, 'tmp')
    mkdirSync(temporary)
    vi.stubEnv('TMPDIR', temporary)
    const open = await reader()
    expect(readdirSync(temporary)).toHaveLength(1)
    const [merged] = await open.read([['main', 'feature']])
    expect(texts(merged!)['a.yaml']).toMatch(/# 0!\n[^]*# 8!\n$/)
    await open.close()
    expect(contentOf(path.join(world.folder, 'r'))).toEqual(before)
    expect(world.git('r', 'count-objects', '-v')).toBe(count)
    expect(readdirSync(temporary)).toEqual([])
  })

  test('a repository that nobody may write to is read like any other', async () => {
    bothChange('')
    execFileSync('chmod', ['-R', 'a-w', path.join(world.folder, 'r')])
    try {
      const [merged] = await (await reader()).read([['main', 'feature']])
      expect(texts(merged!)['a.yaml']).toMatch(/# 0!\n[^]*# 8!\n$/)
    } finally {
      execFileSync('chmod', ['-R', 'u+w', path.join(world.folder, 'r')])
    }
  })
})
