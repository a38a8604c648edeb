import { existsSync, statSync } from 'node:fs'
import path from 'node:path'
import type { Problem } from '../model/diagnostic.ts'
import { WorldError } from '../model/errors.ts'
import {
  commitNamed,
  folderIn,
  repositoryAt,
  unknownRevision,
  type Commit,
  type Repository,
} from '../source/repository.ts'
import { UsageError } from './exit.ts'
import type { Io } from './io.ts'

/** The flags that say what is compared. */
export interface ReviewedFlags {
  readonly base?: string
  readonly head?: string
  readonly file: readonly string[]
  readonly mergeResult: boolean
  readonly live?: string
}

/** What somebody means by `--base`, `--head` or `--live`. */
export type Meant =
  | (Commit & { readonly kind: 'revision' })
  | { readonly kind: 'folder' | 'export'; readonly label: string }

/** What the flags mean. */
export interface Asked {
  readonly base: Meant
  readonly head: Meant
  /** What is reviewed of the revisions: the path of a folder from the top of the repository. */
  readonly folder: string
  readonly repository: Repository | undefined
  /** What is worth saying about how the flags were taken. */
  readonly notes: readonly Problem[]
}

/**
 * Finds out what the flags mean. A path is a folder; another value is a revision, or else a folder. Throws `UsageError` for
 * flags that do not go together, and `WorldError` for what is not there.
 */
export async function whatIsAsked(flags: ReviewedFlags, io: Io): Promise<Asked> {
  const names = namesOf(flags)
  const { place, repository } = await repositoryFor(names, flags, io)
  const [base, head] = [await meant(names.base, repository, io), await meant(names.head, repository, io)]
  if (flags.live === undefined && base.kind === 'folder' && head.kind === 'folder' && isGiven(flags)) {
    throw new UsageError('-f names a folder of a repository: two folders are compared whole')
  }
  const notes = [base, head].filter(({ kind, label }) => kind === 'revision' && isFolder(label, io))
  const folder = repository === undefined ? '' : reviewedFolder(repository, [base, head], { place, flags, io })
  return { base, head, folder, repository, notes: notes.map(({ label }) => isBoth(label)) }
}

/** That of the other side, if it is one of the repository's own; else where the repository was found. */
function reviewedFolder(
  repository: Repository,
  sides: readonly Meant[],
  { place, flags, io }: { readonly place: string; readonly flags: ReviewedFlags; readonly io: Io },
): string {
  const others = isGiven(flags) ? [] : sides.filter(({ kind }) => kind === 'folder').map(({ label }) => label)
  const folders = [...others, place].map(folder => folderIn(repository, path.resolve(io.cwd, folder)))
  const found = folders.find(folder => folder !== undefined)
  if (found !== undefined) return found
  throw new WorldError('folder-outside-repository', `"${place}" is not in the repository "${repository.top}"`, {
    cure: 'Name a folder of the repository with -f.',
  })
}

interface Names {
  readonly base: Named
  readonly head: Named
}

/** A value as given; `as` where the flag leaves no choice what it is. */
interface Named {
  readonly text: string
  readonly as?: 'folder' | 'export'
}

function namesOf({ base, head, live, file }: ReviewedFlags): Names {
  for (const [flag, text] of Object.entries({ base, head, live })) {
    // An unset variable must not mean the folder that somebody stands in.
    if (text?.trim() === '') throw new UsageError(`--${flag} is empty`)
  }
  if (file.length !== 1) throw new UsageError('review takes one folder with -f')
  if (live !== undefined) {
    if (base !== undefined) throw new UsageError('--live stands in the place of --base: give one of them')
    return {
      base: { text: live, as: 'export' },
      head: head === undefined ? { text: file[0]!, as: 'folder' } : named(head),
    }
  }
  if (base === undefined || head === undefined) {
    throw new UsageError('review compares two states: name them with --base and --head')
  }
  return { base: named(base), head: named(head) }
}

function named(text: string): Named {
  const isPath = path.isAbsolute(text) || /^\.{1,2}(?:\/|$)|\/$/.test(text)
  return isPath ? { text, as: 'folder' } : { text }
}

function isGiven({ file }: ReviewedFlags): boolean {
  return file[0] !== '.'
}

function isFolder(text: string, io: Io): boolean {
  return statSync(path.resolve(io.cwd, text), { throwIfNoEntry: false })?.isDirectory() ?? false
}

/**
 * Where revisions are looked for, and what is reviewed in them: the folder named with -f, or else the folder that the other
 * side is, or else the working directory. Git is asked only where a revision may be meant.
 */
async function repositoryFor(
  names: Names,
  flags: ReviewedFlags,
  io: Io,
): Promise<{ readonly place: string; readonly repository: Repository | undefined }> {
  const sides = [names.head, names.base]
  const open = sides.filter(({ as }) => as === undefined)
  const others = sides.flatMap(({ text, as }) => (as === 'folder' && isFolder(text, io) ? [text] : []))
  const places = isGiven(flags) ? flags.file : [...others, '.']
  for (const place of open.length === 0 ? [] : places) {
    const folder = path.resolve(io.cwd, place)
    const repository = await repositoryAt(folder, io.env).catch(missed(open.every(({ text }) => isFolder(text, io))))
    if (repository !== undefined) return { place, repository }
  }
  return { place: '.', repository: undefined }
}

/** Git is not missed where folders of these names are there. */
function missed(areFolders: boolean): (error: unknown) => undefined {
  return error => {
    if (!areFolders || !(error instanceof WorldError) || error.code !== 'git-missing') throw error
    return undefined
  }
}

async function meant({ text, as }: Named, repository: Repository | undefined, io: Io): Promise<Meant> {
  if (as === 'export' && text !== '-' && !existsSync(path.resolve(io.cwd, text))) throw noExport(text)
  if (as === 'export') return { kind: as, label: text }
  const isThere = isFolder(text, io)
  if (as === 'folder' && !isThere) throw noFolder(text)
  if (as === 'folder') return { kind: as, label: text }
  const commit = repository && (await commitNamed(repository, text))
  if (commit !== undefined) return { kind: 'revision', ...commit }
  if (isThere) return { kind: 'folder', label: text }
  throw repository === undefined ? noRepository(text) : await unknownRevision(repository, text)
}

function isBoth(text: string): Problem {
  const message = `"${text}" is a revision and also a folder: it was taken for the revision`
  return { severity: 'warning', code: 'revision-or-folder', message, cure: `Write ./${text} to mean the folder.` }
}

function noFolder(text: string): WorldError {
  const cure = 'Check --base, --head and -f: they take a revision, or a folder that is there.'
  return new WorldError('folder-not-found', `there is no folder "${text}"`, { cure })
}

function noExport(text: string): WorldError {
  const cure = 'Check --live: it takes what `tenon export` wrote, or - for standard input.'
  return new WorldError('file-not-found', `there is no file "${text}"`, { cure })
}

function noRepository(text: string): WorldError {
  const cure = 'Name the repository by a folder in it with -f, or compare two folders.'
  return new WorldError('not-a-repository', `"${text}" is no folder, and no Git repository is here to know it`, {
    cure,
  })
}
