import { stringify, type ScalarTag, type Tags } from 'yaml'

/**
 * A value as YAML that YAML 1.1 and 1.2 read as the same: texts which either would take for something else are quoted, as
 * are those with characters that one of them takes for a line break or refuses. Lines are never folded, nothing is
 * aliased, keys keep their order, and `undefined` in an object is left out.
 */
export function toYaml(value: unknown): string {
  return stringify(value, {
    lineWidth: 0,
    schema: 'core',
    compat: 'yaml-1.1',
    aliasDuplicateObjects: false,
    customTags: tags => tags.map(adapted),
  })
}

function adapted(tag: Tags[number]): Tags[number] {
  if (typeof tag === 'string' || 'collection' in tag || tag.stringify === undefined) return tag
  const write = tag.stringify
  const stringifyAs: NonNullable<ScalarTag['stringify']> = (item, ...rest) => {
    if (typeof item.value === 'string') return quoted(item.value) ?? write(item, ...rest)
    return typeof item.value === 'number' ? withPoint(write(item, ...rest)) : write(item, ...rest)
  }
  return { ...tag, stringify: stringifyAs }
}

/*
 * Control characters, the line breaks of YAML 1.1 alone, byte order marks, non-characters and lone surrogates; and what
 * would hide text from a reader or show it in another order: zero-width spaces and bidirectional marks.
 */
const SPECIAL = /[\u007F-\u009F\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFE\uFFFF]/g
const UNSAFE =
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200B\u200E\u200F\u2028-\u202E\u2060-\u2069\uFEFF\uFFFE\uFFFF]|\p{Surrogate}/u

/**
 * The text in double quotes with escapes, where the writer would let it stand as it is. `=` is a type of YAML 1.1, and
 * libyaml's family refuses a tab in a plain text. Of a block that is blank nobody can tell how far it is indented.
 */
function quoted(text: string): string | undefined {
  const hasTab = text.includes('\t') && !text.includes('\n')
  const isBlank = text.includes('\n') && text.trim() === ''
  if (text !== '=' && !hasTab && !isBlank && !UNSAFE.test(text)) return undefined
  return JSON.stringify(text).replaceAll(SPECIAL, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}

/** YAML 1.1 takes `1e+21` for a text: a number with an exponent needs a point there. Minus zero is zero in JSON. */
function withPoint(text: string): string {
  return text === '-0' ? '0' : text.replace(/^(-?\d+)e/, '$1.0e')
}
