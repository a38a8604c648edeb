import path from 'node:path'
import type { Problem } from '../model/diagnostic.ts'
import type { ReadResult } from '../model/document.ts'

/** Larger files are refused; 10,000 integrations of ordinary size fit into one file. */
export const MAX_FILE_BYTES = 32 * 1024 * 1024

/** Files at the top of a root that are no documents, and how large they may be. */
export const BESIDE_DOCUMENTS = {
  'tenon.yaml': 1024 * 1024,
  'tenon.lock.yaml': MAX_FILE_BYTES,
} as const
export type BesideDocuments = keyof typeof BESIDE_DOCUMENTS

const EXTENSIONS = new Set(['.yaml', '.yml', '.json'])
const MARK = Buffer.from('tenon.dev/')

/** What guardrails are tried with: documents of no source, although some are written out in it. */
export const CASES_SUFFIX = '.guardrail-cases.yaml'

/** Whether a file of this name may hold documents. */
export function mayHoldDocuments(name: string): boolean {
  return EXTENSIONS.has(path.posix.extname(name).toLowerCase()) && !name.endsWith(CASES_SUFFIX)
}

/** Whether nobody looks into folders of this name. */
export function isPassedOver(folder: string): boolean {
  return folder.startsWith('.') || folder === 'node_modules'
}

/** Whether a file can hold a document of Tenon's at all. */
export function carriesMark(bytes: Uint8Array): boolean {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(MARK)
}

/** Whether a path at the top of a root is one of the files that are no documents. */
export function isBesideDocuments(below: string): below is BesideDocuments {
  return Object.hasOwn(BESIDE_DOCUMENTS, below)
}

type Refused = Extract<ReadResult, { kind: 'refused' }>

/** What is said of a file that is larger than its kind may be. */
export function tooLarge(file: string, size: number, maxBytes: number): Refused {
  const message = `"${file}" has ${size} bytes; the limit is ${maxBytes}`
  const cure = 'Split the file, or remove what does not belong in it.'
  return { kind: 'refused', code: 'file-too-large', message, cure }
}

/** What is said of a folder, a FIFO or a submodule that stands where a file should. */
export function notRegular(file: string): Refused {
  const cure = 'Only regular files are read.'
  return { kind: 'refused', code: 'file-unreadable', message: `"${file}" is not a regular file`, cure }
}

/** What is said of a path that leads to nothing. */
export function notFound(file: string): Refused {
  const cure = 'Check the path: it starts from the folder of the file that names it.'
  return { kind: 'refused', code: 'file-not-found', message: `the file "${file}" does not exist`, cure }
}

/** A refusal of a file that nobody named, as a problem of its own. */
export function problemOf(file: string, { code, message, cure }: Refused): Problem {
  return { severity: 'error', code, message, cure, file }
}

/** What is wrong with a path that a document names, before anything is looked up. */
export function pathFault(relativePath: string): Refused | undefined {
  if (path.isAbsolute(relativePath) || relativePath.split('/').includes('..')) {
    return {
      kind: 'refused',
      code: 'path-outside-root',
      message: `"${relativePath}" leads out of the source directory`,
      cure: 'Use a path below the source directory, relative to this file.',
    }
  }
  const wrong =
    relativePath.includes('\0') || relativePath.includes('\\') || relativePath !== relativePath.normalize('NFC')
  if (!wrong && relativePath !== '') return undefined
  const cure = "Use '/' between folders, and no NUL, backslash or decomposed characters."
  return { kind: 'refused', code: 'path-invalid', message: `"${printable(relativePath)}" is not a usable path`, cure }
}

/** A text within quotes, with escapes for what cannot be printed. */
export function printable(text: string): string {
  return JSON.stringify(text).slice(1, -1)
}
