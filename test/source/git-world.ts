import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { globSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { commitNamed, repositoryAt, type Repository } from '../../src/source/repository.ts'
import { openRevisions, type Revision, type RevisionSource } from '../../src/source/revision.ts'

/** The text of a document of Tenon's. */
export function ours(name: string, more = ''): string {
  return `apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: ${name}}\nspec: {displayName: X${more}}\n`
}

/** Real repositories in a temporary folder, made by a git that knows no settings but its own. */
export interface GitWorld {
  readonly folder: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Runs git in a repository of this world; its output, trimmed. */
  git(repository: string, ...args: readonly string[]): string
  /** Makes a repository with a work tree. */
  init(repository: string, ...flags: readonly string[]): void
  write(file: string, content?: string | Uint8Array): void
  /** Commits everything in a work tree as it stands; the commit's id. */
  commit(repository: string): string
  remove(): void
}

export function gitWorld(): GitWorld {
  const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'tenon-git-world-')))
  const home = path.join(folder, 'home')
  mkdirSync(home)
  const env = { PATH: process.env['PATH'], HOME: home, GIT_CONFIG_NOSYSTEM: '1', LC_ALL: 'C' }
  const git = (repository: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'protocol.file.allow=always', '-C', path.join(folder, repository), ...args], {
      env: { ...env, ...AUTHOR },
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    }).trim()
  return {
    folder,
    env,
    git,
    init: (repository, ...flags) => {
      mkdirSync(path.join(folder, repository), { recursive: true })
      git(repository, 'init', '--quiet', '--initial-branch=main', ...flags)
    },
    write: (file, content = ours('a')) => {
      mkdirSync(path.dirname(path.join(folder, file)), { recursive: true })
      writeFileSync(path.join(folder, file), content)
    },
    commit: repository => {
      git(repository, 'add', '--all')
      git(repository, 'commit', '--quiet', '--allow-empty', '--message=x')
      return git(repository, 'rev-parse', 'HEAD')
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  }
}

const AUTHOR = {
  GIT_AUTHOR_NAME: 'Ana',
  GIT_AUTHOR_EMAIL: 'ana@acme.example',
  GIT_COMMITTER_NAME: 'Ana',
  GIT_COMMITTER_EMAIL: 'ana@acme.example',
}

/** What a test asks of a repository; ends with `close`. */
export interface Reading {
  readonly repository: Repository
  /** The folder in each revision; a pair of revisions is the merge of the second into the first. */
  read(revisions: readonly (string | readonly [string, string])[], folder?: string): Promise<readonly RevisionSource[]>
  merge(base: string, head: string): Promise<unknown>
  close(): Promise<void>
}

/** Opens a repository as a review does. */
export async function reading(
  { folder, env }: GitWorld,
  at: string,
  more: Readonly<Record<string, string>> = {},
): Promise<Reading> {
  const repository = await repositoryAt(path.join(folder, at), { ...env, ...more })
  if (repository === undefined) throw new Error(`no repository at ${at}`)
  const revisions = openRevisions(repository)
  const commit = async (name: string): Promise<Revision['commit']> => {
    const found = await commitNamed(repository, name)
    if (found === undefined) throw new Error(`no commit ${name}`)
    return found
  }
  const revision = async (name: string | readonly [string, string]): Promise<Revision> => {
    if (typeof name === 'string') return { commit: await commit(name) }
    const [base, head] = [await commit(name[0]), await commit(name[1])]
    const merged = await revisions.merge(base, head)
    if (merged.kind === 'conflicts') throw new Error(`conflicts in ${merged.files.join(', ')}`)
    return { commit: head, tree: merged.tree }
  }
  return {
    repository,
    read: async (names, below = '') => revisions.read(await Promise.all(names.map(revision)), below),
    merge: async (base, head) => revisions.merge(await commit(base), await commit(head)),
    close: async () => revisions.close(),
  }
}

/** Every file of a repository with its content: what must be the same before and after a review. */
export function contentOf(folder: string): Readonly<Record<string, string>> {
  const found = globSync(['**/*', '**/.*', '.git/**/*'], { cwd: folder }).toSorted()
  return Object.fromEntries(
    found.map(file => {
      const full = path.join(folder, file)
      const isFile = statSync(full, { throwIfNoEntry: false })?.isFile() ?? false
      return [file, isFile ? createHash('sha256').update(readFileSync(full)).digest('hex') : '-']
    }),
  )
}

/** Files with their text, as a table to compare with. */
export function texts({ documents }: Pick<RevisionSource, 'documents'>): Readonly<Record<string, string>> {
  return Object.fromEntries(documents.map(({ file, bytes }) => [file, Buffer.from(bytes).toString()]))
}

export function files({ documents }: Pick<RevisionSource, 'documents'>): readonly string[] {
  return documents.map(({ file }) => file)
}

export function codes({ problems }: Pick<RevisionSource, 'problems'>): readonly string[] {
  return problems.map(({ code, file }) => `${code} ${file}`)
}
