import type { Report } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import { declarationsIn, type Declaration, type DecodeOptions } from './declarations.ts'
import { joined, type Decoded } from './decode.ts'

/**
 * Two states of the files to manifests, each as `decode` would. What is the same `Document` in both is decoded once, and
 * gives both the same manifests.
 */
export function decodeSides(
  before: readonly Document[],
  after: readonly Document[],
  options: DecodeOptions,
  reports: readonly [Report, Report],
): readonly [Decoded, Decoded] {
  const others = new Set(after)
  const shared = new Map<Document, readonly Declaration[]>()
  const first = (document: Document): readonly Declaration[] => {
    const read = declarationsIn(document, options)
    if (others.has(document)) shared.set(document, read)
    return read
  }
  const second = (document: Document): readonly Declaration[] =>
    shared.get(document) ?? declarationsIn(document, options)
  return [joined(before, first, reports[0]), joined(after, second, reports[1])]
}
