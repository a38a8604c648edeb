import { forbiddenInValue, hasJoiner } from '../src/decode/characters.ts'

/** Texts for people, in which joiners are part of the script. Elsewhere two names that differ by one look the same. */
const FREE = /\.(title|description|displayName|label|purpose|notes|summary|category|reason|message)$/

/** What JavaScript means by `\s`, but for the characters that are forbidden anyhow. */
const SPACE = String.raw`\s\p{Z}`

/** A class with its brackets, an escaped character, or any other one. */
const TOKEN = /\[\^?(?:\\.|[^\]\\])*\]|\\.|[^]/g

/**
 * A pattern of the schemas as RE2 reads it, which is what an API server matches with; characters that no document may
 * hold are left out of whatever it lets through.
 */
export function serverPattern(pattern: string | undefined, at: string): string {
  const forbidden = FREE.test(at) ? forbiddenClass(forbiddenAt) : forbiddenClass(isForbiddenOrJoiner)
  if (pattern === undefined) return `^[^${forbidden}]*$`
  return pattern.replaceAll(TOKEN, token => {
    if (token === '.') return String.raw`[^\n${forbidden}]`
    if (token === String.raw`\S`) return `[^${SPACE}${forbidden}]`
    if (token.startsWith('[^')) return `[^${token.slice(2, -1).replaceAll(String.raw`\s`, SPACE)}${forbidden}]`
    if (/\\[sSwWdD]/.test(token)) throw new Error(`${at}: ${token} differs between JavaScript and RE2`)
    return token
  })
}

function forbiddenAt(character: string): boolean {
  return forbiddenInValue(character) >= 0
}

function isForbiddenOrJoiner(character: string): boolean {
  return forbiddenAt(character) || hasJoiner(character)
}

const classes = new Map<(character: string) => boolean, string>()

/** The inside of a character class; surrogates are no characters to RE2. */
function forbiddenClass(isForbidden: (character: string) => boolean): string {
  const known = classes.get(isForbidden)
  if (known !== undefined) return known
  let ranges = ''
  for (let code = 0; code <= 0x10ffff; code++) {
    if (!isInside(code, isForbidden)) continue
    const first = code
    while (isInside(code + 1, isForbidden)) code++
    ranges += first === code ? escaped(first) : `${escaped(first)}-${escaped(code)}`
  }
  classes.set(isForbidden, ranges)
  return ranges
}

function isInside(code: number, isForbidden: (character: string) => boolean): boolean {
  if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return false
  return isForbidden(String.fromCodePoint(code))
}

function escaped(code: number): string {
  return String.raw`\x{${code.toString(16).toUpperCase()}}`
}
