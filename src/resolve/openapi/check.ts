import type { Operation } from '../../model/operation.ts'
import { extract } from './extract.ts'
import { type Facts, factsOf } from './facts.ts'
import type { Fault } from './fault.ts'
import { fields } from './fields.ts'
import { parse, positioned } from './parse.ts'
import { checkRefs, follower } from './refs.ts'
import { checkSchema } from './schema.ts'
import { checkSpec } from './spec.ts'
import { versionOf } from './version.ts'
import { walk } from './walk.ts'

/** What a document comes to; plain data for the thread that asked and for the cache. */
export type Answer =
  | {
      readonly kind: 'read'
      readonly operations: readonly Operation[]
      readonly facts: Facts
      readonly faults: readonly Fault[]
    }
  | { readonly kind: 'invalid'; readonly faults: readonly Fault[] }

/**
 * The whole of reading one document, in the order of trust: what is cheap and bounded comes first, and no library sees
 * the document before its size, depth and references are known to be harmless.
 */
export async function check(bytes: Uint8Array): Promise<Answer> {
  const result = parse(bytes)
  if (result.kind === 'invalid') return result
  const { parsed } = result
  const invalid = (faults: readonly Fault[]): Answer => ({ kind: 'invalid', faults: positioned(faults, parsed) })

  const version = versionOf(parsed.value)
  if (typeof version !== 'string') return invalid([version])
  const document = fields(parsed.value)
  const walked = walk(document, version === '2.0')
  if (walked.faults.length > 0) return invalid(walked.faults)
  const follow = follower(document, walked.anchors)
  const { operations, faults } = extract(document, version, follow)
  const found = [...checkRefs(walked, follow), ...faults]
  if (found.some(({ severity }) => severity === 'error')) return invalid(unique(found))

  found.push(...checkSchema(document, version), ...(await checkSpec(walked.lean, version, operations)))
  return { kind: 'read', operations, facts: factsOf(document, version), faults: positioned(found, parsed) }
}

/** A path item's reference is looked at twice, as a reference and for its operations. */
function unique(faults: readonly Fault[]): Fault[] {
  return [...new Map(faults.map(fault => [`${fault.code} ${fault.message}`, fault])).values()]
}
