import path from 'node:path'
import type { Io } from './io.ts'

/**
 * Where the operations of OpenAPI documents are kept: among the user's own files. Never below the working directory: what
 * a repository brings along could say of a document that it lists other operations than it does.
 */
export function operationCache({ env, home }: Pick<Io, 'env' | 'home'>): string {
  const given = env['XDG_CACHE_HOME'] ?? ''
  // A relative one is to be ignored (XDG Base Directory Specification).
  return path.join(path.isAbsolute(given) ? given : path.join(home, '.cache'), 'tenon/operations')
}
