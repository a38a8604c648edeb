/**
 * Characters that show nothing, move other text about or break lines that look whole. A reviewer cannot see them, and
 * YAML readers disagree on some (NEL, LS and PS end a line in YAML 1.1 only), so they are refused wherever they stand.
 * The joiners U+200C and U+200D stay: emoji and several scripts need them.
 */
const INVISIBLE = String.raw`\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u061C\u200B\u200E\u200F\u2028-\u202E\u2060-\u206F\uFEFF\uFFF9-\uFFFB\uFFFE\uFFFF\u{E0000}-\u{E007F}`

/** In the text of a file: also half of a surrogate pair, and a carriage return that no line feed follows. */
const IN_TEXT = new RegExp(String.raw`[${INVISIBLE}\p{Surrogate}]|\r(?!\n)`, 'u')
/** In a value, where an escape can put them: the carriage return with them. */
const IN_VALUE = new RegExp(String.raw`[${INVISIBLE}\p{Surrogate}\r]`, 'u')
const JOINER = /[\u200C\u200D]/

const NAMES: Readonly<Record<number, string>> = {
  0x00: 'a NUL character (is the file binary, or UTF-16?)',
  0x0d: 'a carriage return without a line feed',
  0x85: 'a next-line character (U+0085)',
  0xfeff: 'a byte order mark (U+FEFF) that does not start the file',
  0x2028: 'a line separator (U+2028)',
  0x2029: 'a paragraph separator (U+2029)',
}

/** The offsets of the characters of a file's text that are refused. */
export function* forbiddenInText(text: string): Generator<number> {
  if (!IN_TEXT.test(text)) return
  for (const { index } of text.matchAll(new RegExp(IN_TEXT, 'gu'))) yield index
}

/** The offset of the first character of a value that is refused, or -1. */
export function forbiddenInValue(value: string): number {
  return value.search(IN_VALUE)
}

/** Whether a name holds a joiner, which makes two different names look the same. */
export function hasJoiner(name: string): boolean {
  return JOINER.test(name)
}

/** What stands at an offset, in words. */
export function characterName(text: string, offset: number): string {
  const code = text.codePointAt(offset) ?? 0
  const hex = `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
  if (/\p{Surrogate}/u.test(String.fromCodePoint(code))) return `half of a surrogate pair (${hex})`
  if (/\p{Bidi_Control}/u.test(String.fromCodePoint(code)))
    return `a character that turns the direction of text (${hex})`
  return NAMES[code] ?? `an invisible or control character (${hex})`
}
