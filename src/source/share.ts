import type { Document } from '../model/document.ts'
import type { Source } from './files.ts'

/**
 * Two sources in which files with the same path and the same bytes are one `Document`, that of the head. What such a document
 * names is still read on its own side.
 */
export function shareEqual<Base extends Source, Head extends Source>(
  base: Base,
  head: Head,
): { base: Base; head: Head } {
  const own = new Map<Document, Document>()
  const join = (mine: readonly Document[], theirs: readonly Document[]): readonly Document[] => {
    const byPath = new Map(theirs.map(document => [document.path, document]))
    return mine.map(document => {
      const other = byPath.get(document.path)
      if (other === undefined || !isSame(document.bytes, other.bytes)) return document
      own.set(other, document)
      return other
    })
  }
  const shared: Base = {
    ...base,
    documents: join(base.documents, head.documents),
    configs: join(base.configs, head.configs),
    lockFiles: join(base.lockFiles, head.lockFiles),
    readBeside: (document, ...rest) => base.readBeside(own.get(document) ?? document, ...rest),
  }
  return { base: shared, head }
}

function isSame(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && Buffer.from(a.buffer, a.byteOffset, a.length).equals(b)
}
