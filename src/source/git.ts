import { execFile, spawn, type ChildProcessWithoutNullStreams } from 'node:child_process'
import { promisify } from 'node:util'
import { WorldError } from '../model/errors.ts'

const run = promisify(execFile)

/** Settings that would let a repository run programs of its own are switched off. */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/**
 * The commit that a folder's files come from, with `-dirty` when some of them differ from it; `undefined` outside a Git
 * work tree, or without git.
 */
export async function commitOf(folder: string): Promise<string | undefined> {
  const ask = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...SAFE, '-C', folder, ...args], {
      timeout: 10_000,
      maxBuffer: 16 * 1024 * 1024,
    })
    return stdout.trim()
  }
  try {
    const commit = await ask('rev-parse', '--verify', '--quiet', 'HEAD')
    const changed = await ask('status', '--porcelain', '--untracked-files=normal', '--', '.')
    return changed === '' ? commit : `${commit}-dirty`
  } catch {
    return undefined
  }
}

export type Environment = Readonly<Record<string, string | undefined>>

/** Where git runs, and on which repository. */
export interface GitPlace {
  readonly folder: string
  readonly env: Environment
  /** The repository, where it is not to be looked for from the folder upwards. */
  readonly gitDir?: string
}

/** What a finished run of git said. */
export interface GitAnswer {
  readonly exit: number
  readonly stdout: Buffer
  readonly stderr: string
  /** It said more than was asked for, and was stopped. */
  readonly isCut: boolean
}

const TIMEOUT_MS = 120_000

/**
 * Runs git once, so that it runs no other program: the machine's and the user's settings and attributes are not read,
 * hooks and monitors are off, nothing is replaced, and no protocol may be spoken, not even where a repository's own
 * settings ask for objects that are missing. Throws `WorldError` where git is missing, or does not end.
 */
export async function git(args: readonly string[], place: GitPlace, maxBytes = 16 * 1024 * 1024): Promise<GitAnswer> {
  const running = run('git', [...SETTINGS, ...args], {
    cwd: place.folder,
    env: environment(place),
    encoding: 'buffer',
    maxBuffer: maxBytes,
    timeout: TIMEOUT_MS,
    killSignal: 'SIGKILL',
  })
  running.child.stdin?.end()
  try {
    const { stdout, stderr } = await running
    return { exit: 0, stdout, stderr: stderr.toString(), isCut: false }
  } catch (error) {
    if (!isRunFailure(error)) throw error
    const isCut = error.code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER'
    const exit = isCut ? 0 : error.code
    if (typeof exit !== 'number') throw notRun(error, error.killed)
    return { exit, stdout: error.stdout, stderr: error.stderr.toString(), isCut }
  }
}

interface RunFailure extends Error {
  /** The exit code, or why the process has none. */
  readonly code?: number | string | null
  readonly killed?: boolean
  readonly stdout: Buffer
  readonly stderr: Buffer
}

function isRunFailure(error: unknown): error is RunFailure {
  return error instanceof Error && 'stdout' in error && 'stderr' in error
}

/** Starts git for a conversation, as closed off as `git` runs it. */
export function gitConversation(args: readonly string[], place: GitPlace): ChildProcessWithoutNullStreams {
  return spawn('git', [...SETTINGS, ...args], { cwd: place.folder, env: environment(place), stdio: 'pipe' })
}

const SETTINGS = [
  ...SAFE,
  '-c',
  'protocol.allow=never',
  // Whoever owns the repository: nothing that its settings name is run.
  '-c',
  'safe.directory=*',
]

/** Where objects are that a hook is asked about before they are in the repository; and where to stop looking for it. */
const KEPT = new Set([
  'GIT_OBJECT_DIRECTORY',
  'GIT_ALTERNATE_OBJECT_DIRECTORIES',
  'GIT_CEILING_DIRECTORIES',
  'GIT_DISCOVERY_ACROSS_FILESYSTEM',
  'GIT_EXEC_PATH',
])

const CLOSED = {
  LC_ALL: 'C',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_SYSTEM: '/dev/null',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_ATTR_NOSYSTEM: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_NO_LAZY_FETCH: '1',
  // Wins over what any settings allow: the name of no protocol.
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_LITERAL_PATHSPECS: '1',
} as const

function environment({ env, gitDir }: GitPlace): Record<string, string | undefined> {
  const kept = Object.entries(env).filter(([name]) => !name.startsWith('GIT_') || KEPT.has(name))
  const own = gitDir === undefined ? {} : { GIT_DIR: gitDir, GIT_OBJECT_DIRECTORY: undefined }
  return { ...Object.fromEntries(kept), ...CLOSED, ...own }
}

/** Why git did not run, or did not end by itself. */
export function notRun(cause: Error, isKilled = false): WorldError {
  if ('code' in cause && cause.code === 'ENOENT') {
    const cure = 'Install git 2.38 or later, or compare two folders: --base ./before --head ./after.'
    return new WorldError('git-missing', 'git was not found on the PATH', { cure, cause })
  }
  const why = isKilled ? `did not end within ${TIMEOUT_MS / 1000} seconds` : 'could not be run'
  const cure = 'Run `git fsck` in the repository; name fewer files with -f.'
  return new WorldError('git-failed', `git ${why}`, { cure, cause })
}

const MISSING_OBJECTS = /missing|unable to (?:read|find|parse)|could not (?:read|parse)|not a tree object|bad object/i

/** What is said of a run of git that failed although what it was asked for is in order. */
export function gitFailure(answer: Pick<GitAnswer, 'exit' | 'stderr'>, what: string): WorldError {
  const said = /^(?:fatal|error): (.*)$/m.exec(answer.stderr)?.[1] ?? `it ended with ${answer.exit}`
  if (answer.exit === 129) {
    const cure = 'Install git 2.38 or later, or compare two folders: --base ./before --head ./after.'
    return new WorldError('git-too-old', `this git is too old to ${what}`, { cure })
  }
  if (MISSING_OBJECTS.test(said)) return missingObjects(`git cannot ${what}: ${said}`)
  return new WorldError('git-failed', `git cannot ${what}: ${said}`, {
    cure: 'Run `git fsck` in the repository to see whether it is whole.',
  })
}

/** What is said where objects were left out of a clone; nothing is ever fetched from here. */
export function missingObjects(message: string): WorldError {
  return new WorldError('object-missing', message, {
    cure: 'The clone was made without all objects, and nothing is fetched here: run `git fetch --refetch --no-filter origin`.',
  })
}
