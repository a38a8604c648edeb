import { TextDecoder } from 'node:util'
import type { Problem } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'

/** Larger files are refused. */
export const MAX_FILE_BYTES = 16 * 1024 * 1024

const UTF16 = [
  [0xff, 0xfe],
  [0xfe, 0xff],
] as const

/** The text of a file without its byte order mark, or the problem that keeps it from being read as text. */
export function textOf({ file, bytes }: Document, limit = MAX_FILE_BYTES): string | Problem {
  if (bytes.length > limit) return tooLarge(file, bytes.length, limit)
  try {
    return decoder().decode(bytes)
  } catch {
    return notUtf8(file, bytes)
  }
}

/** Drops a byte order mark and throws for anything that is not UTF-8. */
function decoder(): TextDecoder {
  return new TextDecoder('utf-8', { fatal: true })
}

function tooLarge(file: string, size: number, limit: number): Problem {
  return {
    severity: 'error',
    code: 'file-too-large',
    message: `the file has ${size} bytes; the limit is ${limit}`,
    cure: 'Split it into several files.',
    file,
  }
}

function notUtf8(file: string, bytes: Uint8Array): Problem {
  const problem = { severity: 'error', code: 'file-not-utf8', cure: 'Save the file as UTF-8.', file } as const
  if (UTF16.some(([first, second]) => bytes[0] === first && bytes[1] === second)) {
    return { ...problem, message: 'the file is encoded in UTF-16', line: 1, column: 1 }
  }
  const before = decoder().decode(bytes.subarray(0, validLength(bytes)), { stream: true })
  const lineStart = before.lastIndexOf('\n') + 1
  const line = before.split('\n').length
  return { ...problem, message: 'the file is not UTF-8 from here on', line, column: before.length - lineStart + 1 }
}

/** How many bytes from the start are UTF-8, found by halving. */
function validLength(bytes: Uint8Array): number {
  let valid = 0
  let invalid = bytes.length
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >>> 1
    if (isUtf8Prefix(bytes.subarray(0, middle))) valid = middle
    else invalid = middle
  }
  return valid
}

function isUtf8Prefix(bytes: Uint8Array): boolean {
  try {
    // With `stream`, a character that is cut off at the end is no error.
    decoder().decode(bytes, { stream: true })
    return true
  } catch {
    return false
  }
}
