import { compareAddresses } from '../../model/address.ts'
import type { FindingSeverity } from '../../model/finding.ts'
import { nameIn } from '../describe.ts'
import type { News, Redirection } from './destinations.ts'
import { usersOf } from './input.ts'
import { listed, type Said } from './say.ts'

/** What redirections that differ in nothing but where they are say together. */
export function said(group: readonly Redirection[]): Said {
  const { use, from, to, renewal, news } = group[0]!
  const integrations = usersOf(
    'integration',
    group.map(({ integration }) => integration),
  )
  const credentials = usersOf(
    'credential',
    group.flatMap(({ credential }) => credential ?? []),
  )
  const edits = [...new Map(group.flatMap(each => each.edits).map(edit => [JSON.stringify(edit), edit])).values()]
  const addresses = [...new Set(edits.map(({ address }) => address))].toSorted(compareAddresses)
  const places = listed(integrations.map(nameIn))
  return {
    kind: 'destination-changed',
    address: addresses.length === 1 ? addresses[0]! : integrations[0]!,
    severity: severityOf(news, renewal),
    direction: news === 'host' || news === 'first' ? 'widens' : 'unclear',
    summary: `${sentence({ use, to, renewal, news, keys: listed(credentials.map(nameIn)) })}, on ${places}`,
    before: listed(from, 'not sent anywhere'),
    after: to,
    integrations,
    facts: { use, from, to, renewal, news, integrations, credentials },
    edits,
  }
}

function severityOf(news: News, renewal: Redirection['renewal']): FindingSeverity {
  if (renewal === 'none') return 'low'
  if (news === 'host') return renewal === 'same' || renewal === 'perhaps' ? 'high' : 'medium'
  return news === 'known' && renewal === 'renewed' ? 'low' : 'medium'
}

const KEYS = {
  same: 'the same key',
  perhaps: 'what may be the same key',
  renewed: 'a key with a new value',
  new: 'a new key',
  none: 'no key',
} as const satisfies Record<Redirection['renewal'], string>

interface Told extends Pick<Redirection, 'use' | 'to' | 'renewal' | 'news'> {
  readonly keys: string
}

function sentence({ use, to, renewal, news, keys }: Told): string {
  if (renewal === 'none') return `calls go to ${to}, without a credential`
  if (use === 'authorizationUrl') return `people who sign in (${keys}) are led to ${to}`
  const key = `${KEYS[renewal]} (${keys})`
  if (news === 'path') return `${key} is sent to another path of the same host, ${to}`
  if (news === 'first') return `${key}, which nothing used before, is sent to ${to}`
  return `${key} is sent to ${news === 'known' ? 'another of its hosts' : 'a new host'}, ${to}`
}
