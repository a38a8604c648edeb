import type { Decrypt } from '../model/sops.ts'
import { findIdentities, type IdentitySources } from './identities.ts'
import { readSops } from './read.ts'

/**
 * Decryption for `resolve`, with the identities of the places that sops looks in. They are looked for when the first file
 * needs one. It throws `WorldError` for a key file that cannot be read and for a malformed identity.
 */
export function decryptWith(sources: IdentitySources): Decrypt {
  let found: Promise<readonly string[]> | undefined
  return async (bytes, options) => {
    found ??= findIdentities(sources)
    return readSops(bytes, { ...options, identities: await found })
  }
}
