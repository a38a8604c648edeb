import { maybeSecret } from './shapes.ts'

const MAX_SHOWN = 60

/** Anything but printable characters, so that a message cannot write to a terminal or break a line. */
const UNPRINTABLE = /[^\P{C}\u200C\u200D]|[\u2028\u2029]/gu

/** A name or short value in quotes, as messages repeat it; what is long or may be a secret is left out. */
export function shown(text: string): string {
  if (text.length > MAX_SHOWN || maybeSecret(text)) return '"…"'
  return `"${text.replaceAll(UNPRINTABLE, escaped).replaceAll('"', String.raw`\"`)}"`
}

/** A path such as `spec.permissions[0].effect`; the top of a document is `the document`. */
export function shownPath(path: readonly (string | number)[]): string {
  let text = ''
  for (const step of path) {
    if (typeof step === 'number') text += `[${step}]`
    else text += /^[\w-]{1,60}$/.test(step) && !maybeSecret(step) ? `.${step}` : `[${shown(step)}]`
  }
  return text === '' ? 'the document' : text.replace(/^\./, '')
}

function escaped(character: string): string {
  return `\\u{${(character.codePointAt(0) ?? 0).toString(16).toUpperCase()}}`
}
