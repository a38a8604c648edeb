import type { Diagnostic } from '../../model/diagnostic.ts'
import { serviceAddress } from '../../model/references.ts'
import type { ResourceOf } from '../../model/state.ts'
import type { Paint } from '../style.ts'
import { provenance } from './found.ts'
import type { Found } from '../reading.ts'
import type { ErrorJson } from './plan-json.ts'
import { csv, table } from './table.ts'

/** A credential as the register of accounts lists it, with the integrations that act as its account. */
export interface Account extends Found {
  readonly resource: ResourceOf<'credential'>
  readonly integrations: readonly string[]
}

/** The columns of the register: the same ones in every format. */
const COLUMNS = {
  credential: ({ resource: { namespace, name } }: Account) => `${namespace}/${name}`,
  label: ({ resource }) => resource.spec.label,
  service: ({ resource }) => serviceAddress(resource.spec.service, resource.namespace),
  type: ({ resource }) => resource.spec.type,
  scope: ({ resource }) => resource.spec.scope,
  account: ({ resource }) => resource.spec.account?.type ?? '',
  owner: ({ resource }) => resource.spec.account?.owner ?? '',
  purpose: ({ resource }) => resource.spec.account?.purpose ?? '',
  systems: ({ resource }) => (resource.spec.account?.systems ?? []).join(' '),
  adminLevel: ({ resource }) => (resource.spec.account?.adminLevel === true ? 'yes' : ''),
  notes: ({ resource }) => resource.spec.account?.notes ?? '',
  rotateEvery: ({ resource }) => resource.spec.rotation?.every ?? '',
  lastRotated: ({ resource }) => resource.spec.rotation?.lastRotated ?? '',
  expires: ({ resource }) => resource.spec.rotation?.expires ?? '',
  reviewEvery: ({ resource }) => resource.spec.review?.every ?? '',
  lastReviewed: ({ resource }) => resource.spec.review?.lastReviewed ?? '',
  reviewedBy: ({ resource }) => resource.spec.review?.by ?? '',
  integrations: ({ integrations }) => integrations.join(' '),
} as const satisfies Record<string, (account: Account) => string>

const HEADING = Object.keys(COLUMNS)

function rowOf(account: Account): string[] {
  return Object.values(COLUMNS).map(column => column(account))
}

/** The register as a table. */
export function accountsText(accounts: readonly Account[], paint: Paint): string {
  return accounts.length === 0 ? 'No credentials.\n' : table(HEADING, accounts.map(rowOf), paint)
}

/** The register for a spreadsheet. */
export function accountsCsv(accounts: readonly Account[]): string {
  return csv(HEADING, accounts.map(rowOf))
}

/** The register as `usage --accounts -o json` prints it: the columns, and where each record comes from. */
export function accountsJson(
  accounts: readonly Account[],
  diagnostics: readonly Diagnostic[],
): Record<string, unknown> {
  const errors: readonly ErrorJson[] = []
  return { complete: true, accounts: accounts.map(accountJson), diagnostics, errors }
}

function accountJson(account: Account): object {
  const cells = Object.entries(COLUMNS).map(([name, column]) => [name, column(account)] as const)
  return { ...Object.fromEntries(cells), declared: provenance(account) }
}
