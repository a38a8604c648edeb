const MAX_LENGTH = 8192
const MAX_ROUNDS = 4
const ESCAPE = /%[0-9a-f]{2}/i

/**
 * Why a requested path is refused whatever the permissions say, as the end of a sentence; `undefined` for a plain path.
 * Servers differ in how they read such paths, so that one matched to a harmless operation here could reach another one
 * there. What is hidden by encoding it several times is found too.
 */
export function unsafePath(path: string): string | undefined {
  if (path.length > MAX_LENGTH) return `is longer than ${MAX_LENGTH} characters`
  let text = path
  for (let round = 0; round <= MAX_ROUNDS; round++) {
    const reason = unsafeText(text, round > 0)
    if (reason !== undefined) return reason
    if (!ESCAPE.test(text)) return round === 0 && text.includes('%') ? MALFORMED : undefined
    const decoded = decode(text)
    if (decoded === undefined) return MALFORMED
    text = decoded
  }
  return 'is percent-encoded many times over'
}

const MALFORMED = 'is not properly percent-encoded'

/** `decoded`: escapes are taken out already, so a slash count that grew tells an encoded slash. */
function unsafeText(text: string, decoded: boolean): string | undefined {
  if (/%(2f|5c)/i.test(text)) return 'holds an encoded slash or backslash'
  if (text.includes('\\')) return decoded ? 'holds an encoded slash or backslash' : 'holds a backslash'
  if (hasControl(text)) return 'holds a control character'
  const segments = text.split('/').slice(1)
  if (segments.some(isDots)) return 'holds a segment "." or ".."'
  return segments.slice(0, -1).includes('') ? 'holds an empty segment ("//")' : undefined
}

/** Some servers cut parameters off a segment before they look for dots: `..;x=1`. */
function isDots(segment: string): boolean {
  const [name] = segment.split(';', 1)
  return name === '.' || name === '..'
}

function hasControl(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index)
    if (code < 0x20 || (code >= 0x7f && code <= 0x9f)) return true
  }
  return false
}

function decode(text: string): string | undefined {
  try {
    return decodeURIComponent(text)
  } catch {
    return undefined
  }
}

/** The segments of a safe path, decoded: what a server compares with its routes. */
export function requestSegments(path: string): readonly string[] {
  return path
    .slice(1)
    .split('/')
    .map(segment => decode(segment) ?? segment)
}
