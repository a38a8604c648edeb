import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { ResourceOf } from '../../model/state.ts'
import { said } from './destination-words.ts'
import { credentialsOf, integrationAt, serviceOf, usersOf, type OutsideInput } from './input.ts'
import { sentTo, type SentTo, type Use } from './places.ts'
import { renewalOf, type Renewal } from './renewal.ts'
import { finding, type Edit } from './say.ts'

type Integration = ResourceOf<'integration'>
type Credential = ResourceOf<'credential'>

/** Where what one integration sends for one credential goes, where that differs. */
export interface Redirection {
  readonly integration: Address
  readonly credential: Address | undefined
  readonly use: Use
  readonly from: readonly string[]
  readonly to: string
  readonly renewal: Renewal | 'none'
  readonly news: News
  readonly edits: readonly Edit[]
}

/** `host`: one that these values were never sent to. `known`: another one of theirs. `first`: nothing used them before. */
export type News = 'host' | 'known' | 'first' | 'path'

/** The findings about where credentials are sent; equal facts of many integrations are one finding. */
export function destinationFindings(input: OutsideInput): readonly ResourceFinding[] {
  const known = knownHosts(input)
  const groups = new Map<string, Redirection[]>()
  for (const address of concerned(input)) {
    for (const redirection of redirections(address, input, known)) {
      const { use, from, to, renewal, news } = redirection
      const key = JSON.stringify([use, from, to, renewal, news])
      const group = groups.get(key)
      if (group === undefined) groups.set(key, [redirection])
      else group.push(redirection)
    }
  }
  return [...groups.values()].map(group => finding(said(group), input))
}

/** The integrations that the change touches, those that sign in with a changed credential among them. */
function concerned({ changes, affected, usedBy }: OutsideInput): readonly Address[] {
  const credentials = changes.filter(({ address }) => address.startsWith('credential/'))
  return usersOf('integration', [...affected, ...credentials.flatMap(({ address }) => usedBy('after', address))])
}

/** The hosts that each credential was sent to by anything, before the change. */
function knownHosts({ before, usedBy }: OutsideInput): (credential: Credential) => ReadonlySet<string> {
  const known = new Map<Address, ReadonlySet<string>>()
  return credential => {
    let hosts = known.get(credential.address)
    if (hosts === undefined) {
      const users = usersOf('integration', usedBy('before', credential.address))
      const places = users.flatMap(user => {
        const integration = integrationAt(before, user)
        return integration === undefined
          ? []
          : sentTo(before, integration, before.find(credential.address) as Credential)
      })
      known.set(credential.address, (hosts = new Set(places.map(({ host }) => host))))
    }
    return hosts
  }
}

function redirections(
  address: Address,
  input: OutsideInput,
  known: ReturnType<typeof knownHosts>,
): readonly Redirection[] {
  const [was, is] = [integrationAt(input.before, address), integrationAt(input.after, address)]
  if (is === undefined) return []
  const credentials = credentialsOf(input.after, is)
  if (credentials.length === 0) return was === undefined ? [] : withoutCredential(was, is, input)
  return credentials.flatMap(credential => {
    const earlier = was && credentialsOf(input.before, was).find(each => each.address === credential.address)
    const renewal = renewalOf(input, credential.address)
    const before =
      was === undefined || (earlier === undefined && renewal !== 'new') ? [] : sentTo(input.before, was, earlier)
    const hosts = renewal === 'new' ? new Set<string>() : known(credential)
    const about = { was, is, credential, renewal, isAttached: earlier === undefined && renewal !== 'new' }
    return sentTo(input.after, is, credential).flatMap(place => redirected(place, before, { ...about, hosts, input }))
  })
}

function withoutCredential(was: Integration, is: Integration, input: OutsideInput): readonly Redirection[] {
  const before = sentTo(input.before, was, undefined)
  const about = { was, is, credential: undefined, renewal: 'none', isAttached: false } as const
  return sentTo(input.after, is, undefined).flatMap(place =>
    redirected(place, before, { ...about, hosts: new Set<string>(), input }),
  )
}

interface About {
  readonly was: Integration | undefined
  readonly is: Integration
  readonly credential: Credential | undefined
  readonly renewal: Redirection['renewal']
  /** The credential is one that others used, or could use, before this integration did. */
  readonly isAttached: boolean
  readonly hosts: ReadonlySet<string>
  readonly input: OutsideInput
}

function redirected(place: SentTo, before: readonly SentTo[], about: About): readonly Redirection[] {
  const news = newsOf(place, before, about)
  if (news === undefined) return []
  const { use, host, path } = place
  const earlier = before.filter(each => each.use === use)
  const from = news === 'path' ? earlier.map(each => `${each.host}${each.path}`) : earlier.map(each => each.host)
  const hosts = about.isAttached && earlier.length === 0 ? about.hosts : from
  return [
    {
      integration: about.is.address,
      credential: about.credential?.address,
      use,
      from: [...new Set(hosts)].toSorted(),
      to: news === 'path' ? `${host}${path}` : host,
      renewal: about.renewal,
      news,
      edits: editsOf(place, about),
    },
  ]
}

/** What is new about a place; `undefined` where nothing is, or where all is, as for a new integration with a new key. */
function newsOf(place: SentTo, before: readonly SentTo[], about: About): News | undefined {
  const { was, renewal, isAttached, hosts } = about
  const same = before.filter(({ use, host }) => use === place.use && host === place.host)
  if (same.length > 0) {
    return place.use !== 'endpoint' || same.some(({ path }) => path === place.path) ? undefined : 'path'
  }
  if (renewal === 'new' || renewal === 'none') return was === undefined ? undefined : 'host'
  if (hosts.size === 0) return 'first'
  if (!hosts.has(place.host)) return 'host'
  return isAttached ? undefined : 'known'
}

type Cause = (place: SentTo, about: About & { readonly was: Integration }) => Edit | undefined

/** What may lead to another place, each part by itself. */
const CAUSES: readonly Cause[] = [ownEndpoint, otherService, editedService, attachedCredential]

function editsOf(place: SentTo, { was, ...about }: About): readonly Edit[] {
  if (was !== undefined) return CAUSES.flatMap(cause => cause(place, { ...about, was }) ?? [])
  return [{ side: 'after', address: about.is.address, path: [], edit: 'integration created' }]
}

function ownEndpoint({ use }: SentTo, { was, is }: About & { readonly was: Integration }): Edit | undefined {
  const [before, after] = [was.spec.endpoint, is.spec.endpoint]
  if (before === after || use !== 'endpoint') return undefined
  const edit = `endpoint ${before ?? '(default)'} → ${after ?? '(default)'}`
  return { side: after === undefined ? 'before' : 'after', address: is.address, path: ['spec', 'endpoint'], edit }
}

function otherService(_place: SentTo, { was, is }: About & { readonly was: Integration }): Edit | undefined {
  const [before, after] = [was.spec.service, is.spec.service]
  if (before.kind === after.kind && before.name === after.name) return undefined
  return {
    side: 'after',
    address: is.address,
    path: ['spec', 'service'],
    edit: `service ${before.name} → ${after.name}`,
  }
}

function editedService(place: SentTo, about: About & { readonly was: Integration }): Edit | undefined {
  const { use, host, path, declared } = place
  const { was, is, credential, input } = about
  const [old, now] = [serviceOf(input.before, was), serviceOf(input.after, is)]
  if (now === undefined || old?.address !== now.address || declared.address !== now.address) return undefined
  const earlier = sentTo(input.before, was, credential).filter(each => each.use === use)
  const from = [...new Set(earlier.map(each => `${each.host}${each.path}`))].join(', ')
  const edit = `${use} ${from === '' ? '(none)' : from} → ${host}${path}`
  return { side: 'after', address: now.address, path: declared.path, edit }
}

function attachedCredential(_place: SentTo, { is, credential, isAttached }: About): Edit | undefined {
  if (!isAttached || credential === undefined) return undefined
  const { name } = credential
  return {
    side: 'after',
    address: is.address,
    path: ['spec', 'credentials'],
    item: name,
    edit: `credential ${name} added`,
  }
}
