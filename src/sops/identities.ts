import { readFile } from 'node:fs/promises'
import { WorldError } from '../model/errors.ts'
import { isIdentity } from './age.ts'

/** Where identities are looked for, as values: nothing else of the process is asked. */
export interface IdentitySources {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly home: string | undefined
  /** `process.platform`; macOS has its own folder for settings. Default: this machine's. */
  readonly platform?: string
  /** Reads a text file; default: from the disk. */
  readonly readFile?: (path: string) => Promise<string>
}

/** A text with identities, and how to name it in a message. */
interface KeyText {
  readonly name: string
  readonly text: string
  /** `SOPS_AGE_KEY` may hold several on a line, a file one on each (`age/keysource.go`, parseIdentities). */
  readonly perLine: 'one' | 'many'
}

/**
 * Finds age identities where sops does (getsops/sops `age/keysource.go`, loadIdentities): `SOPS_AGE_KEY`, the file of
 * `SOPS_AGE_KEY_FILE`, and the default key file, all of them together. Never `~/.ssh`, never `SOPS_AGE_KEY_CMD`; identities
 * of age plugins are passed over, since they run programs. Throws `WorldError` for a file that was named and cannot be
 * read (`key-file-unreadable`) and for a malformed identity (`identity-malformed`), which is never shown.
 */
export async function findIdentities(sources: IdentitySources): Promise<readonly string[]> {
  const texts = [environmentText(sources), await namedFile(sources), await defaultFile(sources)]
  const found = await Promise.all(texts.filter(text => text !== undefined).map(identitiesIn))
  return [...new Set(found.flat())]
}

function environmentText({ env }: IdentitySources): KeyText | undefined {
  const text = env['SOPS_AGE_KEY']
  return text === undefined ? undefined : { name: 'SOPS_AGE_KEY', text, perLine: 'many' }
}

async function namedFile(sources: IdentitySources): Promise<KeyText | undefined> {
  const path = sources.env['SOPS_AGE_KEY_FILE']
  if (path === undefined || path === '') return undefined
  try {
    return { name: `the file that SOPS_AGE_KEY_FILE names (${path})`, text: await read(sources, path), perLine: 'one' }
  } catch (error) {
    throw unreadable(`SOPS_AGE_KEY_FILE names ${path}, which cannot be read${reason(error)}.`, error)
  }
}

async function defaultFile(sources: IdentitySources): Promise<KeyText | undefined> {
  const path = defaultPath(sources)
  if (path === undefined) return undefined
  try {
    return { name: `the key file ${path}`, text: await read(sources, path), perLine: 'one' }
  } catch (error) {
    // Most people have no such file, and somebody who named a key does not need it.
    const elsewhere = sources.env['SOPS_AGE_KEY'] !== undefined || sources.env['SOPS_AGE_KEY_FILE'] !== undefined
    if (elsewhere || ['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return undefined
    throw unreadable(`The key file ${path} cannot be read${reason(error)}.`, error)
  }
}

/** sops' own place for keys, on Linux and on macOS. A relative `XDG_CONFIG_HOME` counts for nothing, as in Go. */
function defaultPath({ env, home, platform = process.platform }: IdentitySources): string | undefined {
  const below = 'sops/age/keys.txt'
  const xdg = env['XDG_CONFIG_HOME']
  if (xdg !== undefined && xdg.startsWith('/')) return `${xdg}/${below}`
  if (home === undefined || home === '') return undefined
  return platform === 'darwin' ? `${home}/Library/Application Support/${below}` : `${home}/.config/${below}`
}

async function identitiesIn({ name, text, perLine }: KeyText): Promise<readonly string[]> {
  const lines = text.split(/\r?\n/).map((line, index) => ({ line: line.trim(), number: index + 1 }))
  const used = lines.filter(({ line }) => line !== '' && !line.startsWith('#'))
  const words = used.flatMap(({ line, number }) =>
    (perLine === 'many' ? line.split(/\s+/) : [line]).map(word => ({ word, number })),
  )
  const native = words.filter(({ word }) => !word.startsWith('AGE-PLUGIN-'))
  for (const { word, number } of native) {
    if (await isIdentity(word)) continue
    throw new WorldError('identity-malformed', `Line ${number} of ${name} is no age identity.`, {
      cure: 'Every line that is no # comment is one identity that starts with AGE-SECRET-KEY-, as age-keygen writes it.',
    })
  }
  return native.map(({ word }) => word)
}

function read(sources: IdentitySources, path: string): Promise<string> {
  return sources.readFile === undefined ? readFile(path, 'utf8') : sources.readFile(path)
}

function unreadable(message: string, cause: unknown): WorldError {
  const cure = 'Let SOPS_AGE_KEY_FILE name a key file that this user may read, or put the identity into SOPS_AGE_KEY.'
  return new WorldError('key-file-unreadable', message, { cure, cause })
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['EACCES', 'permission is denied'],
  ['EISDIR', 'it is a folder'],
])

function reason(error: unknown): string {
  const code = codeOf(error)
  const text = REASONS.get(code) ?? code
  return text === '' ? '' : `: ${text}`
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : ''
}
