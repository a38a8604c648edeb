import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { WorldError } from '../model/errors.ts'
import type { Decrypt } from '../model/sops.ts'
import { decryptWith } from '../sops/decrypt.ts'

/** The age identities of a cluster: files that are mounted, and change when somebody rotates them. */
export interface Identities {
  /** Decrypts with what the files hold now. */
  readonly decrypt: Decrypt
  /** Reads the files again; true when they hold something else than before. */
  refresh(): Promise<boolean>
}

/** Identities from files; a file that cannot be read makes every SOPS document wait, and nothing else. */
export function identitiesIn(files: readonly string[]): Identities {
  let digest = ''
  let current: Decrypt | WorldError = decryptWith({ env: {}, home: undefined })
  const refresh = async (): Promise<boolean> => {
    const found = await readAll(files)
    const now = typeof found === 'string' ? createHash('sha256').update(found).digest('hex') : found.message
    if (now === digest) return false
    digest = now
    current = typeof found === 'string' ? decryptWith({ env: { SOPS_AGE_KEY: found }, home: undefined }) : found
    return true
  }
  return {
    refresh,
    decrypt: async (bytes, options) => {
      try {
        if (current instanceof WorldError) throw current
        return await current(bytes, options)
      } catch (error) {
        if (!(error instanceof WorldError)) throw error
        const { message, cure = 'Check the Secret that holds the age identities.' } = error
        return { kind: 'refused', problem: { severity: 'error', code: 'identity-unreadable', message, cure } }
      }
    },
  }
}

async function readAll(files: readonly string[]): Promise<string | WorldError> {
  try {
    return (await Promise.all(files.map(file => readFile(file, 'utf8')))).join('\n')
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    return new WorldError('key-file-unreadable', `The age identities cannot be read: ${why}.`, { cause })
  }
}
