import type { GuardrailCases } from '../decode/guardrail-cases.ts'
import { addressOf } from '../model/address.ts'
import type { Document } from '../model/document.ts'
import type { Judgement, Violation } from '../model/judgement.ts'
import { unknownName } from './invalid-input.ts'

/** What a guardrail says of a case, as a case expects it. */
export type Verdict = 'holds' | 'broken' | 'failed'

/** One guardrail in one case. */
export interface TriedVerdict {
  readonly guardrail: string
  readonly expected: Verdict
  readonly actual: Verdict
  readonly violations: readonly Pick<Violation, 'message' | 'witness' | 'waivedBy'>[]
  readonly failure: string | undefined
}

/** A case, and how what it expects differs from what was said. */
export interface TriedCase {
  readonly name: string
  readonly verdicts: readonly TriedVerdict[]
  /** In sentences without a full stop; none where the case passes. */
  readonly problems: readonly string[]
}

interface Around {
  readonly namespace: string
  readonly document: Document
}

/** Compares what a case expects with what its guardrails said. Throws `InvalidInput` for a guardrail that there is not. */
export function compareVerdicts(
  { name, expect, violations = {} }: GuardrailCases['cases'][number],
  judgements: readonly Judgement[],
  around: Around,
): TriedCase {
  const expected = Object.entries(expect)
  const said = new Map(judgements.map(judgement => [judgement.guardrail as string, judgement]))
  const find = (guardrail: string): Judgement => found(guardrail, said, around)
  const verdicts = expected.map(([guardrail, verdict]) => verdictOf(guardrail, verdict, find(guardrail)))
  const missing = Object.entries(violations).flatMap(([guardrail, texts]) =>
    texts.flatMap(({ contains }) => missingText(guardrail, contains, find(guardrail))),
  )
  return { name, verdicts, problems: [...verdicts.flatMap(differing), ...missing] }
}

function found(guardrail: string, said: ReadonlyMap<string, Judgement>, { namespace, document }: Around): Judgement {
  const [own, other] = guardrail.split('/', 2) as [string, string | undefined]
  const address = other === undefined ? addressOf('guardrail', namespace, own) : addressOf('guardrail', own, other)
  const judgement = said.get(address)
  if (judgement !== undefined) return judgement
  const names = [...said.keys()].map(each => each.slice('guardrail/'.length))
  const message = `${document.file} speaks of guardrail ${guardrail}, which its guardrails are not among: ${names.join(', ')}`
  const cure = 'Correct the name, or add the file of the guardrail under guardrails.'
  const candidates = names.map(each => (each.startsWith(`${namespace}/`) ? each.slice(namespace.length + 1) : each))
  throw unknownName({ code: 'unknown-guardrail', message, cure }, guardrail, candidates)
}

function verdictOf(guardrail: string, expected: Verdict, judgement: Judgement): TriedVerdict {
  const { violations, failure } = judgement
  return {
    guardrail,
    expected,
    actual: actualOf(judgement),
    violations: violations.map(({ message, witness, waivedBy }) => ({ message, witness, waivedBy })),
    failure,
  }
}

/** What was broken before the change is no matter of the case. */
function actualOf({ after, violations }: Judgement): Verdict {
  if (after === 'failed') return 'failed'
  return violations.some(({ waivedBy }) => waivedBy === undefined) ? 'broken' : 'holds'
}

const WORDS = { holds: 'holds', broken: 'is broken', failed: 'fails' } as const satisfies Record<Verdict, string>

function differing({ guardrail, expected, actual }: TriedVerdict): readonly string[] {
  if (expected === actual) return []
  return [`${guardrail} ${WORDS[actual]}, and it is expected that it ${WORDS[expected]}`]
}

function missingText(guardrail: string, text: string, { violations }: Judgement): readonly string[] {
  const isThere = violations.some(({ message, witness = '' }) => message.includes(text) || witness.includes(text))
  return isThere ? [] : [`no violation of ${guardrail} says "${text}"`]
}
