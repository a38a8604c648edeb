/** A file as found, untrusted: YAML or JSON text holding one document or a stream of several. */
export interface Document {
  /** As shown to people: relative to the working directory, `<stdin>`, or `<commit>:path`. */
  readonly file: string
  /** The path below the source root with `/` between segments; relative paths in the document start from its folder. */
  readonly path: string
  /** Which of the given sources (`-f`) it came from: the root that confines its relative paths. */
  readonly root: string
  readonly bytes: Uint8Array
}

/** A place in a document, found again by path only when somebody has to be shown it. */
export interface Place {
  readonly document: Document
  /** Which document of the stream, from 0. */
  readonly index: number
  /** Keys and list indexes from the top of that document. */
  readonly path: readonly (string | number)[]
  /** Points at the key instead of the value. */
  readonly key?: boolean
}

/** What reading a file beside a document gave: its bytes, or why they cannot be had. */
export type ReadResult =
  | { readonly kind: 'read'; readonly file: string; readonly bytes: Uint8Array }
  | {
      readonly kind: 'refused'
      readonly code: 'path-outside-root' | 'file-not-found' | 'file-unreadable' | 'file-too-large' | 'path-invalid'
      readonly message: string
      readonly cure: string
    }

/** Reads a file named by a document, relative to the document's folder, never outside the source root. */
export type ReadBeside = (document: Document, relativePath: string, maxBytes: number) => Promise<ReadResult>
