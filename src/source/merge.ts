import { readFileSync } from 'node:fs'
import { WorldError } from '../model/errors.ts'
import { git, gitFailure, type GitPlace } from './git.ts'
import type { Commit, Repository } from './repository.ts'

/** What merging gives: a tree, or the files in which both sides say different things. */
export type Merged =
  /** `isContained`: the base has the head already, so that merging changes nothing. */
  | { readonly kind: 'merged'; readonly tree: string; readonly isContained: boolean }
  | { readonly kind: 'conflicts'; readonly files: readonly string[] }

interface Sides {
  readonly repository: Repository
  readonly base: Commit
  readonly head: Commit
}

/**
 * Merges the head into the base as a forge would, at `place`, which holds a repository of our own: no merge driver and no
 * attribute of the repository counts there. Throws `WorldError` where the history that both share is not at hand.
 */
export async function mergeOf(sides: Sides, place: GitPlace): Promise<Merged> {
  const { repository, base, head } = sides
  if (repository.isShallow && !(await knowsSharedHistory(sides, place))) throw historyMissing(sides)
  const answer = await git(
    ['merge-tree', '--write-tree', '-z', '--name-only', '--no-messages', base.id, head.id],
    place,
  )
  const [tree = '', ...files] = answer.stdout.toString().split('\0')
  if (answer.exit === 1) return { kind: 'conflicts', files: [...new Set(files.filter(file => file !== ''))] }
  if (answer.exit === 0) return { kind: 'merged', tree, isContained: await contains(sides, place) }
  if (!/unrelated histories/.test(answer.stderr)) throw gitFailure(answer, `merge "${head.label}" into "${base.label}"`)
  throw new WorldError('histories-unrelated', `"${base.label}" and "${head.label}" have no commit in common`, {
    cure: 'Check --base and --head, or compare them as they stand with --no-merge-result.',
  })
}

/** Whether the base is the head, or came after it. */
async function contains({ base, head }: Sides, place: GitPlace): Promise<boolean> {
  return (await git(['merge-base', '--is-ancestor', head.id, base.id], place)).exit === 0
}

/**
 * Whether a shallow clone knows everything since the commits that both sides share. Beyond the end of its history there
 * might be a later one: merging from an earlier one would hide changes, or invent them.
 */
async function knowsSharedHistory({ repository, base, head }: Sides, place: GitPlace): Promise<boolean> {
  const shared = linesOf(await git(['merge-base', '--all', base.id, head.id], place))
  if (shared.length === 0) return false
  const since = await git(['rev-list', base.id, head.id, '--not', ...shared], place, 256 * 1024 * 1024)
  if (since.exit !== 0 || since.isCut) throw gitFailure(since, 'read the history')
  const ends = new Set(readFileSync(repository.shallowFile, 'utf8').split('\n'))
  return !linesOf(since).some(commit => ends.has(commit))
}

function linesOf({ stdout }: { readonly stdout: Buffer }): readonly string[] {
  return stdout
    .toString()
    .split('\n')
    .filter(line => line !== '')
}

function historyMissing({ base, head }: Sides): WorldError {
  return new WorldError(
    'history-missing',
    `this clone is shallow: it does not reach back to what "${base.label}" and "${head.label}" have in common`,
    { cure: 'Fetch the history: git fetch --unshallow, or fetch-depth: 0 in CI; or compare with --no-merge-result.' },
  )
}
