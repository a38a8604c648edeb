import { Decrypter, Encrypter, armor, identityToRecipient } from 'age-encryption'
import { WorldError } from '../model/errors.ts'

/** An identity with its keys imported, and the recipient that it answers to. */
export interface AgeIdentity {
  readonly recipient: string
  readonly decrypter: Decrypter
}

/** Importing a key costs a curve operation, so a list is prepared once; it is found again as long as the caller has it. */
const prepared = new WeakMap<readonly string[], Promise<readonly AgeIdentity[]>>()

/** Imports age identities, once for one array. Throws `WorldError` (`identity-malformed`), which never shows the key. */
export function prepareIdentities(identities: readonly string[]): Promise<readonly AgeIdentity[]> {
  const known = prepared.get(identities) ?? Promise.all(identities.map(prepareIdentity))
  prepared.set(identities, known)
  return known
}

async function prepareIdentity(identity: string, index: number): Promise<AgeIdentity> {
  try {
    const decrypter = new Decrypter()
    decrypter.addIdentity(identity)
    return { recipient: await identityToRecipient(identity), decrypter }
  } catch {
    // The library's errors print the whole key: neither message nor cause may be kept.
    throw new WorldError('identity-malformed', `age identity ${index + 1} is malformed.`, {
      cure: 'An identity is one line that starts with AGE-SECRET-KEY-, as age-keygen writes it.',
    })
  }
}

/** Whether a text is an age identity that can be used here. */
export async function isIdentity(text: string): Promise<boolean> {
  return prepareIdentity(text, 0).then(
    () => true,
    () => false,
  )
}

/** Decrypts an armoured age file; `undefined` where the identity does not open it or it is damaged. */
export async function openArmored(enc: string, identity: AgeIdentity): Promise<Uint8Array | undefined> {
  try {
    return await identity.decrypter.decrypt(armor.decode(enc))
  } catch {
    return undefined
  }
}

/** Encrypts a data key to one recipient as an armoured age file. Throws `WorldError` (`recipient-malformed`). */
export async function sealArmored(dataKey: Uint8Array, recipient: string): Promise<string> {
  const encrypter = new Encrypter()
  try {
    encrypter.addRecipient(recipient)
  } catch {
    // Somebody may have put an identity where a recipient belongs: the text is not shown.
    throw new WorldError('recipient-malformed', 'An age recipient is malformed.', {
      cure: 'A recipient is one word that starts with age1, as age-keygen -y writes it.',
    })
  }
  return armor.encode(await encrypter.encrypt(dataKey))
}
