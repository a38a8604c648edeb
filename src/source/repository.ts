import { realpathSync, statSync } from 'node:fs'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import { nearest } from '../model/nearest.ts'
import { git, gitFailure, type Environment, type GitAnswer, type GitPlace } from './git.ts'

/** A Git repository as it was found; nothing in it is ever written. */
export interface Repository {
  readonly place: GitPlace
  /** The folder at its top: that of the work tree, or for a bare one its own, which stands for the top of its trees. */
  readonly top: string
  readonly objects: string
  /** The file that lists where the history of a shallow clone ends. */
  readonly shallowFile: string
  readonly objectFormat: string
  readonly isShallow: boolean
}

/** A revision, as the caller calls it, and the commit that it means. */
export interface Commit {
  readonly label: string
  readonly id: string
}

const DISCOVER = [
  'rev-parse',
  '--show-object-format',
  '--is-shallow-repository',
  '--path-format=absolute',
  '--git-dir',
  '--git-path',
  'objects',
  '--git-path',
  'shallow',
]

/** The repository that a folder is in; `undefined` outside of any. The folder itself need not be there. */
export async function repositoryAt(folder: string, env: Environment): Promise<Repository | undefined> {
  const place = { folder: existing(folder), env }
  const [found, workTree] = await Promise.all([git(DISCOVER, place), git(['rev-parse', '--show-toplevel'], place)])
  if (found.exit !== 0 && /not a git repository/.test(found.stderr)) return undefined
  if (found.exit !== 0) throw gitFailure(found, 'use the repository')
  const [objectFormat, isShallow, gitDir, objects, shallowFile, ...rest] = lines(found)
  if (objectFormat === undefined || !gitDir || !objects || !shallowFile || rest.length > 0) {
    const cure = 'Move the repository to a path without line breaks.'
    throw new WorldError('git-failed', 'the paths of the repository cannot be read', { cure })
  }
  const top = workTree.exit === 0 ? workTree.stdout.toString().replace(/\n$/, '') : gitDir
  return { place, top, objects, shallowFile, objectFormat, isShallow: isShallow === 'true' }
}

function lines({ stdout }: GitAnswer): readonly string[] {
  return stdout.toString().replace(/\n$/, '').split('\n')
}

/** The nearest folder that is there. */
function existing(folder: string): string {
  const isFolder = statSync(folder, { throwIfNoEntry: false })?.isDirectory() ?? false
  const parent = path.dirname(folder)
  return isFolder || parent === folder ? folder : existing(parent)
}

/**
 * The path of a folder below the top of a repository, empty for the top itself; `undefined` outside of it. As it is written,
 * so that a link in the work tree leads nowhere else than in the revisions.
 */
export function folderIn({ top }: Repository, folder: string): string | undefined {
  for (const candidate of [folder, realFolder(folder)]) {
    const below = path.relative(top, candidate)
    const isOutside = below === '..' || below.startsWith(`..${path.sep}`) || path.isAbsolute(below)
    if (!isOutside) return below.split(path.sep).join('/')
  }
  return undefined
}

/** The real path of a folder, as far as it exists. */
function realFolder(folder: string): string {
  const there = existing(folder)
  return path.join(realpathSync(there), path.relative(there, folder))
}

/** The commit that a revision means; `undefined` where there is none. */
export async function commitNamed(repository: Repository, revision: string): Promise<Commit | undefined> {
  if (revision === '' || revision.startsWith('-') || revision.includes('\0')) return undefined
  const answer = await git(['rev-parse', '--verify', '--end-of-options', `${revision}^{commit}`], repository.place)
  const id = answer.stdout.toString().trim()
  if (answer.exit !== 0 || !/^[0-9a-f]{40,64}$/.test(id)) return undefined
  if (/refname '.*' is ambiguous/.test(answer.stderr) && !isObjectId(revision)) throw ambiguous(revision)
  return { label: revision, id }
}

/** Which one is meant decides by whose guards a change is judged: it is not guessed. */
function ambiguous(revision: string): WorldError {
  return new WorldError('revision-ambiguous', `"${revision}" names several things, such as a branch and a tag`, {
    cure: `Write it in full: refs/heads/${revision} or refs/tags/${revision}.`,
  })
}

/** What is said of a revision that names no commit. */
export async function unknownRevision(repository: Repository, revision: string): Promise<WorldError> {
  if (revision.startsWith('-')) {
    const cure = 'Revisions do not begin with "-": name a branch, a tag or a commit.'
    return new WorldError('revision-unknown', `"${revision}" is not a revision`, { cure })
  }
  if (isObjectId(revision)) {
    const cure = `Fetch it first: git fetch origin ${revision}.`
    return new WorldError('object-missing', `the commit ${revision} is not in this clone`, { cure })
  }
  const answer = await git(
    ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads', 'refs/remotes', 'refs/tags'],
    repository.place,
  )
  const names = lines(answer)
  const meant = names.find(name => name.endsWith(`/${revision}`)) ?? nearest(revision, names)
  const cure = meant === undefined ? 'Name a branch, a tag or a commit; fetch it first.' : `Did you mean "${meant}"?`
  return new WorldError('revision-unknown', `"${revision}" is not a revision of this repository`, { cure })
}

/** Whether a revision is the full name of an object. */
function isObjectId(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/i.test(revision)
}
