import { RE2JS } from 're2js'
import { Unreadable, type SealedMap } from './sealed-tree.ts'

/** The rule by which a file says what in it is encrypted. */
export interface SealedRule {
  /** As sops names it, such as `encrypted_regex ^data$`; `undefined` where the file says nothing. */
  readonly text: string | undefined
  /** Whether a value is encrypted, by the keys on the way to it. */
  encrypts(keys: readonly string[]): boolean
}

const RULES = [
  'unencrypted_suffix',
  'encrypted_suffix',
  'unencrypted_regex',
  'encrypted_regex',
  'unencrypted_comment_regex',
  'encrypted_comment_regex',
] as const

const MAX_PATTERN = 1000
/** RE2 takes time in proportion to program size times text: this much is about a second. */
const MAX_WORK = 20_000_000

/** The rule of a file (getsops/sops `sops.go`, shouldBeEncrypted). Rules over comments are taken to encrypt everything. */
export function sealedRule(metadata: SealedMap): SealedRule {
  const [found, ...others] = RULES.flatMap(rule => {
    const pattern = metadata.get(rule)
    return typeof pattern === 'string' && pattern !== '' ? [{ rule, pattern }] : []
  })
  if (others.length > 0) throw new Unreadable('more than one rule says what in it is encrypted')
  if (found === undefined) return { text: undefined, encrypts: keys => !keys.some(key => key.endsWith('_unencrypted')) }
  const text = `${found.rule} ${found.pattern}`
  if (found.rule.endsWith('_comment_regex')) return { text, encrypts: () => true }
  const matches = found.rule.endsWith('_suffix') ? bySuffix(found.pattern) : byPattern(found.pattern)
  const whenMatched = found.rule.startsWith('encrypted_')
  return { text, encrypts: keys => keys.some(matches) === whenMatched }
}

function bySuffix(suffix: string): (key: string) => boolean {
  return key => key.endsWith(suffix)
}

/** The pattern comes from the file, so RE2 reads it, unanchored as in Go, and only so long. */
function byPattern(source: string): (key: string) => boolean {
  const pattern = compiled(source)
  const known = new Map<string, boolean>()
  let work = 0
  return key => {
    const answer = known.get(key)
    if (answer !== undefined) return answer
    work += pattern.programSize() * key.length
    if (work > MAX_WORK) throw new Unreadable('its rule takes too long on its keys')
    const matches = pattern.matcher(key).find()
    known.set(key, matches)
    return matches
  }
}

function compiled(source: string): RE2JS {
  try {
    if (source.length <= MAX_PATTERN) return RE2JS.compile(source)
  } catch {
    // Said below.
  }
  throw new Unreadable('its rule is no regular expression that RE2 reads')
}
