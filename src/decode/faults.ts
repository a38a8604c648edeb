import { characterName } from './characters.ts'
import type { Ambiguity } from './plain.ts'
import { shown } from './shown.ts'

/** Something in a document that is refused before its schema is asked; `offset` counts from the start of its part. */
export interface Fault {
  readonly code: string
  readonly offset: number
  readonly message: string
  readonly cure: string
}

/** Anchors are refused even if no alias uses them: what is read must be what is written there. */
export function anchorFault(offset: number): Fault {
  const message = 'an anchor (&name) is not allowed'
  return { code: 'yaml-alias', offset, message, cure: 'Remove it; quote text that begins with &.' }
}

/** An alias makes a few bytes stand for any number of values. */
export function aliasFault(offset: number): Fault {
  const message = 'an alias (*name) is not allowed'
  const cure = 'Write the value out; quote text that begins with *.'
  return { code: 'yaml-alias', offset, message, cure }
}

export function tagFault(offset: number): Fault {
  const message = 'a tag (!name) is not allowed'
  const cure = 'Remove it; quote a value that is text, or that begins with !.'
  return { code: 'yaml-tag', offset, message, cure }
}

/** A value or key that another reader would read otherwise. The value is not repeated: it may be a secret. */
export function ambiguityFault(offset: number, what: 'value' | 'key', { why, cure }: Ambiguity): Fault {
  const message = `YAML readers disagree on this unquoted ${what}: it is ${why}`
  return { code: 'yaml-ambiguous', offset, message, cure: what === 'key' ? 'Put the key in quotes.' : cure }
}

export function mergeFault(offset: number): Fault {
  const message = 'a merge key (<<) is not allowed'
  return { code: 'yaml-merge', offset, message, cure: 'Write the fields out.' }
}

export function scalarKeyFault(offset: number): Fault {
  const message = 'a key must be text, not a number, true, false or null'
  return { code: 'yaml-key', offset, message, cure: 'Put the key in quotes.' }
}

/** Mostly a template: `{{ … }}` is a map whose key is a map. */
export function collectionKeyFault(offset: number): Fault {
  const message = 'a key must be text, not a list, a map or an alias'
  const cure =
    'Put text in quotes that begins with [, { or *; fill in templates such as {{ … }} before Tenon reads the file.'
  return { code: 'yaml-key', offset, message, cure }
}

export function longKeyFault(offset: number): Fault {
  const message = 'a key is longer than 1024 characters'
  return { code: 'yaml-key', offset, message, cure: 'Shorten it.' }
}

/** These names reach the prototype of objects in JavaScript programs. */
export function reservedKeyFault(offset: number, key: string): Fault {
  const message = `the key "${key}" is not allowed`
  return { code: 'yaml-key', offset, message, cure: 'Use another name.' }
}

export function duplicateKeyFault(offset: number, key: string): Fault {
  const message = `the key ${shown(key)} stands twice in this map`
  return { code: 'yaml-duplicate-key', offset, message, cure: 'Remove one of the two.' }
}

export function escapeFault(offset: number, text: string, at: number): Fault {
  const message = `an escape in this text stands for ${characterName(text, at)}`
  return { code: 'forbidden-character', offset, message, cure: 'Remove it.' }
}

export function characterFault(text: string, offset: number): Fault {
  const message = `the file holds ${characterName(text, offset)}`
  const cure = text[offset] === '\r' ? 'Save the file with line feeds at the ends of lines.' : 'Remove it.'
  return { code: 'forbidden-character', offset, message, cure }
}
