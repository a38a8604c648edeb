import { openArmored, type AgeIdentity } from './age.ts'
import type { AgeEntry, KeyGroup, Metadata } from './metadata.ts'
import { SopsError } from './refusal.ts'
import { combineShares } from './shamir.ts'

const KEY_BYTES = 32
const SHOWN = 5

/**
 * Recovers the data key of a file (`sops.go`, GetDataKeyWithKeyServices): one group holds the key itself, several hold
 * Shamir shares. Stricter: exactly 32 bytes. Throws `SopsError` naming the recipients that would open the file.
 */
export async function recoverDataKey(metadata: Metadata, identities: readonly AgeIdentity[]): Promise<Uint8Array> {
  const parts = await Promise.all(metadata.groups.map(group => openGroup(group, identities)))
  const opened = parts.filter(part => part !== undefined)
  if (opened.length < metadata.threshold) {
    const closed = metadata.groups.filter((_, index) => parts[index] === undefined)
    throw unopened(metadata, closed, identities)
  }
  const key = metadata.groups.length === 1 ? opened[0] : combineShares(opened)
  if (key?.length !== KEY_BYTES)
    throw damaged('The data key of the file has a wrong length or is put together wrongly.')
  return key
}

/** Tries entries that name one of our recipients first; the label proves nothing, so the others follow. */
async function openGroup(group: KeyGroup, identities: readonly AgeIdentity[]): Promise<Uint8Array | undefined> {
  const pairs = group.age.flatMap(entry => identities.map(identity => ({ entry, identity })))
  const named = pairs.filter(isNamed)
  const others = pairs.filter(pair => !isNamed(pair))
  for (const { entry, identity } of [...named, ...others]) {
    const part = await openArmored(entry.enc, identity)
    if (part !== undefined) return part
  }
  return undefined
}

function isNamed({ entry, identity }: { entry: AgeEntry; identity: AgeIdentity }): boolean {
  return entry.recipient === identity.recipient
}

function unopened(metadata: Metadata, closed: readonly KeyGroup[], identities: readonly AgeIdentity[]): SopsError {
  const entries = closed.flatMap(group => group.age)
  const ours = entries.find(entry => identities.some(identity => isNamed({ entry, identity })))
  if (ours !== undefined) {
    return damaged(
      `The data key for ${showRecipient(ours.recipient)} does not open with the identity of that recipient.`,
    )
  }
  const needed = neededGroups(metadata)
  const wanted = entries.map(entry => entry.recipient).filter(isNative)
  const foreign = [...new Set(closed.flatMap(foreignKeys))].toSorted()
  if (wanted.length === 0) {
    return new SopsError('sops-unsupported-key-service', `Only ${list(foreign)} can open the file${needed}.`, {
      cure: 'Tenon opens files with age keys: add an age recipient with sops updatekeys.',
    })
  }
  const also = foreign.length === 0 ? '' : `, and for ${list(foreign)}, which Tenon does not use`
  const have =
    identities.length === 0 ? 'No age identity is at hand' : `None of ${identities.length} age identities opens it`
  const message = `The file is encrypted for ${list(wanted.map(showRecipient))}${also}${needed}. ${have}.`
  return new SopsError('sops-no-matching-identity', message, {
    cure: 'Name the key file of one of these recipients in SOPS_AGE_KEY_FILE, or have one of them add you with sops updatekeys.',
  })
}

function neededGroups({ groups, threshold }: Metadata): string {
  return groups.length === 1 ? '' : ` (${threshold} of ${groups.length} key groups are needed)`
}

/** What opens a group and is no key of ours: services, SSH keys, plugins. */
function foreignKeys(group: KeyGroup): readonly string[] {
  const others = group.age.filter(entry => !isNative(entry.recipient))
  const kinds = others.map(entry => (entry.recipient.startsWith('ssh-') ? 'an SSH key' : 'an age plugin'))
  return [...group.services, ...kinds]
}

/** Native recipients are `age1…` and `age1pq1…`; a further `1` names a plugin (`age/keysource.go`, parseRecipient). */
function isNative(recipient: string): boolean {
  return /^age1(?:pq1)?[02-9a-z]+$/.test(recipient)
}

/** A post-quantum recipient has 2,000 characters. */
function showRecipient(recipient: string): string {
  return recipient.length <= 70 ? recipient : `${recipient.slice(0, 40)}…`
}

function list(names: readonly string[]): string {
  const more = names.length > SHOWN ? ` and ${names.length - SHOWN} more` : ''
  return names.length === 0 ? 'nobody' : names.slice(0, SHOWN).join(', ') + more
}

function damaged(message: string): SopsError {
  return new SopsError('sops-data-key-invalid', message, {
    cure: 'The file is damaged or forged: take it as sops wrote it.',
  })
}
