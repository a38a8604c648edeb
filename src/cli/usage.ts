import { compareAddresses, KINDS, parseAddress, type Address } from '../model/address.ts'
import { addressIn } from './address-argument.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { unknownName } from './invalid-input.ts'
import { reading, type Found, type Reading } from './reading.ts'
import type { ReadingOptions } from './reading-options.ts'
import { painter } from './style.ts'
import { usesOf } from './uses.ts'
import type { Call } from './verbs.ts'
import { accountsCsv, accountsJson, accountsText, type Account } from './view/accounts.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'
import { usageCsv, usageJson, usageText, type UsageAnswer, type User } from './view/usage.ts'

interface UsageOptions extends ReadingOptions {
  readonly accounts: boolean
}

type UsageCall = Call<UsageOptions>

/** `tenon usage ADDRESS`, `tenon usage --accounts` */
export function run(call: UsageCall): Promise<ExitCode> {
  const { args, options } = call
  if ((args.length === 1) === options.accounts) throw new UsageError('usage takes an address, or else --accounts')
  return reading(call, options.accounts ? register : answer, diagnostics => usageJson(undefined, diagnostics, []))
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return usageJson(undefined, [], errors)
}

async function answer(from: Reading, { args, options, io }: UsageCall): Promise<ExitCode> {
  const address = await known(from, args[0] ?? '')
  const found = { address, from: from.from, users: await usersOf(address, from) }
  if (options.output === 'json') io.stdout.write(toJson(usageJson(found, from.diagnostics, [])))
  else if (options.output === 'csv') io.stdout.write(usageCsv(found))
  else io.stdout.write(usageText(found, painter(io, io.stdout, options.color)))
  return EXIT.ok
}

/** The address, if something is there. Throws `InvalidInput` for anything else. */
export async function known(from: Reading, text: string): Promise<Address> {
  const address = addressIn(text)
  if (address !== undefined && (await from.load([address])).has(address)) return address
  const all = [...(await from.list({})).map(({ resource }) => resource.address), ...from.catalogue.state.keys()]
  const message = address === undefined ? `"${text}" is not an address` : `there is no ${address}`
  const cure = `An address is kind/namespace/name, such as integration/acme/jira-support; kinds are ${KINDS.join(', ')}.`
  throw unknownName({ code: 'unknown-address', message, cure }, text, all)
}

/** Everything that uses an address, directly or through something else, nearest first. */
async function usersOf(address: Address, from: Reading): Promise<UsageAnswer['users']> {
  const used = new Set([address])
  const users: Reached[] = []
  let next: readonly Address[] = [address]
  for (let distance = 1; next.length > 0; distance++) {
    const referrers = new Set([...(await from.referrers(next)).values()].flat())
    next = [...referrers].filter(referrer => !used.has(referrer)).toSorted(compareAddresses)
    for (const referrer of next) used.add(referrer)
    const rows = await from.load(next)
    users.push(...next.flatMap(referrer => reached(rows.get(referrer), distance)))
  }
  // A nearer user may use a farther one as well: all uses are known only at the end.
  return users.map(user => withUses(user, used))
}

type Reached = Omit<User, 'uses'>

function reached(found: Found | undefined, distance: number): Reached[] {
  return found === undefined ? [] : [{ ...found, distance }]
}

function withUses(user: Reached, used: ReadonlySet<Address>): User {
  return { ...user, uses: usesOf(user.resource, used) }
}

/** The register of accounts: every credential with its record, and the integrations that act as its account. */
async function register(from: Reading, { options, io }: UsageCall): Promise<ExitCode> {
  const found = await from.list({ kinds: ['credential'] })
  const users = await from.referrers(found.map(({ resource }) => resource.address))
  const accounts: readonly Account[] = found.flatMap(row => {
    if (row.resource.kind !== 'credential') return []
    const integrations = (users.get(row.resource.address) ?? []).flatMap(address => parseAddress(address)?.name ?? [])
    return [{ ...row, resource: row.resource, integrations }]
  })
  if (options.output === 'json') io.stdout.write(toJson(accountsJson(accounts, from.diagnostics)))
  else if (options.output === 'csv') io.stdout.write(accountsCsv(accounts))
  else io.stdout.write(accountsText(accounts, painter(io, io.stdout, options.color)))
  return EXIT.ok
}
