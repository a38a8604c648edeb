import type { Address } from '../model/address.ts'
import type { Lock } from '../model/lock.ts'
import { textOf } from './text.ts'

/**
 * The line of a lock file that accepts an operation of a service, or that names the service; `undefined` where no lock file
 * does. Lock files have one operation on each line, so that the line is found by its text.
 */
export function lockLine(
  lock: Lock | undefined,
  service: Address,
  operation: string | undefined,
): { readonly file: string; readonly line: number } | undefined {
  const document = lock?.files.get(service)
  const text = document === undefined ? undefined : textOf(document)
  if (document === undefined || typeof text !== 'string') return undefined
  const lines = text.split('\n')
  const start = lines.findIndex(line => unquoted(line) === service)
  const found = operation === undefined ? -1 : lines.findIndex((line, at) => at > start && unquoted(line) === operation)
  return { file: document.file, line: Math.max(found, start, 0) + 1 }
}

/** The text of an entry without dash, colon and quotes. */
function unquoted(line: string): string {
  return line
    .trim()
    .replace(/^- /, '')
    .replace(/:$/, '')
    .replaceAll(/^["']|["']$/g, '')
}
