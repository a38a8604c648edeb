import { addressOf, isNamespaced, type Address } from '../model/address.ts'
import type { Problem } from '../model/diagnostic.ts'
import type { Document, Place } from '../model/document.ts'
import type { Manifest } from '../model/manifest.ts'
import { checkDocument } from './check.ts'
import type { Composed } from './compose.ts'
import { findingsOf } from './findings.ts'
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

/** What one document of a file comes to by itself, whatever other files say. */
export interface Declaration {
  readonly place: Place
  /** Where the document begins. */
  readonly line: number
  /** Whether it is a document of Tenon's, valid or not. */
  readonly isOurs: boolean
  /** The first of its problems, and how many there are. */
  readonly problems: readonly Problem[]
  readonly problemCount: number
  /** What it declares, if it says so. */
  readonly address?: Address
  /** Absent where there are problems. */
  readonly manifest?: Manifest
}

/** Reads the documents of a file. */
export function declarationsIn(document: Document, options: DecodeOptions): readonly Declaration[] {
  const text = textOf(document)
  if (typeof text !== 'string') return [unread(document, text)]
  const parts = partsOf(text)
  if (parts.length > MAX_PARTS) return [unread(document, tooManyDocuments(document.file))]
  return parts.flatMap(part => declarationIn(document, part, options) ?? [])
}

/** A file that is not looked into. */
function unread(document: Document, problem: Problem): Declaration {
  return { place: { document, index: 0, path: [] }, line: 1, isOurs: false, problems: [problem], problemCount: 1 }
}

function tooManyDocuments(file: string): Problem {
  const message = `the file holds more than ${MAX_PARTS} documents`
  return { severity: 'error', code: 'file-too-large', message, cure: 'Split it into several files.', file }
}

function declarationIn(document: Document, part: Part, options: DecodeOptions): Declaration | undefined {
  const read = readPart(part)
  const place: Place = { document, index: part.index, path: [] }
  const line = part.line + 1
  if (isRefusal(read)) {
    const isOurs = claimsTenon(part.text)
    // Broken YAML is broken for every program that reads the file.
    if (!isOurs && !options.strict && read.faults[0]?.code !== 'yaml-syntax') return undefined
    const problems: Problem[] = []
    const findings = findingsOf(place, line, problem => problems.push(problem))
    findings.faults(part, read.faults, read.faultCount)
    return { place, line, isOurs, problems, problemCount: findings.count() }
  }
  if (belongsToTenon(read.value, part.text)) return ours({ place, part, read }, options)
  const problem = foreignProblem(read.value, options.strict)
  if (problem === undefined) return undefined
  const placed = { ...problem, place: { ...place, path: ['apiVersion'] } }
  return { place, line, isOurs: false, problems: [placed], problemCount: 1 }
}

interface Ours {
  readonly place: Place
  readonly part: Part
  readonly read: Composed
}

function ours({ place, part, read }: Ours, options: DecodeOptions): Declaration {
  const problems: Problem[] = []
  const [line = part.line + 1, ...permissions] = linesIn(part, [read.start, ...read.permissions])
  const findings = findingsOf(place, line, problem => problems.push(problem))
  findings.faults(part, read.faults, read.faultCount)
  const value = asMap(read.value)
  const kind = value === undefined ? undefined : kindOfDocument(value, findings.found)
  if (value === undefined || kind === undefined) {
    return { place, line, isOurs: true, problems, problemCount: findings.count() }
  }
  checkDocument({ kind, value, read, part }, findings)
  const declared = declaredBy({ kind, value, place, lines: { document: line, permissions } }, options)
  const problemCount = findings.count()
  const { address } = declared ?? {}
  const manifest = problemCount === 0 ? declared : undefined
  return {
    place,
    line,
    isOurs: true,
    problems,
    problemCount,
    ...(address && { address }),
    ...(manifest && { manifest }),
  }
}

interface Parts extends Pick<Manifest, 'kind' | 'place' | 'lines'> {
  readonly value: Readonly<Record<string, unknown>>
}

/** What a document declares, a manifest if the document has no problems; `undefined` where it does not say its name. */
function declaredBy({ kind, value, place, lines }: Parts, { defaultNamespace }: DecodeOptions): Manifest | undefined {
  const metadata = asMap(field(value, 'metadata')) ?? {}
  const name = field(metadata, 'name')
  const namespace = isNamespaced(kind) ? (field(metadata, 'namespace') ?? defaultNamespace) : undefined
  if (typeof name !== 'string' || (namespace !== undefined && typeof namespace !== 'string')) return undefined
  const address = addressOf(kind, namespace, name)
  const { labels = {}, annotations = {} } = metadata
  const encrypted = Object.hasOwn(value, 'sops')
  const spec = value['spec']
  const manifest = { kind, address, namespace, name, labels, annotations, spec, encrypted, place, lines }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- used only if the schema of its kind accepted the document
  return manifest as Manifest
}
