import type { Kind } from '../model/address.ts'
import { hasJoiner } from './characters.ts'
import type { Composed } from './compose.ts'
import { explain } from './explain.ts'
import type { Findings } from './findings.ts'
import type { Part } from './parts.ts'
import { checkJoiners, checkRules } from './rules.ts'
import { SCHEMAS } from './schemas.gen.ts'
import { checkLiterals, secretComments, walkText } from './secret-rules.ts'
import { hasSecret } from './shapes.ts'
import { shownPath } from './shown.ts'
import { validators } from './validators.gen.ts'

/** A document of a known kind, with the text it was read from. */
export interface Opened {
  readonly kind: Kind
  readonly value: Readonly<Record<string, unknown>>
  readonly read: Composed
  readonly part: Part
}

/** Finds everything that is wrong in a document as far as it can be said without looking at any other. */
export function checkDocument(opened: Opened, findings: Findings): void {
  if (hidesFields(opened, findings)) return
  const { kind, value, read } = opened
  const { found } = findings
  const isValid = read.faultCount === 0 && VALIDATORS[kind](value)
  if (!isValid) explain(SCHEMAS[kind], value, found)
  checkRules(kind, value, found)
  checkHidden(opened, findings)
  if (!isValid && findings.count() === 0) throw new Error(`nothing can be said about an invalid ${kind}`)
}

/** Compiled ahead, each exported under the name of its kind. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- generated JavaScript has no types
const VALIDATORS = validators as Readonly<Record<Kind, (document: unknown) => boolean>>

/** Secrets and look-alike names; the text of the document says whether it is worth to look at every value. */
function checkHidden({ value, read, part }: Opened, findings: Findings): void {
  const { found } = findings
  if (read.escapes || hasJoiner(part.text)) checkJoiners(value, found)
  const hasShape = hasSecret(part.text)
  if (hasShape || read.escapes) checkLiterals(value, found)
  if (!hasShape) return
  const comments = secretComments(part.text)
  findings.faults(part, comments, comments.length)
}

/** Reports fields that sops encrypted although Tenon has to read them: one mistake, whatever else then looks wrong. */
function hidesFields({ value, part }: Opened, { found }: Findings): boolean {
  if (!part.text.includes('ENC[AES256_GCM,')) return false
  const hidden: (string | number)[][] = []
  walkText(value, [], (text, path) => {
    if (text.startsWith('ENC[AES256_GCM,') && hidden.length < 3) hidden.push([...path])
  })
  const [first] = hidden
  if (first === undefined) return false
  const names = hidden.map(shownPath).join(', ')
  found(() => ({
    code: 'field-encrypted',
    message: `only spec.data may be encrypted, but so is ${names}`,
    cure: "Decrypt the file and encrypt the values only: sops encrypt --in-place --encrypted-regex '^data$' FILE.",
    path: first,
    key: true,
  }))
  return true
}
