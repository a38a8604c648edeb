import { BlockList, isIP } from 'node:net'

/** Address ranges that an endpoint may not name: private, loopback, link-local, metadata and other special ones (RFC 6890). */
const INTERNAL_V4 =
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.88.99.0/24 ' +
  '192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4 168.63.129.16/32'
const INTERNAL_V6 =
  '::/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 2001::/23 2001:db8::/32 2002::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8'

const INTERNAL_NAMES = /^localhost$|\.(?:localhost|internal|local|svc|cluster\.local|home\.arpa)$/

/**
 * Why an endpoint may not be called, or `undefined` for a safe one. Only what the text shows is judged here; whoever calls
 * it has to look again at what its name resolves to. `allowed` are hosts that an administrator trusts although they are
 * internal.
 */
export function endpointFault(endpoint: string, allowed: ReadonlySet<string>): string | undefined {
  const url = URL.parse(endpoint)
  if (url === null) return 'is not a URL'
  if (url.username !== '' || url.password !== '') return 'carries a user name or password'
  if (url.search !== '' || url.hash !== '') return 'carries a query or fragment'
  const host = url.hostname.toLowerCase().replace(/\.$/, '')
  if (allowed.has(host) || allowed.has(url.host)) return undefined
  if (url.protocol !== 'https:') return `uses ${url.protocol.slice(0, -1)} instead of https`
  return hostFault(host)
}

function hostFault(host: string): string | undefined {
  const address = host.startsWith('[') ? host.slice(1, -1) : host
  const version = isIP(address)
  if (version !== 0) {
    return blockList().check(address, version === 4 ? 'ipv4' : 'ipv6') ? 'names an internal address' : undefined
  }
  return INTERNAL_NAMES.test(host) || !host.includes('.') ? 'names an internal host' : undefined
}

let blocked: BlockList | undefined

function blockList(): BlockList {
  if (blocked !== undefined) return blocked
  blocked = new BlockList()
  for (const range of INTERNAL_V4.split(' ')) blocked.addSubnet(...parts(range), 'ipv4')
  for (const range of INTERNAL_V6.split(' ')) blocked.addSubnet(...parts(range), 'ipv6')
  return blocked
}

function parts(range: string): [string, number] {
  const [address, bits] = range.split('/') as [string, string]
  return [address, Number(bits)]
}
