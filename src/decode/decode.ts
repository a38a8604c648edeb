import type { Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { Manifest } from '../model/manifest.ts'
import { declarationsIn, type Declaration, type DecodeOptions } from './declarations.ts'
import { boundedReport, MAX_IN_ALL, MAX_PER_DOCUMENT, moreProblems } from './findings.ts'

export type { DecodeOptions } from './declarations.ts'

export interface Decoded {
  readonly manifests: readonly Manifest[]
  /** How many documents of Tenon's were seen, valid or not. */
  readonly documents: number
  /** What documents with problems declare: it is not missing, and a reference to it is no mistake. */
  readonly invalid: ReadonlySet<Address>
}

/**
 * Files to manifests, in the order given. Everything that a document says wrong in itself goes to `report`, up to 100
 * problems for each document and 10,000 in all; the others are counted. Documents of other programs are ignored unless
 * `strict`. Two documents with one address are an error at the second.
 */
export function decode(documents: readonly Document[], options: DecodeOptions, report: Report): Decoded {
  return joined(documents, document => declarationsIn(document, options), report)
}

interface Run {
  readonly report: Report
  readonly manifests: Manifest[]
  documents: number
  readonly invalid: Set<Address>
  /** Where each address was declared first. */
  readonly first: Map<Address, Declaration>
}

/** Puts together what the documents of all files declare; `read` gives those of one file. */
export function joined(
  documents: readonly Document[],
  read: (document: Document) => readonly Declaration[],
  report: Report,
): Decoded {
  const bounded = boundedReport(report, MAX_IN_ALL)
  const run: Run = { report: bounded.report, manifests: [], documents: 0, invalid: new Set(), first: new Map() }
  for (const document of documents) {
    for (const declaration of read(document)) add(declaration, run)
  }
  bounded.close()
  return { manifests: run.manifests, documents: run.documents, invalid: run.invalid }
}

function add(declaration: Declaration, run: Run): void {
  const { isOurs, problems, problemCount, address, manifest } = declaration
  if (isOurs) run.documents++
  for (const problem of problems) run.report(problem)
  const count = problemCount + repeated(declaration, run)
  if (count > MAX_PER_DOCUMENT) {
    run.report(moreProblems(declaration.place, declaration.line, count - MAX_PER_DOCUMENT))
  }
  if (count === 0 && manifest !== undefined) run.manifests.push(manifest)
  else if (address !== undefined) run.invalid.add(address)
}

/** Reports an address that another document declared before; gives the number of problems that this is. */
function repeated(declaration: Declaration, { first, report }: Run): number {
  const { address, problemCount } = declaration
  if (address === undefined) return 0
  const other = first.get(address)
  if (other === undefined) first.set(address, declaration)
  else if (problemCount < MAX_PER_DOCUMENT) report(duplicate(declaration, other))
  return other === undefined ? 0 : 1
}

function duplicate({ address, place }: Declaration, first: Declaration): Problem {
  return {
    severity: 'error',
    code: 'duplicate-address',
    message: `${address} is declared already, at ${first.place.document.file}:${first.line}`,
    cure: 'Keep one of the two, or give this one another name.',
    place: { ...place, path: ['metadata', 'name'] },
  }
}
