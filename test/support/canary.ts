/** Looks for a secret in everything that a program let out. */
import { createHash } from 'node:crypto'

/** A text in the forms in which it could leave a program: itself, escaped, encoded, hashed. */
export function encodings(text: string): Record<string, Buffer> {
  const bytes = Buffer.from(text)
  const utf16 = Buffer.from(text, 'utf16le')
  const base64 = [0, 1, 2].map(shift => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]).toString('base64')
    // The first and last group may share bits with what stands around the text.
    return Buffer.from(shifted.slice(shift === 0 ? 0 : 4, -4))
  })
  const digest = (name: string): Buffer => createHash(name).update(bytes).digest()
  const unicode = Array.from(text, char => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`).join('')
  const html = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;')
  return {
    raw: bytes,
    json: Buffer.from(JSON.stringify(text).slice(1, -1)),
    unicode: Buffer.from(unicode),
    percent: Buffer.from(encodeURIComponent(text)),
    form: Buffer.from(new URLSearchParams({ a: text }).toString().slice(2)),
    html: Buffer.from(html),
    hex: Buffer.from(bytes.toString('hex')),
    HEX: Buffer.from(bytes.toString('hex').toUpperCase()),
    base64: base64[0] ?? bytes,
    base64shift1: base64[1] ?? bytes,
    base64shift2: base64[2] ?? bytes,
    base64url: Buffer.from(bytes.toString('base64url').slice(0, -4)),
    userpass: Buffer.from(Buffer.from(`bot:${text}`).toString('base64').slice(0, -4)),
    utf16le: utf16,
    utf16be: Buffer.from(utf16).swap16(),
    sql: Buffer.from(text.replaceAll("'", "''")),
    ...Object.fromEntries(
      ['md5', 'sha1', 'sha256'].flatMap(name => [
        [`${name} bytes`, digest(name)],
        [`${name} hex`, Buffer.from(digest(name).toString('hex').slice(0, 8))],
        [`${name} base64`, Buffer.from(digest(name).toString('base64').slice(0, 12))],
      ]),
    ),
  }
}

/** The names of the encodings in which a dump holds a text. */
export function foundIn(dump: Buffer, text: string): string[] {
  return Object.entries(encodings(text)).flatMap(([name, bytes]) => (dump.includes(bytes) ? name : []))
}
