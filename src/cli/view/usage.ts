import { KINDS, type Address } from '../../model/address.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Resource } from '../../model/state.ts'
import type { Found } from '../reading.ts'
import { visible, type Paint } from '../style.ts'
import type { Use } from '../uses.ts'
import { originText, provenance } from './found.ts'
import type { ErrorJson } from './plan-json.ts'
import { csv } from './table.ts'

/** A resource that uses what was asked about: directly at distance 1, through others beyond. */
export interface User extends Found {
  readonly distance: number
  readonly uses: readonly Use[]
}

/** What `usage` found, nearest first. */
export interface UsageAnswer {
  readonly address: Address
  readonly from: 'store' | 'files'
  readonly users: readonly User[]
}

/** What `usage -o json` prints, whatever happened (`schemas/usage.schema.json`). */
export function usageJson(
  answer: UsageAnswer | undefined,
  diagnostics: readonly Diagnostic[],
  errors: readonly ErrorJson[],
): Record<string, unknown> {
  const users = answer?.users ?? []
  return {
    complete: answer !== undefined,
    ...(answer && { address: answer.address, source: answer.from }),
    counts: Object.fromEntries(
      KINDS.map(kind => [kind, users.filter(({ resource }) => resource.kind === kind).length]),
    ),
    users: users.map(userJson),
    diagnostics,
    errors,
  }
}

function userJson(user: User): Record<string, unknown> {
  const { resource, distance, uses } = user
  return {
    address: resource.address,
    kind: resource.kind,
    title: titleOf(resource),
    ...(resource.kind === 'consumer' && { type: resource.spec.type }),
    direct: distance === 1,
    distance,
    uses,
    ...provenance(user),
  }
}

/** What people call a resource. */
export function titleOf(resource: Resource): string {
  switch (resource.kind) {
    case 'integration':
      return resource.spec.title
    case 'credential':
      return resource.spec.label
    case 'guardrail':
      return resource.name
    default:
      return resource.spec.displayName
  }
}

/** What uses an address, for a spreadsheet: one row for each use. */
export function usageCsv({ users }: UsageAnswer): string {
  const rows = users.flatMap(({ resource, distance, uses }) =>
    uses.map(({ address, as, line }) => [
      resource.address,
      titleOf(resource),
      resource.kind === 'consumer' ? resource.spec.type : '',
      String(distance),
      as,
      address,
      `${resource.origin.file}:${line}`,
    ]),
  )
  return csv(['address', 'title', 'type', 'distance', 'as', 'uses', 'declared'], rows)
}

/** What uses an address, indented by how far away it is, each use with its line. */
export function usageText({ address, users }: UsageAnswer, paint: Paint): string {
  if (users.length === 0) return `Nothing uses ${visible(address)}.\n`
  const lines = users.map(user => userText(user, paint))
  const direct = users.filter(({ distance }) => distance === 1).length
  return `${paint('bold', visible(address))} is used by\n${lines.join('')}\n${direct} directly, ${users.length - direct} through them.\n`
}

function userText(user: User, paint: Paint): string {
  const { resource, distance, uses } = user
  const type = resource.kind === 'consumer' ? ` (${resource.spec.type})` : ''
  const head = `${'  '.repeat(distance)}${visible(resource.address)}${type}  ${paint('dim', visible(titleOf(resource)))}\n`
  const detail = uses.map(({ address, as, line }) => {
    return `${'  '.repeat(distance + 2)}${as} ${visible(address)}  ${paint('dim', originText(resource, line))}\n`
  })
  return head + detail.join('')
}
