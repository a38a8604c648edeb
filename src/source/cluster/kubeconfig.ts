import { existsSync, readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import path from 'node:path'
import { KubeConfig } from '@kubernetes/client-node'
import { parse } from 'yaml'
import { WorldError } from '../../model/errors.ts'

/** What a kubeconfig says, or the pod's service account. */
export interface Access {
  readonly config: KubeConfig
  /** The file that holds the caller's token, which is replaced before it runs out. */
  readonly tokenFile: string | undefined
}

/** A kubeconfig that may be written anew while it is in use. */
export interface Kubeconfig {
  /** What it says now; a file that cannot be read in between leaves what it said before. */
  current(): Access
}

/**
 * Reads a kubeconfig; without a path that of the environment (`KUBECONFIG`, the home folder, the pod's service account).
 * Throws `WorldError` `kubeconfig-invalid`.
 */
export function openKubeconfig(given: string | undefined): Kubeconfig {
  let text = textOf(filesOf(given))
  let access = loaded(given)
  return {
    current: () => {
      const now = textOf(filesOf(given))
      if (now === text) return access
      text = now
      access = reloaded(given, access)
      return access
    },
  }
}

/** What stands there now, unless it is unreadable or of another cluster: to go there takes a new start. */
function reloaded(given: string | undefined, before: Access): Access {
  try {
    const now = loaded(given)
    const isSame = now.config.getCurrentCluster()?.server === before.config.getCurrentCluster()?.server
    return isSame ? now : before
  } catch (error) {
    if (error instanceof WorldError) return before
    throw error
  }
}

function loaded(given: string | undefined): Access {
  const config = new KubeConfig()
  try {
    if (given === undefined) config.loadFromDefault()
    else config.loadFromFile(given)
    return { config, tokenFile: tokenFileOf(config, filesOf(given)) }
  } catch (cause) {
    throw invalidKubeconfig(
      cause instanceof Error && 'code' in cause ? `it cannot be read (${String(cause.code)})` : 'it is malformed',
      cause,
    )
  }
}

export function invalidKubeconfig(why: string, cause?: unknown): WorldError {
  return new WorldError('kubeconfig-invalid', `The kubeconfig cannot be used: ${why}.`, {
    cure: 'Name one with --kubeconfig or KUBECONFIG; in a pod leave both out.',
    cause,
  })
}

/** The files that a kubeconfig is read from; none in a pod. */
function filesOf(given: string | undefined): readonly string[] {
  if (given !== undefined) return [given]
  const named = process.env['KUBECONFIG']
  if (named !== undefined && named !== '') return named.split(path.delimiter).filter(file => file !== '')
  return [path.join(homedir(), '.kube', 'config')].filter(file => existsSync(file))
}

function textOf(files: readonly string[]): string {
  return files
    .map(file => {
      try {
        return readFileSync(file, 'utf8')
      } catch {
        return ''
      }
    })
    .join('\0')
}

interface RawUsers {
  readonly users?: readonly { readonly name?: string; readonly user?: { readonly tokenFile?: string } }[]
}

/** The library knows the pod's token file, but not that of a kubeconfig (client-node 2.0.1 looks for `token-file`). */
function tokenFileOf(config: KubeConfig, files: readonly string[]): string | undefined {
  const user = config.getCurrentUser()
  const { tokenFile } = (user?.authProvider?.config ?? {}) as { readonly tokenFile?: string }
  if (tokenFile !== undefined) return tokenFile
  for (const file of files) {
    const { users = [] } = (parse(readFileSync(file, 'utf8')) ?? {}) as RawUsers
    const found = users.find(({ name }) => name === user?.name)?.user?.tokenFile
    if (found !== undefined) return path.resolve(path.dirname(file), found)
  }
  return undefined
}
