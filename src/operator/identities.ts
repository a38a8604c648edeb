import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { WorldError } from '../model/errors.ts'
import type { Decrypt, SopsVerdict } from '../model/sops.ts'
import { decryptWith } from '../sops/decrypt.ts'

/** The age identities of a cluster: files that are mounted, and change when somebody rotates them. */
export interface Identities {
  /** Decrypts with what the files hold; where nothing in them fits, they are read again first. */
  readonly decrypt: Decrypt
  /** Reads the files again; true when they hold something else than at the last refresh. */
  refresh(): Promise<boolean>
}

/** Identities from files; a file that cannot be read makes every SOPS document wait, and nothing else. */
export function identitiesIn(files: readonly string[]): Identities {
  let current: Held = { digest: '', decrypt: decryptWith({ env: {}, home: undefined }) }
  let told = current.digest
  const reload = async (): Promise<boolean> => {
    const held = await heldIn(files)
    if (held.digest === current.digest) return false
    current = held
    return true
  }
  return {
    refresh: async () => {
      await reload()
      const isNew = told !== current.digest
      told = current.digest
      return isNew
    },
    decrypt: async (bytes, options) => {
      const verdict = await attempt(current.decrypt, bytes, options)
      // Who rotates an identity need not wait for the next refresh.
      const isLacking = verdict.kind === 'refused' && LACKING.has(verdict.problem.code)
      return cured(isLacking && (await reload()) ? await attempt(current.decrypt, bytes, options) : verdict)
    },
  }
}

const UNREADABLE = 'identity-unreadable'
const UNMATCHED = 'sops-no-matching-identity'
const LACKING = new Set([UNREADABLE, UNMATCHED])

/** Nobody sets variables for the operator. */
function cured(verdict: SopsVerdict): SopsVerdict {
  if (verdict.kind !== 'refused' || verdict.problem.code !== UNMATCHED) return verdict
  const cure =
    'Add the identity of one of these recipients to the Secret that the operator reads them from, or have one of them add a recipient of the operator with sops updatekeys.'
  return { kind: 'refused', problem: { ...verdict.problem, cure } }
}

/** What the files hold; where they cannot be used, decryption says why. */
interface Held {
  readonly digest: string
  readonly decrypt: Decrypt
}

async function heldIn(files: readonly string[]): Promise<Held> {
  try {
    const text = (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('\n')
    const digest = createHash('sha256').update(text).digest('hex')
    return { digest, decrypt: decryptWith({ env: { SOPS_AGE_KEY: text }, home: undefined }) }
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    const error = new WorldError('key-file-unreadable', `The age identities cannot be read: ${why}.`, { cause })
    return { digest: why, decrypt: () => Promise.reject(error) }
  }
}

async function attempt(decrypt: Decrypt, ...asked: Parameters<Decrypt>): Promise<SopsVerdict> {
  try {
    return await decrypt(...asked)
  } catch (error) {
    if (!(error instanceof WorldError)) throw error
    return { kind: 'refused', problem: { severity: 'error', code: UNREADABLE, ...sayable(error) } }
  }
}

/** The error of a line that is no identity names a variable, which nobody set here. */
function sayable({ code, message }: WorldError): { readonly message: string; readonly cure: string } {
  const isMalformed = code === 'identity-malformed'
  return {
    message: isMalformed ? 'A line of the files with age identities is no age identity.' : message,
    cure: 'Check the Secret that holds the age identities: one identity a line, as age-keygen writes it.',
  }
}
