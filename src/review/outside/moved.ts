import type { SecretChange } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import { movedEntries, originsIn } from '../secrets.ts'
import { integrationsUsing, type OutsideInput } from './input.ts'
import { called, listed, type Said } from './say.ts'
import type { Address } from '../../model/address.ts'

/** What is said of ciphertext that stands where it did not stand, and of files that hold the values of others. */
export function movedFindings(changes: readonly SecretChange[], input: OutsideInput): readonly Said[] {
  return [...movedEntriesOf(changes, input), ...sharedBytes(input)]
}

/** Ciphertext is bound to the path of its field, so that it opens under the same one only, and only with its data key. */
function movedEntriesOf(changes: readonly SecretChange[], input: OutsideInput): readonly Said[] {
  const { before, after } = input.sealed
  const origins = originsIn(before, after)
  return changes.flatMap(({ credential }) =>
    movedEntries(credential, before.get(credential), after.get(credential)!, origins).map(({ name, from }) => {
      const opens = from.name === name && from.dataKey === after.get(credential)!.dataKey
      const isRenamed = opens && input.after.find(from.credential) === undefined
      const source = `${from.name} of ${called(from.credential)}`
      return {
        kind: 'credential-values-moved',
        address: credential,
        severity: isRenamed ? 'low' : 'high',
        direction: opens && !isRenamed ? 'widens' : 'unclear',
        integrations: integrationsUsing(input, credential),
        summary: opens
          ? `credential ${nameIn(credential)} has the ciphertext of ${source}: the same value, if it was encrypted there`
          : `credential ${nameIn(credential)} has the ciphertext of ${source} under ${name}, where it does not decrypt: applying it fails`,
        before: source,
        after: `${name} of ${called(credential)}`,
        facts: { name, from: from.credential, fromName: from.name, opens },
        edits: [
          { side: 'after', address: credential, path: ['spec', 'data', ...name.split('.')], edit: 'ciphertext moved' },
        ],
      } satisfies Said
    }),
  )
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
