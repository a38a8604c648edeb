import type { World } from '../../access/consequences.ts'
import type { Address } from '../../model/address.ts'
import type { ResourceOf } from '../../model/state.ts'
import { serviceOf } from './input.ts'

/** What is done with an address: calls are sent there, tokens are asked for, or people are led there to sign in. */
export type Use = 'endpoint' | 'tokenUrl' | 'authorizationUrl'

/** One place that a credential's values, or the people who sign in with it, are sent to. */
export interface SentTo {
  readonly use: Use
  /** The host with its port where it has one of its own; the scheme before it where that is not https. */
  readonly host: string
  readonly path: string
  /** Who says so, and where. */
  readonly declared: { readonly address: Address; readonly path: readonly (string | number)[] }
}

/** Where an integration sends the values of a credential; without one, where its calls go. */
export function sentTo(
  world: World,
  integration: ResourceOf<'integration'>,
  credential: ResourceOf<'credential'> | undefined,
): readonly SentTo[] {
  const service = serviceOf(world, integration)
  const own = integration.spec.endpoint
  const from = own === undefined ? service?.address : integration.address
  const endpoint = place('endpoint', own ?? service?.spec.endpoint, from, ['spec', 'endpoint'])
  if (credential?.spec.type !== 'oauth2' || service === undefined) return endpoint
  const issued = service.spec.auth.flatMap((auth, index) =>
    auth.type !== 'oauth2'
      ? []
      : (['tokenUrl', 'authorizationUrl'] as const).flatMap(use =>
          place(use, auth[use], service.address, ['spec', 'auth', index, use]),
        ),
  )
  return [...endpoint, ...issued]
}

function place(
  use: Use,
  url: string | undefined,
  address: Address | undefined,
  path: readonly (string | number)[],
): readonly SentTo[] {
  if (url === undefined || address === undefined) return []
  return [{ use, ...partsOf(url), declared: { address, path } }]
}

/** Host and path of a URL; text that is none stands for itself. */
export function partsOf(url: string): Pick<SentTo, 'host' | 'path'> {
  const parsed = URL.parse(url)
  if (parsed === null || parsed.host === '') return { host: url, path: '' }
  const { protocol, host, pathname } = parsed
  return { host: protocol === 'https:' ? host : `${protocol}//${host}`, path: pathname.replace(/\/+$/, '') }
}
