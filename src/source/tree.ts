import type { Problem } from '../model/diagnostic.ts'
import { git, gitFailure, type GitPlace } from './git.ts'
import { isPassedOver, mayHoldDocuments, printable } from './selection.ts'

/** What stands at a path of a tree. */
export interface Entry {
  readonly type: 'file' | 'link' | 'submodule'
  readonly id: string
}

/** Everything below a folder of a revision, by its path from there. */
export interface Tree {
  /** In the order in which a walk through folders meets them. */
  readonly entries: ReadonlyMap<string, Entry>
  /** The paths of all folders with anything in them; the top is empty. */
  readonly folders: ReadonlySet<string>
  readonly problems: readonly Problem[]
}

/** Which tree is listed, and which of its folders. */
export interface Listing {
  /** A commit or a tree. */
  readonly tree: string
  /** From the top of the tree, without `/` at its ends; empty for the top. */
  readonly folder: string
}

/** About a million files. */
const MAX_LISTING_BYTES = 128 * 1024 * 1024

/** Lists a folder of a tree, with all folders below it. One that is not there is empty. */
export async function listTree(place: GitPlace, { tree, folder }: Listing): Promise<Tree> {
  const paths = folder === '' ? [] : [folder]
  const answer = await git(['ls-tree', '-r', '-z', '--full-tree', tree, '--', ...paths], place, MAX_LISTING_BYTES)
  if (answer.exit !== 0) throw gitFailure(answer, 'list the files')
  if (answer.isCut) return { entries: new Map(), folders: new Set(), problems: [tooMany(folder)] }
  return treeOf(answer.stdout, folder)
}

/** What is said of a folder whose files are more than are read. */
export function tooMany(folder: string): Problem {
  const message = `the folder "${folder === '' ? '.' : folder}" holds too many files`
  const cure = 'Name a folder that holds fewer with -f.'
  return { severity: 'error', code: 'too-many-files', message, cure }
}

const TYPES: Readonly<Record<string, Entry['type']>> = { 120000: 'link', 160000: 'submodule' }

function treeOf(listing: Buffer, folder: string): Tree {
  const problems: Problem[] = []
  const prefix = folder === '' ? '' : `${folder}/`
  const found = linesOf(listing)
    .map(line => listed(line))
    .filter(({ file, entry }) => {
      if (file === folder) problems.push(...noFolder(file, entry.type))
      return file !== folder && file.startsWith(prefix)
    })
    .toSorted((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
  const entries = new Map<string, Entry>()
  const folders = new Set<string>([''])
  for (const { file, entry } of found) {
    const path = file.slice(prefix.length)
    if (isWanted(path)) problems.push(...pathProblems(file, entries.has(path)))
    entries.set(path, entry)
    addFolders(path, folders)
  }
  return { entries, folders, problems }
}

/** Names that are not UTF-8 keep their bytes as far as they are, and get U+FFFD for the others. */
function linesOf(listing: Buffer): readonly string[] {
  return listing.toString().split('\0').slice(0, -1)
}

interface Listed {
  readonly file: string
  /** Sorts as a walk through folders does: folder by folder. */
  readonly key: string
  readonly entry: Entry
}

/** `<mode> <type> <id>TAB<path>` */
function listed(line: string): Listed {
  const tab = line.indexOf('\t')
  const file = line.slice(tab + 1)
  const type = TYPES[line.slice(0, 6)] ?? 'file'
  return { file, key: file.replaceAll('/', '\0'), entry: { type, id: line.slice(line.lastIndexOf(' ', tab) + 1, tab) } }
}

function addFolders(path: string, folders: Set<string>): void {
  for (let end = path.lastIndexOf('/'); end > 0; end = path.lastIndexOf('/', end - 1)) {
    const folder = path.slice(0, end)
    if (folders.has(folder)) return
    folders.add(folder)
  }
}

/** The folder itself is no folder in this revision. */
function noFolder(file: string, type: Entry['type']): readonly Problem[] {
  if (type === 'submodule') return []
  const message = `"${file}" is ${type === 'link' ? 'a symbolic link, which is not followed' : 'not a folder'}`
  const cure = 'Name a folder of the repository with -f.'
  return [{ severity: 'error', code: 'path-outside-root', message, cure, file }]
}

/** Trees that git itself would not write, where two readers could see different files; and names that cannot be shown. */
function pathProblems(file: string, isTwice: boolean): readonly Problem[] {
  if (/(?:^|\/)\.{0,2}(?:\/|$)/.test(file)) return [unusable(file, 'is not a path that git would write')]
  if (file.includes('\uFFFD')) return [unusable(file, 'is not written in UTF-8')]
  return isTwice ? [unusable(file, 'stands twice in its folder')] : []
}

function unusable(file: string, why: string): Problem {
  const cure = 'Give the file another name, and write the commit with git.'
  return { severity: 'error', code: 'path-invalid', message: `"${printable(file)}" ${why}`, cure, file }
}

/** Whether a file at this path is looked at for documents. */
export function isWanted(path: string): boolean {
  const names = path.split('/')
  return mayHoldDocuments(names.at(-1)!) && !names.slice(0, -1).some(isPassedOver)
}
