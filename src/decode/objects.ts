import type { Report } from '../model/diagnostic.ts'
import type { Document, Place } from '../model/document.ts'
import { findingsOf } from './findings.ts'
import { MAX_PARTS, partsOf } from './parts.ts'
import { isRefusal, readPart } from './read.ts'
import { asMap, field } from './schema.ts'
import { textOf } from './text.ts'

/** What kubectl prints of 10,000 resources, with all that others wrote into them, has 30 MB. */
const MAX_LIST_BYTES = 64 * 1024 * 1024

type Fields = Readonly<Record<string, unknown>>

/** An object of Kubernetes as a file holds it, and where it begins. */
export interface ListedObject {
  readonly value: Fields
  readonly place: Place
}

/**
 * The objects of files as `kubectl get -o yaml` prints them: documents, and the items of every List among them, lists
 * inside lists included. A list is one document however long it is, so only the limit of its file holds for it.
 */
export function objectsIn(documents: readonly Document[], report: Report): readonly ListedObject[] {
  return documents.flatMap(document => {
    const text = textOf(document, MAX_LIST_BYTES)
    if (typeof text !== 'string') {
      report(text)
      return []
    }
    const parts = partsOf(text).slice(0, MAX_PARTS)
    return parts.flatMap(part => {
      const place: Place = { document, index: part.index, path: [] }
      const read = readPart(part, MAX_LIST_BYTES)
      const findings = findingsOf(place, part.line + 1, report)
      findings.faults(part, read.faults, read.faultCount)
      findings.close()
      return isRefusal(read) || read.faultCount > 0 ? [] : objectsOf(read.value, place)
    })
  })
}

function objectsOf(value: unknown, place: Place, inherited: Fields = {}): readonly ListedObject[] {
  const map = asMap(value)
  if (map === undefined) return []
  const object = { ...inherited, ...map }
  const kind = field(object, 'kind')
  const items = field(object, 'items')
  if (typeof kind !== 'string' || !kind.endsWith('List') || !Array.isArray(items)) return [{ value: object, place }]
  const ofItems = itemType(kind, field(object, 'apiVersion'))
  return items.flatMap((item, index) => objectsOf(item, { ...place, path: [...place.path, 'items', index] }, ofItems))
}

/** The items of a typed list, such as ConfigMapList, need not say again what they are. */
function itemType(kind: string, apiVersion: unknown): Fields {
  return kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) }
}
