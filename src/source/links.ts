import path from 'node:path'
import type { Problem } from '../model/diagnostic.ts'
import { isBesideDocuments, mayHoldDocuments } from './selection.ts'
import { isWanted, type Tree } from './tree.ts'

/** A link of a tree, and the text that it leads by. */
export interface Link {
  /** Below the root. */
  readonly at: string
  /** As shown to people. */
  readonly file: string
  /** `undefined` where the text is too long for a path. */
  readonly target: string | undefined
}

/**
 * What is wrong with a symbolic link inside a reviewed folder. None is followed: one is in order if all that it leads to is
 * read by its own name anyway, or if nobody would look for documents there.
 */
export function linkProblem({ at, file, target }: Link, tree: Tree): Problem | undefined {
  // Never passed over: what it demands would be gone without a word.
  if (isBesideDocuments(at)) return problem('path-outside-root', file, 'which is not followed')
  const goal = aim(at, target)
  if (goal === undefined) return problem('path-outside-root', file, 'that leads out of the source directory')
  if (crossesLink(goal, tree)) return problem('path-outside-root', file, 'that leads to another one')
  const name = path.posix.basename(at)
  if (!mayHoldDocuments(name) || name.startsWith('.') || isFolder(goal, tree)) return undefined
  const entry = tree.entries.get(goal)
  if (entry === undefined) return problem('file-not-found', file, 'that leads nowhere')
  const isRead = entry.type === 'file' && isWanted(goal)
  return isRead ? undefined : problem('path-outside-root', file, 'that leads to a file that is not read')
}

/** The path below the root that a link leads to, by its text alone; `undefined` for one outside. */
function aim(at: string, target = '/'): string | undefined {
  if (path.posix.isAbsolute(target)) return undefined
  const goal = path.posix.join(path.posix.dirname(at), target).replace(/\/$/, '')
  return goal === '..' || goal.startsWith('../') ? undefined : goal
}

/** Whether a path itself, or a folder above it, is a link. */
export function crossesLink(at: string, { entries, folders }: Tree): boolean {
  for (let end = at.indexOf('/'); end >= 0; end = at.indexOf('/', end + 1)) {
    const folder = at.slice(0, end)
    if (entries.get(folder)?.type === 'link') return true
    if (!folders.has(folder)) return false
  }
  return entries.get(at)?.type === 'link'
}

/** Whether a path is that of a folder. */
export function isFolder(at: string, { folders }: Tree): boolean {
  return folders.has(at === '.' ? '' : at)
}

function problem(code: string, file: string, why: string): Problem {
  const message = `"${file}" is a symbolic link ${why}`
  return { severity: 'error', code, message, cure: 'Replace the link by the file itself, or remove it.', file }
}
