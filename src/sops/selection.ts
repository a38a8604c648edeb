import { RE2JS } from 're2js'
import { SopsError, showPath } from './refusal.ts'

/** The rules by which a file says what in it is encrypted; a file has at most one (`stores/stores.go`, ToInternal). */
export const SELECTION_RULES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const
export type SelectionRule = (typeof SELECTION_RULES)[number]

export interface Selection {
  readonly rule: SelectionRule
  readonly text: string
}

/** What holds for a file without a rule (`sops.go`, DefaultUnencryptedSuffix). */
export const DEFAULT_SELECTION: Selection = { rule: 'unencrypted_suffix', text: '_unencrypted' }

const MAX_PATTERN = 1000
/** RE2 takes time in proportion to program size times text: this much is about a second. */
const MAX_WORK = 20_000_000

export interface Selector {
  /** Whether this key matches the rule; one match anywhere on a path decides for all below it. */
  readonly matches: (key: string) => boolean
  /** Whether values below a matching key are the encrypted ones, or those below none. */
  readonly whenMatched: boolean
}

/**
 * Compiles a selection rule (`sops.go`, shouldBeEncrypted). Patterns come from the file: RE2 reads them, unanchored as in
 * Go, and total work is bounded. Stricter: a pattern that does not compile is refused, where sops lets it match nothing.
 */
export function compileSelection(selection: Selection): Selector {
  const whenMatched = selection.rule.startsWith('encrypted_')
  if (selection.rule.endsWith('_comment_regex')) {
    throw new SopsError(
      'sops-unsupported-feature',
      `The file selects values by ${selection.rule}, which Tenon does not read.`,
      {
        cure: 'Encrypt it again with encrypted_regex.',
      },
    )
  }
  if (selection.rule.endsWith('_suffix')) return { whenMatched, matches: key => key.endsWith(selection.text) }
  return { whenMatched, matches: remember(compilePattern(selection)) }
}

function compilePattern(selection: Selection): (key: string) => boolean {
  const pattern = parsePattern(selection)
  let work = 0
  return key => {
    work += pattern.programSize() * key.length
    if (work > MAX_WORK) throw invalid(selection, 'takes too long on the keys of this file')
    return pattern.matcher(key).find()
  }
}

function parsePattern(selection: Selection): RE2JS {
  if (selection.text.length > MAX_PATTERN) throw invalid(selection, `is longer than ${MAX_PATTERN} characters`)
  try {
    return RE2JS.compile(selection.text)
  } catch {
    throw invalid(selection, 'is no regular expression that RE2 reads')
  }
}

/** Keys repeat from document to document; the answer does not change. */
function remember(matches: (key: string) => boolean): (key: string) => boolean {
  const known = new Map<string, boolean>()
  return key => {
    const answer = known.get(key) ?? matches(key)
    known.set(key, answer)
    return answer
  }
}

function invalid(selection: Selection, what: string): SopsError {
  return new SopsError('sops-selection-invalid', `The ${selection.rule} ${showPath([selection.text])} ${what}.`, {
    cure: 'Encrypt the file again with a plain expression such as ^data$.',
  })
}
