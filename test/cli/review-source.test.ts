import { mkdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { reviewSides, type ReviewSides, type SideSource } from '../../src/cli/review-source.ts'
import type { ReviewedFlags } from '../../src/cli/review-asked.ts'
import type { Io } from '../../src/cli/io.ts'
import { decode } from '../../src/decode/decode.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import { gitWorld, ours, texts, type GitWorld } from '../source/git-world.ts'
import { appliedCompany, end, type World } from './world.ts'
import { tenon } from '../support/tenon.ts'

let world: GitWorld
let opened: ReviewSides | undefined

beforeEach(() => {
  world = gitWorld()
})

afterEach(async () => {
  await opened?.close()
  opened = undefined
  world.remove()
})

/** A repository whose branch `feature` adds a file, while `main` added another. */
function repository(): void {
  world.init('r')
  world.write('r/in/a.yaml', ours('a'))
  world.commit('r')
  world.git('r', 'branch', 'feature')
  world.write('r/in/main.yaml', ours('main'))
  world.commit('r')
  world.git('r', 'checkout', '--quiet', 'feature')
  world.write('r/in/feature.yaml', ours('feature'))
  world.commit('r')
  world.git('r', 'checkout', '--quiet', 'main')
}

async function sides(flags: Partial<ReviewedFlags>, cwd = 'r', env = world.env): Promise<ReviewSides> {
  const io = { cwd: path.join(world.folder, cwd), env, stdin: () => Buffer.from('') } as unknown as Io
  opened = await reviewSides({ file: ['.'], mergeResult: true, ...flags }, io)
  return opened
}

function names({ documents }: SideSource): readonly string[] {
  return documents.map(({ file }) => file)
}

describe('two revisions', () => {
  beforeEach(repository)

  test('are compared as merged', async () => {
    const { base, head, isMergeResult } = await sides({ base: 'main', head: 'feature' })
    expect(names(base)).toEqual(['in/a.yaml', 'in/main.yaml'])
    expect(names(head)).toEqual(['in/a.yaml', 'in/feature.yaml', 'in/main.yaml'])
    expect(isMergeResult).toBe(true)
    expect([base, head]).toMatchObject([
      { label: 'main', commit: world.git('r', 'rev-parse', 'main') },
      { label: 'feature', commit: world.git('r', 'rev-parse', 'feature') },
    ])
  })

  test('are compared as they stand with --no-merge-result', async () => {
    const { head, isMergeResult } = await sides({ base: 'main', head: 'feature', mergeResult: false })
    expect([names(head), isMergeResult]).toEqual([['in/a.yaml', 'in/feature.yaml'], false])
  })

  test.each([
    ['r', 'in'],
    ['r', './in/'],
    ['r/in', '.'],
    ['.', 'r/in'],
  ])('in the folder that is named: from %s, %s', async (cwd, folder) => {
    const { base } = await sides({ base: 'main', head: 'feature', file: [folder] }, cwd)
    expect(base.documents.map(({ file, path: below }) => [file, below])).toEqual([
      ['in/a.yaml', 'a.yaml'],
      ['in/main.yaml', 'main.yaml'],
    ])
  })

  test('that conflict name the files, and are not compared', async () => {
    world.git('r', 'checkout', '--quiet', 'feature')
    world.write('r/in/main.yaml', ours('other'))
    world.commit('r')
    await expect(sides({ base: 'main', head: 'feature' })).rejects.toMatchObject({
      name: 'InvalidInput',
      diagnostics: [{ code: 'merge-conflict', file: 'in/main.yaml', severity: 'error' }],
    })
  })

  test.each([
    [{ base: 'mian', head: 'feature' }, 'revision-unknown'],
    [{ base: 'main', head: '--help' }, 'revision-unknown'],
    [{ base: 'main', head: 'f'.repeat(40) }, 'object-missing'],
    [{ base: 'main', head: './nowhere' }, 'folder-not-found'],
  ])('%j is not there: %s', async (flags, code) => {
    await expect(sides(flags)).rejects.toMatchObject({ name: 'WorldError', code })
  })

  test('of which the head has no documents are no comparison, also where the base has none either', async () => {
    const refused = { name: 'InvalidInput', diagnostics: [{ code: 'no-documents' }] }
    await expect(sides({ base: 'main', head: 'feature', file: ['elsewhere'] })).rejects.toMatchObject(refused)
    world.git('r', 'checkout', '--quiet', 'feature')
    world.git('r', 'rm', '--quiet', '-r', 'in')
    world.write('r/README.md', 'x')
    world.commit('r')
    await expect(sides({ base: 'main', head: 'feature', mergeResult: false })).rejects.toMatchObject(refused)
  })

  test('of which only the head has documents are a first adoption', async () => {
    world.git('r', 'checkout', '--quiet', 'main')
    world.git('r', 'rm', '--quiet', '-r', 'in')
    world.git('r', 'checkout', '--quiet', '-b', 'empty')
    world.commit('r')
    const { base, head } = await sides({ base: 'empty', head: 'feature', mergeResult: false })
    expect([names(base), names(head).length]).toEqual([[], 2])
  })
})

describe('two folders', () => {
  beforeEach(() => {
    for (const folder of ['old', 'new']) {
      world.write(`w/${folder}/a.yaml`, ours('a'))
      world.write(`w/${folder}/tenon.lock.yaml`, 'services: {}\n')
    }
    world.write('w/new/b.yaml', ours('b'))
  })

  test.each([
    ['./old', './new/'],
    ['old', 'new'],
  ])('%s and %s are read as files, and share what is the same', async (base, head) => {
    const found = await sides({ base, head }, 'w')
    expect(names(found.head)).toEqual(['new/a.yaml', 'new/b.yaml'])
    expect(found.base.documents).toEqual([found.head.documents[0]])
    expect(found.base.documents[0]).toBe(found.head.documents[0])
    expect(found.head.lockFiles).toHaveLength(1)
    expect(found).toMatchObject({
      isMergeResult: false,
      base: { label: base, commit: undefined },
      head: { label: head },
    })
  })

  test('need no git', async () => {
    const env = { ...world.env, PATH: world.folder }
    expect(names((await sides({ base: 'old', head: './new' }, 'w', env)).head)).toHaveLength(2)
    await expect(sides({ base: 'main', head: './new' }, 'w', env)).rejects.toMatchObject({ code: 'git-missing' })
  })

  test('leave a revision unknown where no repository is', async () => {
    const env = { ...world.env, GIT_CEILING_DIRECTORIES: world.folder }
    await expect(sides({ base: 'main', head: './new' }, 'w', env)).rejects.toMatchObject({ code: 'not-a-repository' })
  })
})

describe('a revision and a folder', () => {
  beforeEach(repository)

  test.each([
    ['./in', '.'],
    ['in/', '.'],
    ['in', '.'],
    ['../r/in', '.'],
    ['./in', 'in'],
  ])('%s: what was committed is compared with what stands there', async (head, file) => {
    world.write('r/in/new.yaml', ours('new'))
    const found = await sides({ base: 'HEAD', head, file: [file] })
    expect(found.base.documents.map(({ path: below }) => below)).toEqual(['a.yaml', 'main.yaml'])
    expect(found.head.documents.map(({ path: below }) => below)).toEqual(['a.yaml', 'main.yaml', 'new.yaml'])
    expect(found.base.documents[0]).toBe(found.head.documents[0])
    expect(found.isMergeResult).toBe(false)
  })

  test('elsewhere is compared with the working directory of that revision', async () => {
    world.write('export/in/a.yaml', ours('a'))
    const found = await sides({ base: 'main', head: '../export' })
    expect(found.base.documents.map(({ path: below }) => below)).toEqual(['in/a.yaml', 'in/main.yaml'])
    expect(found.base.documents[0]).toBe(found.head.documents[0])
  })

  test('of one name is the revision, and that is said', async () => {
    mkdirSync(path.join(world.folder, 'r/feature'))
    const { head } = await sides({ base: 'main', head: 'feature' })
    expect(head.commit).toBe(world.git('r', 'rev-parse', 'feature'))
    expect(head.problems).toMatchObject([
      { severity: 'warning', code: 'revision-or-folder', cure: 'Write ./feature to mean the folder.' },
    ])
    await opened?.close()
    world.write('r/feature/x.yaml', ours('x'))
    expect((await sides({ base: 'main', head: './feature' })).head.commit).toBeUndefined()
  })
})

test.each([
  [{}, /--base and --head/],
  [{ base: 'main' }, /--base and --head/],
  [{ base: 'main', head: 'main', live: 'x' }, /--live/],
  [{ base: './w', head: './w', file: ['w'] }, /-f names a folder of a repository/],
  [{ base: 'main', head: 'main', file: ['a', 'b'] }, /one folder/],
])('flags that do not go together are wrong usage: %j', async (flags, message) => {
  mkdirSync(path.join(world.folder, 'w'))
  await expect(sides(flags, '.')).rejects.toMatchObject({
    name: 'UsageError',
    message: expect.stringMatching(message) as unknown,
  })
})

describe('an export of a store stands for the base', () => {
  let company: World

  beforeEach(async () => {
    company = await appliedCompany()
  })

  afterEach(() => end(company))

  async function exported(...flags: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await tenon(['export', ...flags], company)
    expect([code, stderr.includes('error')]).toEqual([0, false])
    return stdout
  }

  async function live(
    text: string,
  ): Promise<{ side: SideSource; addresses: readonly string[]; lines: readonly number[] }> {
    world.write('w/live', text)
    world.write('w/tenon.yaml', 'owner: git:not-of-the-store\n')
    const { base } = await sides({ live: 'w/live', head: path.join(company.cwd, 'src') }, '.')
    const problems: Problem[] = []
    const options = { defaultNamespace: 'default', strict: true }
    const { manifests } = decode(base.documents, options, problem => problems.push(problem))
    expect(problems).toEqual([])
    return {
      side: base,
      addresses: manifests.map(({ address }) => address),
      lines: manifests.map(({ lines: at }) => at.document),
    }
  }

  test('as YAML and as JSON alike, redacted, and with nothing that stands beside it', async () => {
    const yaml = await live(await exported())
    await opened?.close()
    const text = await exported('-o', 'json')
    const json = await live(text)
    expect(json.addresses).toEqual(yaml.addresses)
    expect(json.addresses).toContain('credential/acme/billing-bot')
    expect(json.side).toMatchObject({
      isRedacted: true,
      configs: [],
      lockFiles: [],
      label: 'w/live',
      commit: undefined,
    })
    // Each is found on the line on which it begins in the JSON.
    const listed = text.slice(0, text.indexOf('"diagnostics"'))
    const begins = listed.split('\n').flatMap((line, index) => (line === '    {' ? [index + 1] : []))
    expect(json.lines).toEqual(begins)
  })

  test('as a folder of files', async () => {
    await exported('--out', path.join(company.cwd, 'out'))
    const { base } = await sides({ live: path.join(company.cwd, 'out'), file: [path.join(company.cwd, 'src')] }, '.')
    expect(names(base).length).toBeGreaterThan(5)
  })

  test('that is not there is told', async () => {
    await expect(sides({ live: 'nowhere' }, '.')).rejects.toMatchObject({
      code: 'file-not-found',
      cure: expect.stringContaining('--live') as unknown,
    })
  })

  test('that is no export is read as what it is', async () => {
    world.write('w/live.json', '{"documents": 7}')
    const { base } = await sides({ live: 'w/live.json', file: [path.join(company.cwd, 'src')] }, '.')
    expect(texts(base)).toEqual({ 'w/live.json': readFileSync(path.join(world.folder, 'w/live.json'), 'utf8') })
  })
})
