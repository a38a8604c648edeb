import type { Address } from '../../model/address.ts'
import { digestOf } from '../../model/digest.ts'
import type { ResourceFinding, Unnumbered } from '../../model/finding.ts'
import type { Part } from '../substance.ts'
import { integrationsUsing, type OutsideInput } from './input.ts'
import { called, finding, listed, type Edit } from './say.ts'

/** What is about several integrations at once, whose causes may be too many to be said. */
const ABOUT_MANY: ReadonlySet<Unnumbered['kind']> = new Set(['access', 'destination-changed', 'selector-dead'])

/** A finding for each resource that differs in more than wording, and that none of the others is about. */
export function unsaidFindings(
  parts: readonly Part[],
  others: readonly Unnumbered[],
  input: OutsideInput,
): readonly ResourceFinding[] {
  const said = addressesIn(others)
  const created = new Set(input.changes.flatMap(({ address, before }) => (before === undefined ? [address] : [])))
  const unsaid = Map.groupBy(
    parts.filter(({ address }) => !said.has(address)),
    ({ address }) => address,
  )
  return [...unsaid].map(([address, differing]) => told({ address, differing, isNew: created.has(address) }, input))
}

function addressesIn(findings: readonly Unnumbered[]): ReadonlySet<string> {
  const addresses = new Set<string>()
  for (const { kind, integrations, because, ...other } of findings) {
    if ('address' in other) addresses.add(other.address)
    if (ABOUT_MANY.has(kind)) for (const address of integrations) addresses.add(address)
    for (const { causes } of because) for (const { address } of causes) addresses.add(address)
  }
  return addresses
}

interface Unsaid {
  readonly address: Address
  readonly differing: readonly Part[]
  readonly isNew: boolean
}

function told({ address, differing, isNew }: Unsaid, input: OutsideInput): ResourceFinding {
  const fields = differing.map(({ field }) => field)
  const edits = fields.map((field): Edit => {
    const path = [field === 'labels' ? 'metadata' : 'spec', field]
    return { side: 'after', address, path, edit: `${field} changed` }
  })
  return finding(
    {
      kind: 'resource-changed',
      address,
      severity: 'low',
      direction: 'unclear',
      integrations: integrationsUsing(input, address),
      summary: `${called(address)} ${isNew ? 'is new' : `has other ${listed(fields)}`}, which changes nothing for anybody now`,
      facts: { fields, digest: digestOf(differing.map(({ digest }) => digest)) },
      edits: isNew ? [{ side: 'after', address, path: [], edit: 'created' }] : edits,
    },
    input,
  )
}
