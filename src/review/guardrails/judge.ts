import { compareAddresses } from '../../model/address.ts'
import type { Judgement } from '../../model/judgement.ts'
import type { Outcome } from './breach.ts'
import { checkGuardrail } from './check.ts'
import { ask } from './expressions/ask.ts'
import { outcomeOf, questionOf } from './expressions/judge.ts'
import { judgeByRule } from './rules/rules.ts'
import { sceneOf, scopeOf, type Guardrail, type JudgeInput, type Scene } from './scene.ts'
import { violationsIn, weigh } from './waivers.ts'

/** What a guardrail says, or why it says nothing. */
type Said = { readonly kind: 'said'; readonly outcome: Outcome } | { readonly kind: 'failed'; readonly reason: string }

/**
 * What every guardrail says of a change, by its text before the change; sorted by address. A rule that cannot be
 * evaluated has failed, which is never as good as holding.
 */
export async function judge(input: JudgeInput): Promise<readonly Judgement[]> {
  const scene = sceneOf(input)
  const { before, after } = input.guardrails
  const old = new Map(before.map(guardrail => [guardrail.address, guardrail]))
  const changed = after.filter(guardrail => old.get(guardrail.address)?.digest !== guardrail.digest)
  const judging = [...before, ...changed]
  const said = new Map((await sayAll(scene, judging)).map((each, index) => [judging[index]!, each]))
  const byNewText = new Map(
    changed.map(guardrail => [guardrail.address, statusOf(guardrail, said.get(guardrail)!, input)]),
  )
  return [
    ...before.map(guardrail =>
      judgementOf(guardrail, said.get(guardrail)!, { input, byNewText: byNewText.get(guardrail.address) }),
    ),
    ...changed
      .filter(({ address }) => !old.has(address))
      .map(guardrail => notYet(guardrail, byNewText.get(guardrail.address))),
  ].toSorted((a, b) => compareAddresses(a.guardrail, b.guardrail))
}

/** Those with expressions are asked together, under one deadline. */
async function sayAll(scene: Scene, guardrails: readonly Guardrail[]): Promise<readonly Said[]> {
  const said = guardrails.map(guardrail => sayByRule(scene, guardrail))
  const asked = said.flatMap((each, index) =>
    each === undefined ? [{ index, ...questionOf(scopeOf(scene, guardrails[index]!)) }] : [],
  )
  const answers = await ask(asked.map(({ question }) => question))
  for (const [position, each] of asked.entries()) {
    const answer = answers[position]!
    said[each.index] = answer.kind === 'failed' ? answer : { kind: 'said', outcome: outcomeOf(each, answer) }
  }
  return said.map(each => each!)
}

/** What a built-in rule says; `undefined` for a guardrail that is made of expressions. */
function sayByRule(scene: Scene, guardrail: Guardrail): Said | undefined {
  const [problem] = checkGuardrail(guardrail.spec)
  if (problem !== undefined) return { kind: 'failed', reason: problem.message }
  const { rule } = guardrail.spec
  return rule === undefined ? undefined : { kind: 'said', outcome: judgeByRule(rule, scopeOf(scene, guardrail)) }
}

function statusOf(guardrail: Guardrail, said: Said, { asOf }: JudgeInput): Judgement['after'] {
  if (said.kind === 'failed') return 'failed'
  const { weighed } = weigh(said.outcome.breaches, guardrail.spec.waivers, asOf)
  return weighed.some(({ waivedBy }) => waivedBy === undefined) ? 'broken' : 'holds'
}

interface Around {
  readonly input: JudgeInput
  readonly byNewText: Judgement['after'] | undefined
}

function judgementOf(guardrail: Guardrail, said: Said, { input, byNewText }: Around): Judgement {
  const breaches = said.kind === 'failed' ? [] : said.outcome.breaches
  const { weighed, waivers } = weigh(breaches, guardrail.spec.waivers, input.asOf)
  return {
    ...namesOf(guardrail),
    before: said.kind === 'failed' ? 'not-judged' : said.outcome.before,
    after: statusOf(guardrail, said, input),
    violations: violationsIn(weighed),
    brokenAlready: weighed.filter(({ breach }) => !breach.isNew).length,
    waivers,
    failure: said.kind === 'failed' ? said.reason : undefined,
    byNewText,
  }
}

/** A guardrail that the change adds judges only what comes later. */
function notYet(guardrail: Guardrail, byNewText: Judgement['after'] | undefined): Judgement {
  return {
    ...namesOf(guardrail),
    before: 'not-judged',
    after: 'holds',
    violations: [],
    brokenAlready: 0,
    waivers: [],
    failure: undefined,
    byNewText,
  }
}

function namesOf({ address, spec }: Guardrail): Pick<Judgement, 'guardrail' | 'description' | 'actions'> {
  return { guardrail: address, description: spec.description, actions: spec.actions }
}
