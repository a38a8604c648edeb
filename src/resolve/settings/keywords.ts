import { APPLICATORS, besideIf } from './applicators.ts'
import { ASSERTIONS } from './assertions.ts'
import type { Keyword } from './site.ts'

const DIALECTS = ['https://json-schema.org/draft/2020-12/schema', 'https://json-schema.org/draft/2020-12/schema#']

const text: Keyword = (argument, at) => {
  if (typeof argument !== 'string') at.complain('must be text')
}

const flag: Keyword = (argument, at) => {
  if (typeof argument !== 'boolean') at.complain('must be true or false')
}

const ANNOTATIONS: Readonly<Record<string, Keyword>> = {
  title: text,
  description: text,
  $comment: text,
  default: () => undefined,
  examples: (argument, at) => {
    if (!Array.isArray(argument)) at.complain('must be a list')
  },
  deprecated: flag,
  readOnly: flag,
  writeOnly: flag,
  $schema: (argument, at) => {
    const known = typeof argument === 'string' && DIALECTS.includes(argument)
    if (!known) at.complain('names another dialect', `Write ${DIALECTS[0]}, or leave it out.`)
  },
}

/** Every keyword of JSON Schema 2020-12 that settings may use. Whatever is not here is refused by name, not ignored. */
export const KEYWORDS: ReadonlyMap<string, Keyword> = new Map([
  ...Object.entries({ ...ASSERTIONS, ...APPLICATORS, ...ANNOTATIONS }),
  ['then', besideIf],
  ['else', besideIf],
])
