import { linkSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { randomBytes } from 'node:crypto'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import { derive, deriveKey, type Key } from './envelope.ts'
import { codeOf, fileFailure, isExisting, isMissing } from './file-failure.ts'

/** The key-encryption keys that this process was given. The primary one seals; every one opens. */
export interface KeyRing {
  readonly primary: Key
  readonly byId: ReadonlyMap<string, Key>
  /** The file they came from, for messages. */
  readonly file: string
}

const MAX_BYTES = 65_536
const LINE = /^(?:([A-Za-z0-9][A-Za-z0-9._-]{0,63}):)?([A-Za-z0-9+/]{43}=)$/

export const MAKE_A_KEY =
  'Make one with: openssl rand -base64 32 > tenon.key; keep a copy in a safe place; name it in TENON_KEY_FILE.'

/**
 * Reads a key file. One key per line: 32 random bytes in base64, as `openssl rand -base64 32` prints them, after an id
 * and a colon if it shall have a name of its own. Empty lines and lines that begin with `#` are left out. The first key
 * is the primary one. To rotate, put a new key above the old ones, rewrap, then remove the old ones.
 * Throws `WorldError` for a file that cannot be read or holds anything else; never with a key in its text.
 */
export function readKeyFile(file: string, notice: (message: string) => void): KeyRing {
  const keys = new Map<string, Key>()
  for (const [index, line] of readLines(file).entries()) {
    if (line === '' || line.startsWith('#')) continue
    const key = keyOn(line)
    if (key === undefined) throw invalid(file, `line ${index + 1} is not a key`)
    if (keys.has(key.id)) throw invalid(file, `line ${index + 1} repeats the key ${key.id}`)
    keys.set(key.id, key)
  }
  const [primary] = keys.values()
  if (primary === undefined) throw invalid(file, 'it holds no key')
  if ((statSync(file).mode & 0o007) !== 0) {
    notice(`The key file ${file} can be read by everybody on this machine; chmod 600 keeps them out.`)
  }
  return { primary, byId: keys, file }
}

/**
 * Creates a key file for the embedded store, mode 0600, and a `.gitignore` that keeps key and store out of Git. A file
 * that is there already stays, whoever made it first.
 */
export function createKeyFile(file: string, notice: (message: string) => void): void {
  const folder = path.dirname(file)
  const draft = `${file}.${randomBytes(6).toString('hex')}`
  try {
    writeFileSync(draft, keyFileText(randomBytes(32)), { mode: 0o600, flag: 'wx', flush: true })
    // A link either makes the whole file appear or fails because there is one: nobody ever reads half a key.
    linkSync(draft, file)
  } catch (error) {
    if (isExisting(error)) return
    throw fileFailure(error, file)
  } finally {
    rmSync(draft, { force: true })
  }
  ignoreInGit(folder, path.basename(file))
  notice(
    `Created the key ${file}. Keep a copy in a safe place: without it nobody can read the credentials in the store.`,
  )
}

function readLines(file: string): string[] {
  try {
    const bytes = readFileSync(file)
    if (bytes.length > MAX_BYTES) throw invalid(file, 'it is too large')
    return bytes
      .toString('latin1')
      .split('\n')
      .map(line => line.trim())
  } catch (error) {
    if (error instanceof WorldError) throw error
    throw new WorldError('key-unreadable', `The key file ${file} cannot be read (${codeOf(error)}).`, {
      cure: isMissing(error) ? MAKE_A_KEY : 'Let this user read the file, or name another one in TENON_KEY_FILE.',
    })
  }
}

function keyOn(line: string): Key | undefined {
  const parts = LINE.exec(line)
  if (parts === null) return undefined
  const [, id, text = ''] = parts
  const secret = Buffer.from(text, 'base64')
  return deriveKey(id ?? idOf(secret), secret)
}

/** The id of a key without a name: made from the key, so that one key has the same id in every file. */
function idOf(secret: Uint8Array): string {
  return `k-${derive(secret, 'tenon key id v1').toString('hex', 0, 4)}`
}

function keyFileText(secret: Uint8Array): string {
  const id = idOf(secret)
  return `# Opens the credentials in the store beside it. Keep a copy, and keep it out of Git.\n${id}:${Buffer.from(secret).toString('base64')}\n`
}

function ignoreInGit(folder: string, key: string): void {
  try {
    writeFileSync(path.join(folder, '.gitignore'), `/${key}\n/store.db*\n`, { flag: 'wx' })
  } catch (error) {
    if (!isExisting(error)) throw fileFailure(error, folder)
  }
}

function invalid(file: string, reason: string): WorldError {
  return new WorldError('key-invalid', `The key file ${file} is not valid: ${reason}.`, {
    cure: 'Write one key per line: 32 bytes in base64, after an id and a colon if you like.',
  })
}
