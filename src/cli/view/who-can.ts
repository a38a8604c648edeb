import { describeOpenSet, type KnownPerson, type OpenSet } from '../../access/who.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { EFFECTS, type Effect } from '../../model/effect.ts'
import type { Operation } from '../../model/operation.ts'
import type { ResourceOf } from '../../model/state.ts'
import { visible, type Paint } from '../style.ts'
import { effectText, operationJson, operationText } from './can.ts'
import type { ErrorJson } from './plan-json.ts'

/** What `who-can` found: people by name, and sets of people whom no document names. */
export interface WhoCanAnswer {
  readonly operation: Operation | string
  readonly integration: ResourceOf<'integration'>
  readonly from: 'store' | 'files'
  readonly people: readonly KnownPerson[]
  readonly open: readonly OpenSet[]
  /** Why such a request is never let through, whoever makes it. */
  readonly refused?: string
}

/** What `who-can -o json` prints, whatever happened (`schemas/who-can.schema.json`). */
export function whoCanJson(
  answer: WhoCanAnswer | undefined,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  const { people = [], open = [] } = answer ?? {}
  return {
    complete: answer !== undefined,
    ...(answer && {
      operation: operationJson(answer.operation),
      integration: answer.integration.address,
      enabled: answer.integration.spec.enabled,
      source: answer.from,
      ...(answer.refused !== undefined && { refused: answer.refused }),
    }),
    counts: { ...counts(people), open: open.length },
    people: people.map(({ id, effect }) => ({ person: id, effect })),
    open: open.map(openJson),
    diagnostics,
    errors,
  }
}

function openJson(set: OpenSet): object {
  return { ...set, message: describeOpenSet(set) }
}

function counts(people: readonly KnownPerson[]): Record<Effect, number> {
  const found = { allow: 0, confirm: 0, deny: 0 }
  for (const { effect } of people) found[effect]++
  return found
}

/** Everybody by effect, allow first, then those who are not known by name, then the counts. */
export function whoCanText(answer: WhoCanAnswer, paint: Paint): string {
  const { integration, operation, people, open, refused } = answer
  const name = `${integration.namespace}/${integration.name}`
  const head = `${paint('bold', operationText(operation))} on ${visible(name)}${integration.spec.enabled ? '' : ', which is disabled'}\n`
  if (refused !== undefined) return `${head}  ${effectText('deny', paint)} for everybody: ${visible(refused)}\n`
  const groups = EFFECTS.toReversed().map(effect => peopleText(effect, people, paint))
  const sets = open.map(set => `  ? ${visible(describeOpenSet(set))}\n`)
  const { allow, confirm, deny } = counts(people)
  const more =
    open.length === 0 ? '' : `, and ${open.length} ${open.length === 1 ? 'set' : 'sets'} of people unknown here`
  return `${head}${groups.join('')}${sets.join('')}\n${allow} allow, ${confirm} confirm, ${deny} deny${more}; everybody else is denied.\n`
}

function peopleText(effect: Effect, people: readonly KnownPerson[], paint: Paint): string {
  const lines = people.filter(person => person.effect === effect).map(({ id }) => `    ${visible(id)}\n`)
  return lines.length === 0 ? '' : `  ${effectText(effect, paint)}\n${lines.join('')}`
}
