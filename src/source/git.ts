import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Settings that would let a repository run programs of its own are switched off. */
const SAFE = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null']

/**
 * The commit that a folder's files come from, with `-dirty` when some of them differ from it; `undefined` outside a Git
 * work tree, or without git.
 */
export async function commitOf(folder: string): Promise<string | undefined> {
  const git = async (...args: readonly string[]): Promise<string> => {
    const { stdout } = await run('git', [...SAFE, '-C', folder, ...args], {
      timeout: 10_000,
      maxBuffer: 16 * 1024 * 1024,
    })
    return stdout.trim()
  }
  try {
    const commit = await git('rev-parse', '--verify', '--quiet', 'HEAD')
    const changed = await git('status', '--porcelain', '--untracked-files=normal', '--', '.')
    return changed === '' ? commit : `${commit}-dirty`
  } catch {
    return undefined
  }
}
