import type { Address } from '../../model/address.ts'
import type { SecretChange } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import { movedEntries, originsIn } from '../secrets.ts'
import { integrationsUsing, type OutsideInput } from './input.ts'
import { called, listed, type Said } from './say.ts'

/** What is said of ciphertext that stands where it did not stand, and of files that hold the values of others. */
export function movedFindings(changes: readonly SecretChange[], input: OutsideInput): readonly Said[] {
  return [...movedEntriesOf(changes, input), ...sharedBytes(input)]
}

/** Entries of one credential that came from another place in the same way. */
interface Group {
  readonly credential: Address
  readonly from: Address
  /** Ciphertext is bound to the path of its field, so that it opens under the same one only, and only with its data key. */
  readonly opens: boolean
  readonly entries: { readonly name: string; readonly fromName: string }[]
}

function movedEntriesOf(changes: readonly SecretChange[], input: OutsideInput): readonly Said[] {
  const { before, after } = input.sealed
  const origins = originsIn(before, after)
  const groups = new Map<string, Group>()
  for (const { credential } of changes) {
    const is = after.get(credential)!
    for (const { name, from } of movedEntries(credential, before.get(credential), is, origins)) {
      const opens = from.name === name && from.dataKey === is.dataKey
      const key = `${credential} ${from.credential} ${opens}`
      const entry = { name, fromName: from.name }
      const known = groups.get(key)
      if (known === undefined) groups.set(key, { credential, from: from.credential, opens, entries: [entry] })
      else known.entries.push(entry)
    }
  }
  return [...groups.values()].map(group => (group.opens ? copied(group, input) : misplaced(group, input)))
}

/** The values of another credential, perhaps one that goes by another name now. */
function copied({ credential, from, entries }: Group, input: OutsideInput): Said {
  const isRenamed = input.after.find(from) === undefined
  const names = entries.map(({ name }) => name)
  return {
    kind: 'credential-values-moved',
    address: credential,
    severity: isRenamed ? 'low' : 'high',
    direction: isRenamed ? 'unclear' : 'widens',
    integrations: integrationsUsing(input, credential),
    summary: `credential ${nameIn(credential)} has the encrypted values of ${called(from)}${isRenamed ? ', which is gone' : ''}: ${listed(names)}`,
    before: called(from),
    after: called(credential),
    facts: { from, names, opens: true },
    edits: editsOf(credential, names, 'ciphertext of another credential'),
  }
}

function misplaced({ credential, from, entries }: Group, input: OutsideInput): Said {
  const names = entries.map(({ name }) => name)
  const moves = entries.map(({ name, fromName }) => (name === fromName ? name : `${fromName} as ${name}`))
  const source = from === credential ? 'another place' : called(from)
  return {
    kind: 'credential-values-moved',
    address: credential,
    severity: 'high',
    direction: 'unclear',
    integrations: integrationsUsing(input, credential),
    summary: `credential ${nameIn(credential)} has ciphertext of ${source} where it does not decrypt (${listed(moves)}): applying it fails`,
    before: `${listed(entries.map(({ fromName }) => fromName))} of ${called(from)}`,
    after: `${listed(names)} of ${called(credential)}`,
    facts: { from, entries, opens: false },
    edits: editsOf(credential, names, 'ciphertext moved'),
  }
}

function editsOf(address: Address, names: readonly string[], edit: string): Said['edits'] {
  return names.map(name => ({ side: 'after', address, path: ['spec', 'data', ...name.split('.')], edit }))
}

/** A credential whose values come from the very file of another one. */
function sharedBytes(input: OutsideInput): readonly Said[] {
  const { sameBytes, changes, after } = input
  if (sameBytes === undefined) return []
  return changes.flatMap(({ address, before: was, after: is }) => {
    if (is?.kind !== 'credential' || is.secret === undefined || was?.secret?.source === is.secret.source) return []
    const others = sameBytes(address).filter(other => other !== address && !isSibling(other, address, input))
    if (others.length === 0) return []
    const stay = others.filter(other => after.find(other) !== undefined)
    return {
      kind: 'credential-values-moved',
      address,
      severity: stay.length > 0 ? 'high' : 'low',
      direction: stay.length > 0 ? 'widens' : 'unclear',
      integrations: integrationsUsing(input, address),
      summary: `credential ${nameIn(address)} has the encrypted values of ${listed(others.map(called))}`,
      before: listed(others.map(called)),
      after: called(address),
      facts: { from: others },
      edits: [{ side: 'after', address, path: ['spec', 'file'], edit: 'encrypted file of another credential' }],
    } satisfies Said
  })
}

/** Documents of one file that was encrypted in place have its bytes in common, and each its own values. */
function isSibling(other: Address, address: Address, { before, sealed }: OutsideInput): boolean {
  const file = sealed.after.get(address)?.file
  return file !== undefined && before.find(other)?.origin.file === file
}
