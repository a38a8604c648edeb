import type { Sealed } from '../../model/sealed.ts'
import { listed, without, type Said } from './say.ts'

/** What is said of how one credential is encrypted. */
interface Weakness extends Pick<Said, 'kind' | 'severity' | 'direction' | 'facts' | 'before' | 'after'> {
  readonly fields: readonly string[]
  readonly edit: string
  summary(credentials: string): string
}

type Rule = (
  before: Sealed | undefined,
  after: Sealed,
) => (Pick<Weakness, 'facts' | 'edit' | 'summary'> & Partial<Weakness>) | undefined

/** Ways in which less is protected than before; a new credential is measured by what sops does unasked. */
const RULES: readonly Rule[] = [inClear, unselected, macOnly, threshold]

/** The findings about encryption that protects less than it did. */
export function weakened(before: Sealed | undefined, after: Sealed | undefined): readonly Weakness[] {
  if (after === undefined) return []
  return RULES.flatMap(rule => {
    const said = rule(before, after)
    if (said === undefined) return []
    return [
      {
        kind: 'encryption-weakened',
        severity: 'high',
        direction: 'widens',
        fields: [],
        before: undefined,
        after: undefined,
        ...said,
      },
    ]
  })
}

function inClear(before: Sealed | undefined, after: Sealed): ReturnType<Rule> {
  const fields = without(after.inClear, before?.inClear ?? [])
  if (fields.length === 0) return undefined
  return {
    summary: credentials => `${credentials}: ${listed(fields)} not encrypted`,
    after: `${listed(fields)} in clear`,
    facts: { inClear: fields },
    fields,
    edit: 'not encrypted',
  }
}

function unselected(before: Sealed | undefined, after: Sealed): ReturnType<Rule> {
  const fields = without(after.unselected, before?.unselected ?? [])
  if (fields.length === 0) return undefined
  return {
    summary: credentials =>
      `${credentials}: the rule of the file leaves ${listed(fields)} in clear when sops writes it next`,
    before: before?.rule,
    after: after.rule,
    facts: { unselected: fields, rule: after.rule ?? null },
    fields,
    edit: `rule ${before?.rule ?? '(none)'} → ${after.rule ?? '(none)'}`,
  }
}

function macOnly(before: Sealed | undefined, after: Sealed): ReturnType<Rule> {
  if (!after.macOnlyEncrypted || before?.macOnlyEncrypted === true) return undefined
  return {
    summary: credentials =>
      `${credentials}: text in clear beside the values may be changed unnoticed (mac_only_encrypted)`,
    before: before && 'the MAC covers everything',
    after: 'the MAC covers encrypted values only',
    facts: { macOnlyEncrypted: true },
    edit: 'mac_only_encrypted',
  }
}

/** Without key groups any one reader is enough. */
function threshold(before: Sealed | undefined, after: Sealed): ReturnType<Rule> {
  if (before === undefined) return undefined
  const [was, is] = [before.threshold ?? 1, after.threshold ?? 1]
  if (is >= was) return undefined
  return {
    summary: credentials =>
      `${credentials}: ${is} of its key groups ${is === 1 ? 'is' : 'are'} enough to decrypt, where ${was} were needed`,
    before: `${was} key groups`,
    after: `${is} key group${is === 1 ? '' : 's'}`,
    facts: { threshold: [was, is] },
    edit: `shamir_threshold ${was} → ${is}`,
  }
}
