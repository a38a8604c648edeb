/*
 * What hides text, moves it or is not there at all: control and format characters, separators that look like a space,
 * fillers that look like nothing, halves of a surrogate pair, private and non-characters.
 */
const HIDDEN =
  /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}\u2800]|(?! )\p{Zs}/u

/** Marks that stand on the character before them; more than this of them grow over the lines around. */
const MAX_MARKS = 3

/**
 * A name from a document, as a list of pieces that must not be cut: whatever a reader could not see, or could take for
 * something else, becomes a visible escape such as `\u{202E}`. The text before can be told from the pieces.
 */
export function pieces(name: string): readonly string[] {
  const characters = Array.from(name)
  let marks = MAX_MARKS
  return characters.map((character, index) => {
    marks = /\p{M}/u.test(character) ? marks + 1 : 0
    const hidden = marks > MAX_MARKS || HIDDEN.test(character) || isLost(characters, index)
    return hidden ? escaped(character) : character
  })
}

/** The same as one text; what is longer than the limit is cut, and the cut can be seen. */
export function shown(name: string, limit = MAX_SHOWN): string {
  // Nearly every name is plain, and reports have many.
  if (name.length <= limit && PLAIN.test(name)) return name
  if (name.length <= limit) return pieces(name).join('')
  return `${pieces(beginning(name, limit)).join('')}…`
}

/** No name, and no sentence, has to be longer to be understood. */
const MAX_SHOWN = 2000

/** The first characters of a text, without half of one at the end. */
export function beginning(text: string, length: number): string {
  return text.length <= length ? text : text.slice(0, length).replace(/[\uD800-\uDBFF]$/, '')
}

const PLAIN = /^[!-[\]-~]+$/

/** A visible escape for a character. */
export function escaped(character: string): string {
  return `\\u{${character.codePointAt(0)!.toString(16).toUpperCase()}}`
}

/**
 * Spaces that a page would drop or join, and backslashes that could be read as the beginning of an escape, or would
 * take away the meaning of what follows them.
 */
function isLost(characters: readonly string[], index: number): boolean {
  const [before, character, after] = [characters[index - 1], characters[index], characters[index + 1]]
  if (character === ' ') return before === undefined || after === undefined || before === ' '
  return character === '\\' && (after === undefined || after === 'u' || after === '|')
}
