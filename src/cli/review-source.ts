import { locate } from '../decode/positions.ts'
import type { Problem } from '../model/diagnostic.ts'
import { source, type Source } from '../source/files.ts'
import type { Commit } from '../source/repository.ts'
import { openRevisions, type Revisions } from '../source/revision.ts'
import { shareEqual } from '../source/share.ts'
import { exportSource } from './export-source.ts'
import { InvalidInput } from './invalid-input.ts'
import type { Io } from './io.ts'
import { whatIsAsked, type Asked, type Meant, type ReviewedFlags } from './review-asked.ts'

/** One side of a comparison, and what the caller calls it. */
export interface SideSource extends Source {
  readonly label: string
  readonly commit: string | undefined
  /** The files of credentials were left out: that they are missing is no mistake. */
  readonly isRedacted?: boolean
}

/** Two states of the files; where both have the same file, it is one `Document`. */
export interface ReviewSides {
  readonly base: SideSource
  readonly head: SideSource
  /** The head is what merging it into the base gives. */
  readonly isMergeResult: boolean
  /** Until then, files can be read beside documents. */
  close(): Promise<void>
}

/**
 * Reads what the flags name: revisions as blobs, folders as files, an export of a store as its documents. Throws `UsageError`
 * for flags that do not go together, `InvalidInput` for a conflict or where nothing is there to review, and `WorldError` for
 * what cannot be reached.
 */
export async function reviewSides(flags: ReviewedFlags, io: Io): Promise<ReviewSides> {
  const asked = await whatIsAsked(flags, io)
  const revisions = asked.repository && openRevisions(asked.repository)
  try {
    const sides = await readSides(asked, { flags, io, revisions })
    refuseEmpty(sides, asked.folder)
    return { ...sides, close: async () => await revisions?.close() }
  } catch (error) {
    await revisions?.close()
    throw error
  }
}

interface Reading {
  readonly flags: ReviewedFlags
  readonly io: Io
  /** Absent only where no side is a revision. */
  readonly revisions: Revisions | undefined
}

type Sides = Omit<ReviewSides, 'close'>

async function readSides(asked: Asked, reading: Reading): Promise<Sides> {
  const { base, head, notes } = asked
  const told = (side: SideSource): SideSource => ({ ...side, problems: [...notes, ...side.problems] })
  if (base.kind === 'revision' && head.kind === 'revision') {
    const sides = await readRevisions({ ...asked, base, head }, reading)
    return { ...sides, head: told(sides.head) }
  }
  const [was, is] = [await readSide(base, asked, reading), await readSide(head, asked, reading)]
  return { ...shareEqual(was, told(is)), isMergeResult: false }
}

async function readRevisions(
  { base, head, folder }: Asked & { readonly base: Commit; readonly head: Commit },
  { flags, revisions }: Reading,
): Promise<Sides> {
  const merged = flags.mergeResult ? await revisions!.merge(base, head) : undefined
  if (merged?.kind === 'conflicts') throw conflicts(merged.files, base.label)
  const wanted = [{ commit: base }, { commit: head, ...(merged && { tree: merged.tree }) }]
  const [was, is] = await revisions!.read(wanted, folder)
  const problems =
    merged?.isContained === true ? [nothingToMerge(base.label, head.label), ...is!.problems] : is!.problems
  return { base: was!, head: { ...is!, problems }, isMergeResult: merged !== undefined }
}

/** What was meant is rarely a comparison of nothing with nothing. */
function nothingToMerge(base: string, head: string): Problem {
  return {
    severity: 'warning',
    code: 'nothing-to-merge',
    message: `"${base}" has everything of "${head}" already: there is nothing to merge`,
    cure: 'If that is a surprise: are --base and --head the right way round?',
  }
}

async function readSide(side: Meant, asked: Asked, { io, revisions }: Reading): Promise<SideSource> {
  if (side.kind === 'revision') {
    const [read] = await revisions!.read([{ commit: side }], asked.folder)
    return read!
  }
  const { label } = side
  if (side.kind === 'folder') return { ...source([label], io), label, commit: undefined }
  return { ...exportSource(label, io), label, commit: undefined, isRedacted: true }
}

const MAX_CONFLICTS = 50

function conflicts(files: readonly string[], base: string): InvalidInput {
  const more = files.length - MAX_CONFLICTS
  const all = files.toSorted((a, b) => (a < b ? -1 : 1)).slice(0, MAX_CONFLICTS)
  const rest = more > 0 ? `; so do ${more} more files` : ''
  return new InvalidInput(
    all.map((file, index) => ({
      severity: 'error',
      code: 'merge-conflict',
      message: `"${file}" conflicts with "${base}"${index === all.length - 1 ? rest : ''}`,
      cure: 'Resolve the conflict in the branch, or compare it as it stands with --no-merge-result.',
      file,
    })),
  )
}

/** Nothing to review is not the same as nothing that changes: a wrong path must not look like a harmless change. */
function refuseEmpty({ head }: Sides, folder: string): void {
  if (head.documents.length > 0) return
  throw new InvalidInput([
    ...locate(head.problems),
    {
      severity: 'error',
      code: 'no-documents',
      message: `no documents were found in "${head.label}"${folder === '' ? '' : `, below "${folder}"`}`,
      cure: 'Check --head and -f, a folder from where you are: documents have an apiVersion that begins with tenon.dev/.',
    },
  ])
}
