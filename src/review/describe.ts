import type { Effect } from '../model/effect.ts'
import type { ReviewedOperation, Who } from '../model/finding.ts'
import { countWrites, operationOf } from './severity.ts'

const SHOWN = 3

const NOW = {
  allow: { deny: 'can now call', confirm: 'can now call without being asked' },
  confirm: { deny: 'can now call, once they confirm,', allow: 'are now asked before they call' },
  deny: { allow: 'can no longer call', confirm: 'can no longer call' },
} as const satisfies Record<Effect, Partial<Record<Effect, string>>>

/** What people can do after a step that they could not do before, such as `can now call`. */
export function canNow(before: Effect, after: Effect): string {
  const phrases: Partial<Record<Effect, string>> = NOW[after]
  return phrases[before] ?? 'can call as before'
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

/** How many operations, how many of them writes, and the first of their names. */
export function operationsPhrase(operations: readonly ReviewedOperation[]): string {
  const writes = countWrites(operations)
  const reads = operations.length - writes
  const counted = [count(writes, 'write'), count(reads, 'read')].filter(text => text !== '').join(' and ')
  return `${counted}: ${shortList(operations.map(operation => operationOf(operation).id))}`
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
