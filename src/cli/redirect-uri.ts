import { UsageError } from './exit.ts'

/** Where services send people back to after signing in: the same one path at every installation. */
const CALLBACK = 'oauth/callback'

/**
 * The one redirect URI of an installation, to be registered with services exactly so, from the address at which people
 * reach it. Throws `UsageError` for anything but an https URL (http on this machine) without query and fragment.
 */
export function redirectUri(base: string): string {
  const url = URL.parse(base.endsWith('/') ? base : `${base}/`)
  const isLocal = url !== null && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname)
  const isPlain = url !== null && url.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (url === null || !isPlain || !(url.protocol === 'https:' || (isLocal && url.protocol === 'http:'))) {
    throw new UsageError(`--redirect-base takes the https address of this installation, not "${base}"`)
  }
  return new URL(CALLBACK, url).href
}
