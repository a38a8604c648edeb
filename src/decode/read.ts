import { forbiddenInText } from './characters.ts'
import { compose, MAX_FAULTS, type Composed } from './compose.ts'
import { characterFault, type Fault } from './faults.ts'
import type { Part, Stray } from './parts.ts'
import { disagreement, syntaxFault } from './syntax.ts'

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

/** The second parser takes too long for a long document, and a text that the first may misread needs it. */
const TOO_LONG = {
  message: 'the document is too long for the block texts in it, which YAML readers do not all read alike',
  cure: 'Give it as JSON: kubectl get -o json.',
} as const

/** Why a part is not read at all. */
export interface Refusal extends Pick<Composed, 'faults' | 'faultCount'> {
  readonly refused: true
}

/** The content of a part, or what keeps it from being read. */
export function readPart(part: Part, limit = MAX_DOCUMENT): Composed | Refusal {
  const { text, stray } = part
  if (text.length > limit) {
    const message = `the document has ${text.length} characters; the limit is ${limit}`
    const cure = 'Keep large parts, such as an OpenAPI document, in a file of their own.'
    return refused({ code: 'document-too-large', offset: 0, message, cure })
  }
  if (stray !== undefined) return refused({ ...STRAYS[stray.kind], offset: stray.offset })
  const forbidden = [...forbiddenInText(text)]
  if (forbidden.length > 0) {
    const faults = forbidden.slice(0, MAX_FAULTS).map(offset => characterFault(text, offset))
    return { refused: true, faults, faultCount: forbidden.length }
  }
  try {
    const composed = compose(text)
    const isDoubted = composed.doubtful && composed.faultCount === 0
    if (isDoubted && text.length > MAX_DOCUMENT) return refused({ code: 'document-too-large', offset: 0, ...TOO_LONG })
    const fault = isDoubted ? disagreement(part, composed.value) : undefined
    return fault === undefined ? composed : refused(fault)
  } catch (error) {
    return refused(syntaxFault(part, error))
  }
}

function refused(fault: Fault): Refusal {
  return { refused: true, faults: [fault], faultCount: 1 }
}

/** Whether a part was not read. */
export function isRefusal(read: Composed | Refusal): read is Refusal {
  return 'refused' in read
}
