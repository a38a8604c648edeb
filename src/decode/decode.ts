import { addressOf, isNamespaced, type Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Document, Place } from '../model/document.ts'
import type { Manifest } from '../model/manifest.ts'
import { checkDocument } from './check.ts'
import type { Composed } from './compose.ts'
import { boundedReport, findingsOf, MAX_IN_ALL, type Findings } from './findings.ts'
import { belongsToTenon, claimsTenon, foreignProblem, kindOfDocument } from './kinds.ts'
import { linesIn, MAX_PARTS, partsOf, type Part } from './parts.ts'
import { isRefusal, readPart } from './read.ts'
import { asMap, field } from './schema.ts'
import { textOf } from './text.ts'

export interface DecodeOptions {
  /** The namespace of documents that name none. */
  readonly defaultNamespace: string
  /** Documents that are not Tenon's are errors instead of being ignored. */
  readonly strict: boolean
}

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
  const bounded = boundedReport(report, MAX_IN_ALL)
  const run: Run = {
    ...options,
    report: bounded.report,
    manifests: [],
    documents: 0,
    invalid: new Set(),
    first: new Map(),
  }
  for (const document of documents) decodeFile(document, run)
  bounded.close()
  return run
}

interface Run extends DecodeOptions {
  readonly report: Report
  readonly manifests: Manifest[]
  documents: number
  readonly invalid: Set<Address>
  /** Where each address was declared first. */
  readonly first: Map<Address, { readonly file: string; readonly line: number }>
}

function decodeFile(document: Document, run: Run): void {
  const text = textOf(document)
  if (typeof text !== 'string') return run.report(text)
  const parts = partsOf(text)
  if (parts.length > MAX_PARTS) return run.report(tooManyDocuments(document.file))
  for (const part of parts) decodePart(document, part, run)
}

function tooManyDocuments(file: string): Problem {
  const message = `the file holds more than ${MAX_PARTS} documents`
  return { severity: 'error', code: 'file-too-large', message, cure: 'Split it into several files.', file }
}

function decodePart(document: Document, part: Part, run: Run): void {
  const read = readPart(part)
  const place: Place = { document, index: part.index, path: [] }
  if (isRefusal(read)) {
    const isOurs = claimsTenon(part.text)
    // Broken YAML is broken for every program that reads the file.
    if (!isOurs && !run.strict && read.faults[0]?.code !== 'yaml-syntax') return
    if (isOurs) run.documents++
    const findings = findingsOf(place, part.line + 1, run.report)
    findings.faults(part, read.faults, read.faultCount)
    findings.close()
    return
  }
  if (belongsToTenon(read.value, part.text)) return decodeOurs(place, part, read, run)
  const problem = foreignProblem(read.value, run.strict)
  if (problem !== undefined) run.report({ ...problem, place: { ...place, path: ['apiVersion'] } } satisfies Problem)
}

function decodeOurs(place: Place, part: Part, read: Composed, run: Run): void {
  run.documents++
  const [line = part.line + 1, ...permissions] = linesIn(part, [read.start, ...read.permissions])
  const findings = findingsOf(place, line, run.report)
  findings.faults(part, read.faults, read.faultCount)
  const value = asMap(read.value)
  const kind = value === undefined ? undefined : kindOfDocument(value, findings.found)
  if (value !== undefined && kind !== undefined) {
    checkDocument({ kind, value, read, part }, findings)
    declare({ kind, value, place, lines: { document: line, permissions } }, run, findings)
  }
  findings.close()
}

interface Declaration extends Pick<Manifest, 'kind' | 'place' | 'lines'> {
  readonly value: Readonly<Record<string, unknown>>
}

/** Records what a document declares, if it says so, and makes the manifest of one that has no problems. */
function declare(declaration: Declaration, run: Run, findings: Findings): void {
  const { kind, value, place, lines } = declaration
  const metadata = asMap(field(value, 'metadata')) ?? {}
  const name = field(metadata, 'name')
  const namespace = isNamespaced(kind) ? (field(metadata, 'namespace') ?? run.defaultNamespace) : undefined
  if (typeof name !== 'string' || (namespace !== undefined && typeof namespace !== 'string')) return
  const address = addressOf(kind, namespace, name)
  const first = run.first.get(address)
  if (first === undefined) run.first.set(address, { file: place.document.file, line: lines.document })
  else reportDuplicate(address, first, findings)
  if (findings.count() > 0) return void run.invalid.add(address)
  const { labels = {}, annotations = {} } = metadata
  const encrypted = Object.hasOwn(value, 'sops')
  const spec = value['spec']
  const manifest = { kind, address, namespace, name, labels, annotations, spec, encrypted, place, lines }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the schema of its kind has accepted the document
  run.manifests.push(manifest as Manifest)
}

function reportDuplicate(address: Address, first: { file: string; line: number }, { found }: Findings): void {
  const message = `${address} is declared already, at ${first.file}:${first.line}`
  const cure = 'Keep one of the two, or give this one another name.'
  found(() => ({ code: 'duplicate-address', message, cure, path: ['metadata', 'name'] }))
}
