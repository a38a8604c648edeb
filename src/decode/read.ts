import { forbiddenInText } from './characters.ts'
import { compose, type Composed } from './compose.ts'
import { characterFault, type Fault } from './faults.ts'
import type { Part, Stray } from './parts.ts'
import { syntaxFault } from './syntax.ts'

/** Larger documents are refused. */
export const MAX_DOCUMENT = 1024 * 1024

const STRAYS: Readonly<Record<Stray['kind'], Omit<Fault, 'offset'>>> = {
  directive: {
    code: 'yaml-directive',
    message: 'a directive (%YAML, %TAG) is not allowed',
    cure: 'Remove the line: documents are YAML 1.2 without own tags.',
  },
  'after-end': {
    code: 'yaml-syntax',
    message: 'nothing but a comment may follow "..." on its line',
    cure: 'Begin the next document with "---".',
  },
}

/** The content of a part, or the first thing that keeps it from being read at all. */
export function readPart(part: Part): Composed | Fault {
  const { text, stray } = part
  if (text.length > MAX_DOCUMENT) {
    const message = `the document has ${text.length} characters; the limit is ${MAX_DOCUMENT}`
    return {
      code: 'document-too-large',
      offset: 0,
      message,
      cure: 'Keep large parts, such as an OpenAPI document, in a file of their own.',
    }
  }
  if (stray !== undefined) return { ...STRAYS[stray.kind], offset: stray.offset }
  const forbidden = forbiddenInText(text)
  if (forbidden >= 0) return characterFault(text, forbidden)
  try {
    return compose(text)
  } catch (error) {
    return syntaxFault(part, error)
  }
}

/** Whether a part was not read. */
export function isFault(read: Composed | Fault): read is Fault {
  return 'code' in read
}
