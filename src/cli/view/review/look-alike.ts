/** In words, why a name may be taken for another one; nothing for most names. */
export function lookAlike(name: string): string | undefined {
  // oxlint-disable-next-line no-control-regex -- all of ASCII
  if (/^[\u0000-\u007F]*$/.test(name)) return undefined
  const scripts = SCRIPTS.filter(script => LETTERS_OF[script].test(name))
  if (scripts.length > 1 && !TOGETHER.some(set => scripts.every(script => set.has(script)))) return 'mixed scripts'
  const letters = name.match(/\p{L}/gu) ?? []
  if (letters.length > 0 && letters.every(letter => TWINS.has(letter))) return 'looks like Latin'
  return Array.from(name).some(isOtherForm) ? 'unusual letters' : undefined
}

const SCRIPTS = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Hebrew',
  'Arabic',
  'Cherokee',
  'Coptic',
  'Georgian',
  'Lisu',
  'Devanagari',
  'Thai',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
] as const

const LETTERS_OF = Object.fromEntries(
  SCRIPTS.map(script => [script, new RegExp(`\\p{Script=${script}}`, 'u')]),
) as Readonly<Record<(typeof SCRIPTS)[number], RegExp>>

/** Scripts that are written together, as Unicode's rules for identifiers have them. */
const TOGETHER: readonly ReadonlySet<string>[] = [
  new Set(['Latin', 'Han', 'Hiragana', 'Katakana']),
  new Set(['Latin', 'Han', 'Hangul']),
  new Set(['Latin', 'Han', 'Bopomofo']),
]

/** Cyrillic and Greek letters that look like those of the Latin alphabet: a word of these alone is mixed with nothing. */
const TWINS: ReadonlySet<string> = new Set('асԁеһіјӏоорԛѕтиуѵԝхкмнвгАВСЕНІЈКМОРԚЅТУѴԜХΑΒΕΖΗΙΚΜΝΟΡΤΥΧαικνορτυχγωηϲϳ')

/** Full-width, mathematical and other forms that stand for plain letters or digits. */
function isOtherForm(character: string): boolean {
  return character > '\u007F' && /^[A-Za-z0-9]+$/.test(character.normalize('NFKC'))
}
