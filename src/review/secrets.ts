import { compareAddresses, type Address } from '../model/address.ts'
import type { SecretChange } from '../model/finding.ts'
import type { Sealed } from '../model/sealed.ts'

type Entry = SecretChange['entries'][number]
type Side = ReadonlyMap<Address, Sealed>

/** A place that holds a ciphertext. */
export interface Origin {
  readonly credential: Address
  readonly name: string
  readonly dataKey: string
}

/**
 * How the encrypted values of credentials differ, told from ciphertext alone: sops leaves the ciphertext of a value as it
 * is while neither the value nor the data key changes. Credentials without a difference are left out.
 */
export function secretChanges(before: Side, after: Side): readonly SecretChange[] {
  const origins = originsIn(before, after)
  return [...after]
    .toSorted(([a], [b]) => compareAddresses(a, b))
    .flatMap(([credential, is]) => {
      const was = before.get(credential)
      return was !== undefined && isSame(was, is) ? [] : [changeOf(credential, was, is, origins)]
    })
}

function isSame(was: Sealed, is: Sealed): boolean {
  return textOf(was) === textOf(is)
}

/** Everything but the name of the file, which says nothing about what is in it. */
function textOf({ entries, inClear, unselected, readers, dataKey, macOnlyEncrypted, threshold }: Sealed): string {
  return JSON.stringify([
    [...entries.keys()].toSorted().map(name => [name, entries.get(name)]),
    inClear,
    unselected,
    readers,
    dataKey,
    macOnlyEncrypted,
    threshold,
  ])
}

function changeOf(
  credential: Address,
  was: Sealed | undefined,
  is: Sealed,
  origins: ReadonlyMap<string, readonly Origin[]>,
): SecretChange {
  const isRekeyed = was !== undefined && hasOtherKey(was, is)
  const names = [...new Set([...(was?.entries.keys() ?? []), ...is.entries.keys(), ...is.inClear])].toSorted()
  const moved = new Set(movedEntries(credential, was, is, origins).map(({ name }) => name))
  return {
    credential,
    file: is.file,
    entries: names.map(name => ({ name, change: moved.has(name) ? 'moved' : entryChange(name, was, is, isRekeyed) })),
    isRekeyed,
    readers: {
      added: is.readers.filter(reader => !was?.readers.includes(reader)),
      removed: was?.readers.filter(reader => !is.readers.includes(reader)) ?? [],
      kept: is.readers.filter(reader => was?.readers.includes(reader) === true),
    },
  }
}

/** With another data key every ciphertext is another one; one that stayed proves that the key did. */
function hasOtherKey(was: Sealed, is: Sealed): boolean {
  return was.dataKey !== is.dataKey && ![...is.entries].some(([name, digest]) => was.entries.get(name) === digest)
}

function entryChange(name: string, was: Sealed | undefined, is: Sealed, isRekeyed: boolean): Entry['change'] {
  const [before, after] = [was?.entries.get(name), is.entries.get(name)]
  // What stands in clear now is told by the encryption that was weakened.
  if (after === undefined)
    return is.inClear.includes(name) && before !== undefined ? 'changed' : before === undefined ? 'added' : 'removed'
  if (before === undefined) return was?.inClear.includes(name) === true ? 'changed' : 'added'
  if (before === after) return 'unchanged'
  return isRekeyed ? 'unknown' : 'changed'
}

/** Every place of a ciphertext, on both sides. */
export function originsIn(before: Side, after: Side): ReadonlyMap<string, readonly Origin[]> {
  const origins = new Map<string, Origin[]>()
  for (const [credential, { entries, dataKey }] of [...before, ...after]) {
    for (const [name, digest] of entries) {
      const known = origins.get(digest)
      if (known === undefined) origins.set(digest, [{ credential, name, dataKey }])
      else known.push({ credential, name, dataKey })
    }
  }
  return origins
}

/** An entry that holds the ciphertext of another place, and that place. */
export interface Moved {
  readonly name: string
  readonly from: Origin
}

/** The entries of a credential whose ciphertext is new there, and stood somewhere else or still does. */
export function movedEntries(
  credential: Address,
  was: Sealed | undefined,
  is: Sealed,
  origins: ReadonlyMap<string, readonly Origin[]>,
): readonly Moved[] {
  return [...is.entries.keys()].toSorted().flatMap(name => {
    const digest = is.entries.get(name)!
    if (was?.entries.get(name) === digest) return []
    const others = (origins.get(digest) ?? []).filter(each => each.credential !== credential || each.name !== name)
    // Of several places the one that could open it: the same field under the same data key.
    const from = others.find(each => each.name === name && each.dataKey === is.dataKey) ?? others[0]
    return from === undefined ? [] : [{ name, from }]
  })
}
