import type { Effect } from '../model/effect.ts'
import type { ReviewedOperation, Who } from '../model/finding.ts'
import { isWrite } from '../model/operation.ts'
import { operationOf } from './severity.ts'

const SHOWN = 3

/** A step in words, apart from the operations that it is about: `can now` `call` … `without confirmation`. */
export interface StepWords {
  readonly can: 'can' | 'can now'
  readonly verb: string
  /** The condition under which it holds; empty where there is none. */
  readonly condition: string
  /** How that was before, where it matters. */
  readonly was?: string
}

const STEPS: Readonly<Record<Effect, Partial<Record<Effect, StepWords>>>> = {
  allow: {
    deny: { can: 'can now', verb: 'call', condition: 'without confirmation' },
    confirm: { can: 'can now', verb: 'call', condition: 'without confirmation', was: ' (were asked before)' },
  },
  confirm: {
    deny: { can: 'can now', verb: 'call', condition: 'after confirmation' },
    allow: { can: 'can', verb: 'still call', condition: 'only after confirmation' },
  },
  deny: {
    allow: { can: 'can', verb: 'no longer call', condition: '' },
    confirm: { can: 'can', verb: 'no longer call', condition: '' },
  },
}

/** What people can do after a step that they could not do before it, or no longer. */
export function stepWords(before: Effect, after: Effect): StepWords {
  return STEPS[after][before] ?? { can: 'can', verb: 'call as before', condition: '' }
}

/** What people can do after a step: how many operations, whether they are asked, and the first names. */
export function canNow(before: Effect, after: Effect, operations: readonly ReviewedOperation[]): string {
  const { can, verb, condition, was = '' } = stepWords(before, after)
  return `${can} ${verb} ${operationsPhrase(operations, condition === '' ? '' : ` ${condition}${was}`)}`
}

/** How many operations, how many of them writes, under which condition, and the first of their names: writes before reads. */
export function operationsPhrase(operations: readonly ReviewedOperation[], condition = ''): string {
  const writes = operations.filter(operation => isWrite(operationOf(operation)))
  const reads = operations.filter(operation => !isWrite(operationOf(operation)))
  const counted = [count(writes.length, 'write'), count(reads.length, 'read')].filter(text => text !== '').join(' and ')
  return `${counted}${condition}: ${shortList([...writes, ...reads].map(operation => operationOf(operation).id))}`
}

/** The people of a step with their number, or with the words that nobody here knows it. */
export function whoPhrase(who: Who): string {
  switch (who.kind) {
    case 'people':
      return who.people.length === 1 ? who.name : `${who.name} (${who.people.length} people)`
    case 'company':
      return `everyone at ${who.name} (how many is unknown here)`
    case 'idpGroup':
      return `identity provider group ${who.name} (members unknown here)`
    default:
      return who satisfies never
  }
}

/** Up to three names, then how many more there are. */
export function shortList(names: readonly string[]): string {
  const more = names.length - SHOWN
  return more > 0 ? `${names.slice(0, SHOWN).join(', ')} and ${more} more` : names.join(', ')
}

/** `1 write`, `2 writes`, or nothing for none. */
export function count(number: number, noun: string): string {
  return number === 0 ? '' : `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** `acme/jira` of `integration/acme/jira`. */
export function nameIn(address: string): string {
  return address.slice(address.indexOf('/') + 1)
}
