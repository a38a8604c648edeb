import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { files, gitWorld, ours, reading, texts, type GitWorld, type Reading } from './git-world.ts'

let world: GitWorld
let open: Reading | undefined

beforeEach(() => {
  world = gitWorld()
  world.init('r')
  for (const name of ['a', 'b', 'c']) world.write(`r/in/${name}.yaml`, ours(name))
  world.commit('r')
  world.git('r', 'branch', 'feature')
})

afterEach(async () => {
  await open?.close()
  open = undefined
  world.remove()
})

/** Commits on a branch what a function changes in the work tree. */
function on(branch: string, change: () => void): void {
  world.git('r', 'checkout', '--quiet', branch)
  change()
  world.commit('r')
}

async function reader(at = 'r'): Promise<Reading> {
  open ??= await reading(world, at)
  return open
}

describe('the merge of a branch into its base', () => {
  test('shows what the branch changes, and not what the base changed since', async () => {
    on('feature', () => world.write('r/in/a.yaml', ours('a', ', members: [x]')))
    on('main', () => {
      world.write('r/in/b.yaml', ours('b', ', members: [y]'))
      world.write('r/in/new.yaml', ours('new'))
    })
    const [base, merged, bare] = await (await reader()).read(['main', ['main', 'feature'], 'feature'], 'in')
    const changed = (side: typeof base): readonly string[] =>
      side!.documents.filter(document => !base!.documents.includes(document)).map(({ file }) => file)
    expect(changed(merged)).toEqual(['in/a.yaml'])
    expect(files(merged!)).toEqual(['in/a.yaml', 'in/b.yaml', 'in/c.yaml', 'in/new.yaml'])
    // The branch as it stands would take back what the base changed.
    expect(changed(bare)).toEqual(['in/a.yaml', 'in/b.yaml'])
  })

  test('does not hide what a branch puts back that the base removed', async () => {
    on('main', () => world.git('r', 'rm', '--quiet', 'in/c.yaml'))
    on('feature', () => world.write('r/in/c2.yaml', ours('c')))
    expect(files((await (await reader()).read([['main', 'feature']], 'in'))[0]!)).toEqual([
      'in/a.yaml',
      'in/b.yaml',
      'in/c2.yaml',
    ])
  })

  test('follows a file that one side renamed and the other changed', async () => {
    on('feature', () => world.git('r', 'mv', 'in/a.yaml', 'in/renamed.yaml'))
    on('main', () => world.write('r/in/a.yaml', `# changed\n${ours('a')}`))
    const [merged] = await (await reader()).read([['main', 'feature']], 'in')
    expect(texts(merged!)).toMatchObject({ 'in/renamed.yaml': `# changed\n${ours('a')}` })
    expect(files(merged!)).not.toContain('in/a.yaml')
  })

  test('is the base where the branch is merged already, and the branch where the base did not move', async () => {
    on('main', () => world.write('r/in/d.yaml', ours('d')))
    const [base, nothing, everything] = await (
      await reader()
    ).read(['main', ['main', 'feature'], ['feature', 'main']], 'in')
    expect(nothing!.documents).toEqual(base!.documents)
    expect(everything!.documents.every((document, index) => document === base!.documents[index])).toBe(true)
  })

  test('names the files that conflict, whatever they are called', async () => {
    const odd = 'in/line\nbreak "ü".yaml'
    on('main', () => {
      world.write('r/in/a.yaml', ours('a', ', owner: one'))
      world.write(`r/${odd}`, 'one\n'.repeat(99))
      world.git('r', 'rm', '--quiet', 'in/b.yaml')
    })
    on('feature', () => {
      world.write('r/in/a.yaml', ours('a', ', owner: other'))
      world.write(`r/${odd}`, 'other\n'.repeat(99))
      world.write('r/in/b.yaml', ours('b', ', owner: other'))
      world.write('r/in/c.yaml', ours('c', ', owner: other'))
    })
    const merged = await (await reader()).merge('main', 'feature')
    expect(merged).toMatchObject({ kind: 'conflicts' })
    expect((merged as { files: string[] }).files.toSorted()).toEqual(['in/a.yaml', 'in/b.yaml', odd])
  })

  test('is refused where nothing is shared', async () => {
    world.git('r', 'checkout', '--quiet', '--orphan', 'other')
    world.write('r/in/a.yaml', ours('other'))
    world.commit('r')
    await expect((await reader()).merge('main', 'other')).rejects.toMatchObject({
      code: 'histories-unrelated',
      cure: expect.stringContaining('--no-merge-result') as unknown,
    })
  })
})

describe('a shallow clone', () => {
  beforeEach(() => {
    for (const _ of [1, 2]) on('main', () => world.write('r/in/b.yaml', `${ours('b')}# ${Math.random()}\n`))
    on('feature', () => world.write('r/in/a.yaml', ours('a', ', members: [x]')))
    world.git('r', 'checkout', '--quiet', 'main')
  })

  function clone(...flags: readonly string[]): void {
    world.git(
      '.',
      'clone',
      '--quiet',
      '--no-single-branch',
      ...flags,
      `file://${path.join(world.folder, 'r')}`,
      'clone',
    )
  }

  test('that does not reach back to the shared commit is refused, with what to fetch', async () => {
    clone('--depth=1')
    await expect((await reader('clone')).merge('origin/main', 'origin/feature')).rejects.toMatchObject({
      code: 'history-missing',
      cure: expect.stringContaining('git fetch --unshallow') as unknown,
    })
  })

  test('that reaches back merges as the whole repository does, and can be read as it stands in any case', async () => {
    clone('--depth=3')
    const whole = await reading(world, 'r')
    const expected = await whole.read([['main', 'feature']])
    await whole.close()
    const found = await (await reader('clone')).read([['origin/main', 'origin/feature'], 'origin/feature'])
    expect(texts(found[0]!)).toEqual(texts(expected[0]!))
    expect(texts(found[1]!)).toMatchObject({ 'in/a.yaml': ours('a', ', members: [x]') })
  })

  test('that knows only an earlier shared commit than the last is refused: merging from there would invent changes', async () => {
    // The branch begins at a commit that the base got by a merge, and that commit's child is where the clone ends.
    world.git('r', 'checkout', '--quiet', '-b', 'side', 'main~2')
    on('side', () => world.write('r/in/a.yaml', ours('a', ', members: [early]')))
    world.git('r', 'branch', '--force', 'feature')
    on('side', () => world.write('r/in/c.yaml', ours('c', ', members: [z]')))
    on('feature', () => world.write('r/in/new.yaml'))
    on('main', () => world.git('r', 'merge', '--quiet', '--no-edit', 'side'))
    clone()
    const whole = await reading(world, 'clone')
    expect(await whole.merge('origin/main', 'origin/feature')).toMatchObject({ kind: 'merged' })
    await whole.close()
    world.write('clone/.git/shallow', `${world.git('r', 'rev-parse', 'side')}\n`)
    expect(world.git('clone', 'merge-base', 'origin/main', 'origin/feature')).toBe(
      world.git('r', 'rev-parse', 'side~2'),
    )
    await expect((await reader('clone')).merge('origin/main', 'origin/feature')).rejects.toMatchObject({
      code: 'history-missing',
    })
  })
})
