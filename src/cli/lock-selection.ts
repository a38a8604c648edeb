import type { Address } from '../model/address.ts'
import { acceptanceKey, accepting, type Operation } from '../model/operation.ts'
import { InvalidInput, unknownName } from './invalid-input.ts'
import type { Lockable, Locking } from './lock-entries.ts'

/** Which entries of lock files are brought up to date, and how far. */
export type LockSelection = Pick<Locking, 'touches' | 'only'>

interface Known {
  readonly services: readonly Lockable[]
  readonly listed: ReadonlyMap<Address, readonly string[]>
}

/** What `--service` and `--operation` mean. Throws `InvalidInput` for names of nothing, or of several things. */
export function selectionOf(
  flags: { readonly service: readonly string[]; readonly operation: readonly string[] },
  known: Known,
): LockSelection {
  const addresses = new Set<string>([...known.services.map(({ address }) => address), ...known.listed.keys()])
  for (const text of flags.service) if (!addresses.has(text)) throw unknownService(text, addresses)
  const wanted = new Set(flags.service)
  const touches = (address: Address): boolean => wanted.size === 0 || wanted.has(address)
  if (flags.operation.length === 0) return { touches, only: undefined }
  const only = new Map<Address, Set<Operation>>()
  for (const text of flags.operation) {
    const { address, operation } = findOperation(text, known, touches)
    only.set(address, (only.get(address) ?? new Set()).add(operation))
  }
  return { touches, only }
}

function unknownService(text: string, addresses: ReadonlySet<string>): InvalidInput {
  const message = `"${text}" is no service whose operations the lock file lists`
  const cure =
    'Give the address of a declared service that has operations and does not list the accepted ones itself, such as serviceDefinition/acme/billing.'
  return unknownName({ code: 'unknown-service', message, cure }, text, addresses)
}

interface FoundOperation {
  readonly address: Address
  readonly operation: Operation
}

/** The operation that a text names, by `METHOD /path` or its id; of several the one that is not accepted yet. */
function findOperation(text: string, { services, listed }: Known, touches: LockSelection['touches']): FoundOperation {
  const among = services.filter(({ address }) => touches(address))
  const found = among.flatMap(({ address, operations }) =>
    operations.filter(operation => isNamed(operation, text)).map(operation => ({ address, operation })),
  )
  const isNew = ({ address, operation }: FoundOperation): boolean =>
    !(listed.get(address) ?? []).some(key => accepting(key) === accepting(acceptanceKey(operation)))
  const fresh = found.filter(isNew)
  const [only, another] = fresh.length === 0 ? found : fresh
  if (only === undefined) throw unknownOperation(text, among)
  if (another !== undefined) throw ambiguous(text, fresh.length === 0 ? found : fresh)
  return only
}

function isNamed(operation: Operation, text: string): boolean {
  if (operation.id === text) return true
  const space = text.indexOf(' ')
  return `${text.slice(0, space).toUpperCase()}${text.slice(space)}` === acceptanceKey(operation)
}

function unknownOperation(text: string, services: readonly Lockable[]): InvalidInput {
  const names = services.flatMap(({ operations }) =>
    operations.flatMap(operation => [operation.id, acceptanceKey(operation)]),
  )
  const message = `no service here has the operation "${text}"`
  const cure = 'Write it as "METHOD /path", with the template as the document writes it, or by its id.'
  return unknownName({ code: 'unknown-operation', message, cure }, text, names)
}

function ambiguous(text: string, found: readonly FoundOperation[]): InvalidInput {
  const places = found.map(({ address, operation }) => `${acceptanceKey(operation)} of ${address}`)
  const message = `"${text}" means several operations: ${places.slice(0, 3).join(', ')}${places.length > 3 ? ` and ${places.length - 3} more` : ''}`
  const cure = 'Say which service with --service, or write the operation as "METHOD /path".'
  return new InvalidInput([{ severity: 'error', code: 'ambiguous-operation', message, cure }])
}
