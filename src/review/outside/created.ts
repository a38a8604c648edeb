import type { Address } from '../../model/address.ts'
import type { FindingSeverity, ResourceFinding } from '../../model/finding.ts'
import type { ResourceOf } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { substanceDigest } from '../substance.ts'
import { asService, integrationsUsing, isOf, operationsOf, type OutsideInput, type Service } from './input.ts'
import { partsOf } from './places.ts'
import { counted, finding, listed, type Said } from './say.ts'

type Credential = ResourceOf<'credential'>

/** The findings about credentials and services that are new. */
export function createdFindings(input: OutsideInput): readonly ResourceFinding[] {
  return input.changes.flatMap(({ address, before, after }) => {
    if (before !== undefined) return []
    const service = asService(after)
    const said = isOf(after, 'credential') ? ofCredential(after) : service && ofService(service, input)
    return said === undefined ? [] : [finding({ ...said, ...about(address, input) }, input)]
  })
}

function about(address: Address, input: OutsideInput): Pick<Said, 'address' | 'direction' | 'integrations' | 'edits'> {
  const [kind = ''] = address.split('/')
  const noun = kind === 'credential' ? 'credential' : 'service'
  return {
    address,
    direction: 'unclear',
    integrations: integrationsUsing(input, address),
    edits: [{ side: 'after', address, path: [], edit: `${noun} created` }],
  }
}

type Created = Pick<Said, 'kind' | 'severity' | 'summary' | 'facts' | 'after'>

function ofCredential(credential: Credential): Created {
  const { account, scope, type, service, isDefault } = credential.spec
  const isAdmin = account?.adminLevel === true
  const isPersonal = account?.type === 'personal'
  const parts = [
    `${scope === 'company' ? 'for the company' : 'of one person'}, ${type} at ${service.name}`,
    ...(isPersonal ? ["with somebody's own account"] : []),
    ...(isAdmin ? ['with administrator rights'] : []),
    ...(isDefault ? ['used where nothing else is chosen'] : []),
  ]
  return {
    kind: 'credential-created',
    severity: severityOf(scope === 'company', isAdmin || isPersonal, isDefault),
    summary: `credential ${nameIn(credential.address)} is new: ${parts.join(', ')}`,
    after: account === undefined ? undefined : `${account.type} account of ${account.owner}`,
    facts: {
      scope,
      type,
      service,
      account: account === undefined ? null : { type: account.type, owner: account.owner, adminLevel: isAdmin },
      isDefault,
      spec: substanceDigest(credential),
    },
  }
}

function severityOf(isShared: boolean, isStrong: boolean, isDefault: boolean): FindingSeverity {
  if (isShared && isStrong) return 'high'
  return isStrong || isDefault ? 'medium' : 'low'
}

function ofService(service: Service, { after }: OutsideInput): Created {
  const { spec, address } = service
  const urls = [spec.endpoint, ...spec.auth.flatMap(({ tokenUrl, authorizationUrl }) => [tokenUrl, authorizationUrl])]
  const hosts = [...new Set(urls.flatMap(url => (url === undefined ? [] : partsOf(url).host)))].toSorted()
  const operations = operationsOf(after, service)
  return {
    kind: 'service-created',
    severity: 'low',
    summary: `service ${nameIn(address)} is new: ${counted(operations.length, 'operation')}, at ${listed(hosts, 'no known host')}`,
    after: spec.type,
    facts: { type: spec.type, hosts, spec: substanceDigest(service) },
  }
}
