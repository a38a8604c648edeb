import type { Effect } from '../../model/effect.ts'
import { shortList } from '../../access/names.ts'

/** What an edit does, as far as words for it need to know. */
export type What =
  | { readonly kind: 'integration'; readonly change: 'created' | 'deleted' }
  | { readonly kind: 'group' | 'definition'; readonly change: 'created' | 'deleted'; readonly name: string }
  | { readonly kind: 'enabled'; readonly after: boolean }
  | { readonly kind: 'service' | 'level'; readonly before: string; readonly after: string }
  | {
      readonly kind: 'access'
      readonly change: 'added' | 'removed'
      readonly list: 'companies' | 'groups' | 'individuals'
      readonly name: string
    }
  | {
      readonly kind: 'permission'
      readonly change: 'added' | 'removed'
      /** From 1. */
      readonly number: number
      readonly effect: Effect
    }
  | {
      readonly kind: 'permission-changed'
      readonly number: number
      /** Where nothing else about it changed. */
      readonly effects: readonly [Effect, Effect] | undefined
    }
  | { readonly kind: 'member' | 'nested' | 'idpGroup'; readonly change: 'added' | 'removed'; readonly name: string }
  | { readonly kind: 'ends'; readonly before: string | undefined; readonly after: string | undefined }
  | {
      readonly kind: 'operation'
      readonly change: 'added' | 'removed'
      /** `POST /refunds`. */
      readonly name: string
      /** The endpoint that has, or had, its id on the other side. */
      readonly moved: string | undefined
    }
  | { readonly kind: 'tags' | 'path' | 'accepted' | 'unaccepted'; readonly name: string }
  | { readonly kind: 'id'; readonly name: string; readonly before: string; readonly after: string }

/** The edits of one kind: the part of the union that has it among its kinds. */
type Of<K extends What['kind'], W = What> = W extends { readonly kind: infer Kinds }
  ? K extends Kinds
    ? W
    : never
  : never

const ACCESS = { companies: 'company', groups: 'group', individuals: '' } as const
const OPERATION = { added: 'moved from', removed: 'moved to' } as const

/** How each edit reads. Edits of one sort are told together: `names` are all that they are about, in their order. */
const WORDS: { readonly [K in What['kind']]: (what: Of<K>, names: readonly string[]) => string } = {
  integration: ({ change }) => `integration ${change}`,
  group: ({ change, name }) => `group ${name} ${change}`,
  definition: ({ change, name }) => `service ${name} ${change}`,
  enabled: ({ after }) => (after ? 'enabled' : 'disabled'),
  service: ({ before, after }) => `service changed from ${before} to ${after}`,
  level: ({ before, after }) => `access changed from ${before} to ${after}`,
  access: ({ change, list, name }) =>
    `${`${ACCESS[list]} ${name}`.trimStart()} ${change === 'added' ? 'added to' : 'removed from'} the access`,
  permission: ({ change, number, effect }) => `permission ${number} ${change} (${effect})`,
  'permission-changed': ({ number, effects }) =>
    effects === undefined ? `permission ${number} changed` : `permission ${number} (${effects.join(' → ')})`,
  member: ({ change }, names) => `${counted('member', names)} ${change}`,
  nested: ({ change, name }) => (change === 'added' ? `group ${name} nested` : `group ${name} no longer nested`),
  idpGroup: ({ change, name }) => `identity provider group ${name} ${change}`,
  ends: ({ before, after }) => ends(before, after),
  operation: ({ change, moved }, names) =>
    names.length === 1 && moved !== undefined
      ? `operation ${names[0]} ${change} (${OPERATION[change]} ${moved})`
      : `${counted('operation', names)} ${change}`,
  tags: (_what, names) => `tags of ${shortList(names)} changed`,
  path: (_what, names) => `path of ${shortList(names)} changed`,
  id: ({ before, after }, names) =>
    names.length === 1
      ? `operation ${names[0]} renamed (${before} → ${after})`
      : `${counted('operation', names)} renamed`,
  accepted: (_what, names) => `${counted('operation', names)} accepted by the lock`,
  unaccepted: (_what, names) => `${counted('operation', names)} no longer accepted by the lock`,
}

/** What was edited, in words; of several edits of one sort, all at once. */
export function wordsFor(what: What, names: readonly string[]): string {
  return (WORDS[what.kind] as (what: What, names: readonly string[]) => string)(what, names)
}

function counted(noun: string, names: readonly string[]): string {
  return `${noun}${names.length === 1 ? '' : 's'} ${shortList(names)}`
}

function ends(before: string | undefined, after: string | undefined): string {
  if (after === undefined) return `group no longer ends ${before}`
  return before === undefined ? `group ends ${after}` : `group ends ${after} instead of ${before}`
}
