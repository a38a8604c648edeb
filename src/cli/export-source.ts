import type { Document } from '../model/document.ts'
import { source, type Source } from '../source/files.ts'
import type { Io } from './io.ts'

/**
 * What `tenon export` wrote, as a source: a YAML stream, its JSON, or a folder. Nothing stands beside it: what its
 * credentials name was left out, and what is in its folder is not part of the store.
 */
export function exportSource(file: string, io: Io): Source {
  const { documents, problems, readBeside } = source([file], io)
  return { documents: documents.map(unwrapped), configs: [], lockFiles: [], problems, readBeside }
}

/** The documents in the JSON of an export, on the lines on which export wrote them; other files as they are. */
function unwrapped(document: Document): Document {
  const text = Buffer.from(document.bytes).toString()
  const listed = /^\s*\{/.test(text) ? documentsIn(text) : undefined
  if (listed === undefined) return document
  return { ...document, bytes: Buffer.from(listed) }
}

function documentsIn(text: string): string | undefined {
  const value = parsed(text)
  if (typeof value !== 'object' || value === null || !('documents' in value) || 'apiVersion' in value) return undefined
  const { documents } = value
  if (!Array.isArray(documents)) return undefined
  const before = text.slice(0, text.indexOf('"documents"')).split('\n').length
  return '\n'.repeat(before) + documents.map(document => `--- ${JSON.stringify(document, null, 2)}\n`).join('')
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    // Whatever is wrong with it is said by who decodes it, with its line.
    return undefined
  }
}
