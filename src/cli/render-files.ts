import { decode } from '../decode/decode.ts'
import { objectsIn, type ListedObject } from '../decode/objects.ts'
import { locate } from '../decode/positions.ts'
import { asMap, field } from '../decode/schema.ts'
import { addressOf, compareAddresses, kindNamed, type Address } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Place } from '../model/document.ts'
import type { Manifest } from '../model/manifest.ts'
import { documentText } from './document-text.ts'
import { configMapsIn } from './render-config-map.ts'
import { besideOf, draftOf, type Draft, type Making } from './render-draft.ts'
import type { Rendered } from './render-output.ts'
import type { Rendering, Rules } from './render.ts'
import type { Session } from './session.ts'
import { filePath } from './write-files.ts'

type Fields = Readonly<Record<string, unknown>>

/** Custom resources, as kubectl prints them, as documents of files that mean the same. */
export function renderForFiles({ run }: Session, { say, hasFolder }: Rules): Promise<Rendering> {
  say(`Reading ${run.documents.length} files`)
  const problems: Problem[] = [...run.problems]
  const report: Report = problem => problems.push(problem)
  const objects = objectsIn(run.documents, report)
  const rendered = filesOf(objects, { defaultNamespace: run.defaultNamespace, hasFolder }, report)
  return Promise.resolve({ rendered, documents: objects.filter(isOurs).length, diagnostics: locate(problems) })
}

interface FilesOptions {
  readonly defaultNamespace: string
  /** Whether a document can have another file beside it. */
  readonly hasFolder: boolean
}

/** The files that declare what these objects do. `report` takes what is wrong with them, at its place in the objects. */
export function filesOf(
  objects: readonly ListedObject[],
  { defaultNamespace, hasFolder }: FilesOptions,
  report: Report,
): readonly Rendered[] {
  const making: Making = { configMaps: configMapsIn(objects), hasFolder, report }
  const kept = objects.filter(object => isOurs(object) && !isLeaving(object, report))
  const drafts = kept.map(object => draftOf(object, making))
  const origins = new Map(drafts.map(({ document, object }) => [document.path, object.place]))
  const documents = drafts.map(({ document }) => document)
  // Read again as files will be: what is written is valid, or the reason is told.
  const decoded = decode(documents, { defaultNamespace, strict: true }, problem => report(moved(problem, origins)))
  const byPath = new Map(drafts.map(draft => [draft.document.path, draft]))
  return decoded.manifests
    .toSorted((a, b) => compareAddresses(a.address, b.address))
    .flatMap(manifest => written(manifest, byPath.get(manifest.place.document.path)!, report))
}

function isOurs({ value }: ListedObject): boolean {
  const version = field(value, 'apiVersion')
  return typeof version === 'string' && version.startsWith('tenon.dev/')
}

/** What somebody deleted is still listed until its finalizer is gone; in files it would come back. */
function isLeaving({ value, place }: ListedObject, report: Report): boolean {
  if (field(asMap(field(value, 'metadata')) ?? {}, 'deletionTimestamp') === undefined) return false
  const message = `${nameOf(value)} is being deleted, so it is left out`
  report({
    severity: 'warning',
    code: 'being-deleted',
    message,
    place: { ...place, path: [...place.path, 'metadata'] },
  })
  return true
}

function nameOf(value: Fields): string {
  const metadata = asMap(field(value, 'metadata')) ?? {}
  const [kind, namespace, name] = [value['kind'], field(metadata, 'namespace'), field(metadata, 'name')].map(String)
  const known = kindNamed(kind!)
  const address: Address | undefined = known && addressOf(known, namespace, name!)
  return address ?? `${kind} "${name}"`
}

/** A problem of a document to be, at its place in the object that it comes from. */
function moved(problem: Problem, origins: ReadonlyMap<string, Place>): Problem {
  const { place, line: _line, column: _column, file: _file, ...rest } = problem
  const origin = place && origins.get(place.document.path)
  if (place === undefined || origin === undefined) return rest
  return { ...rest, place: { ...origin, path: [...origin.path, ...place.path], ...(place.key && { key: true }) } }
}

function written(manifest: Manifest, { fields, beside, object }: Draft, report: Report): readonly Rendered[] {
  const path = filePath(manifest)
  if (manifest.kind === 'credential' && manifest.spec.secretRef !== undefined)
    report(clusterOnly(manifest.name, object))
  const document: Rendered = { path, text: documentText({ comment: [], document: fields }), document: fields }
  return beside === undefined ? [document] : [{ path: besideOf(path, beside.ending), text: beside.text }, document]
}

function clusterOnly(name: string, { place }: ListedObject): Problem {
  return {
    severity: 'warning',
    code: 'cluster-only',
    message: `the values of credential "${name}" are in a Secret, which plan refuses in files`,
    cure: 'Encrypt them with sops and name that file instead of secretRef.',
    place: { ...place, path: [...place.path, 'spec', 'secretRef'], key: true },
  }
}
