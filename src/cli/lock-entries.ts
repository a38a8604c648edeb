import { compareAddresses, type Address } from '../model/address.ts'
import { acceptanceKey, accepting, isWrite, type Operation } from '../model/operation.ts'

/** A declared service whose operations a lock file lists. */
export interface Lockable {
  readonly address: Address
  readonly operations: readonly Operation[]
}

/** What a lock file is to say of one service, and how that differs from what it says. */
export interface LockEntry {
  readonly address: Address
  /** In the order of the file; none for a service that is not declared any more. */
  readonly accepted: readonly string[]
  /** Operations that become accepted, writes first. */
  readonly added: readonly Operation[]
  /** Entries of the file that stand for nothing any more. */
  readonly removed: readonly string[]
  readonly isGone: boolean
}

/** What the entries of a lock file are made from. */
export interface Locking {
  readonly services: readonly Lockable[]
  /** The file as it is; absent where there is none. */
  readonly listed: ReadonlyMap<Address, readonly string[]> | undefined
  /** Whether the entry of a service is to be brought up to date. */
  readonly touches: (address: Address) => boolean
  /** Of each service the only operations to accept beside those that are; absent: exactly those that it has. */
  readonly only: ReadonlyMap<Address, ReadonlySet<Operation>> | undefined
}

/** The entries of a lock file, by address: those that are brought up to date, and the others as they are. */
export function lockEntries({ services, listed = new Map(), touches, only }: Locking): readonly LockEntry[] {
  const declared = new Map(services.map(service => [service.address, service]))
  const addresses = new Set([...services.map(({ address }) => address), ...listed.keys()])
  const entries = [...addresses].toSorted(compareAddresses).map((address): LockEntry | undefined => {
    const service = declared.get(address)
    const before = listed.get(address)
    const chosen = only === undefined ? undefined : (only.get(address) ?? new Set())
    if (!touches(address) || chosen?.size === 0) return before && unchanged(address, before)
    if (service === undefined) return { address, accepted: [], added: [], removed: before ?? [], isGone: true }
    return updated(service, before ?? [], chosen)
  })
  return entries.filter(entry => entry !== undefined)
}

function unchanged(address: Address, listed: readonly string[]): LockEntry {
  return { address, accepted: inOrder(listed), added: [], removed: [], isGone: false }
}

function updated(
  { address, operations }: Lockable,
  listed: readonly string[],
  chosen: ReadonlySet<Operation> | undefined,
): LockEntry {
  const wanted = chosen === undefined ? operations : operations.filter(operation => chosen.has(operation))
  const before = new Set(listed.map(accepting))
  const keys = [...wanted.map(acceptanceKey), ...(chosen === undefined ? [] : listed)]
  const after = new Set(keys.map(accepting))
  const added = wanted.filter(operation => !before.has(accepting(acceptanceKey(operation))))
  return {
    address,
    accepted: inOrder(keys),
    added: writesFirst(added),
    removed: inOrder(listed.filter(key => !after.has(accepting(key)))),
    isGone: false,
  }
}

function inOrder(keys: readonly string[]): readonly string[] {
  return [...new Set(keys)].toSorted()
}

function writesFirst(operations: readonly Operation[]): readonly Operation[] {
  const byKey = new Map(operations.map(operation => [acceptanceKey(operation), operation]))
  return [...byKey.keys()]
    .toSorted()
    .map(key => byKey.get(key)!)
    .toSorted((a, b) => Number(isWrite(b)) - Number(isWrite(a)))
}

const HEADER = [
  'The operations that were accepted of the services in this folder, one on each line. `tenon lock` writes this file.',
  'An operation that is not listed is new: a permission that allows or confirms covers it only by name, or with includeNew.',
  'After a merge, keep the lines of both sides, then look at `tenon lock --check`.',
]

/** A lock file with these entries: the same bytes for the same entries, and one line for each operation. */
export function lockText(entries: readonly LockEntry[]): string {
  const kept = entries.filter(({ isGone }) => !isGone)
  const head = `${HEADER.map(line => `# ${line}\n`).join('')}formatVersion: 1\n`
  if (kept.length === 0) return `${head}services: {}\n`
  return `${head}services:\n${kept.map(serviceText).join('')}`
}

function serviceText({ address, accepted }: LockEntry): string {
  if (accepted.length === 0) return `  ${address}: []\n`
  return `  ${address}:\n${accepted.map(key => `    - ${scalar(key)}\n`).join('')}`
}

/** What every reader of YAML takes for this text where it stands bare; anything else goes into quotes. */
const BARE = /^[A-Z][A-Z-]* \/(?:[\w\-.~/{}$@!*+,;=():]*[\w\-.~/{}$@!*+,;=()])?$/

function scalar(key: string): string {
  return BARE.test(key) ? key : JSON.stringify(key)
}
