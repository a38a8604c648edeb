/** The certificates of a cluster that lives for a test run. Keys come from Node.js, which cannot sign certificates. */
import { execFileSync } from 'node:child_process'
import { generateKeyPairSync, randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

const DAYS = '30'

export interface Pki {
  /** The folder with `ca.crt`, `apiserver.crt`, `apiserver.key`, `sa.key` and `sa.pub`. */
  readonly folder: string
  readonly openssl: string
}

export interface Leaf {
  readonly cert: string
  readonly key: string
}

/** Makes the authority, the API server's certificate, and the keys that sign tokens. */
export function makePki({ folder, openssl }: Pki): void {
  const ca = writeKeys(folder, 'ca')
  const config = path.join(folder, 'ca.conf')
  writeFileSync(
    config,
    '[req]\ndistinguished_name=dn\nx509_extensions=ext\nprompt=no\n[dn]\nCN=tenon-test\n[ext]\n' +
      'basicConstraints=critical,CA:TRUE\nkeyUsage=critical,keyCertSign,cRLSign\nsubjectKeyIdentifier=hash\n',
  )
  run(openssl, ['req', '-x509', '-key', ca, '-days', DAYS, '-config', config, '-out', path.join(folder, 'ca.crt')])
  writeKeys(folder, 'sa')
  issue({ folder, openssl }, 'apiserver', '/CN=kube-apiserver', [
    'extendedKeyUsage=serverAuth',
    'subjectAltName=DNS:localhost,DNS:kubernetes.default.svc,IP:127.0.0.1,IP:10.0.0.1',
  ])
}

/** Makes the certificate of a person or program that calls the API server. */
export function clientCertificate(pki: Pki, user: string, groups: readonly string[]): Leaf {
  const subject = `${groups.map(group => `/O=${group}`).join('')}/CN=${user}`
  return issue(pki, `client-${randomBytes(6).toString('hex')}`, subject, ['extendedKeyUsage=clientAuth'])
}

/** Makes the certificate of a server on loopback, for instance of a webhook. */
export function serverCertificate(pki: Pki, name: string): Leaf {
  const names = `subjectAltName=DNS:localhost,DNS:${name},IP:127.0.0.1`
  return issue(pki, `server-${randomBytes(6).toString('hex')}`, `/CN=${name}`, ['extendedKeyUsage=serverAuth', names])
}

function issue({ folder, openssl }: Pki, name: string, subject: string, extensions: readonly string[]): Leaf {
  const key = writeKeys(folder, name)
  const at = (extension: string): string => path.join(folder, `${name}.${extension}`)
  writeFileSync(at('ext'), extensions.join('\n'))
  writeFileSync(at('conf'), '[req]\ndistinguished_name=dn\n[dn]\n')
  run(openssl, ['req', '-new', '-key', key, '-subj', subject, '-config', at('conf'), '-out', at('csr')])
  const authority = ['-CA', path.join(folder, 'ca.crt'), '-CAkey', path.join(folder, 'ca.key')]
  const serial = ['-set_serial', `0x01${randomBytes(8).toString('hex')}`]
  const request = ['-req', '-in', at('csr'), '-days', DAYS, '-extfile', at('ext'), '-out', at('crt')]
  run(openssl, ['x509', ...request, ...authority, ...serial])
  return { cert: readFileSync(at('crt'), 'utf8'), key: readFileSync(key, 'utf8') }
}

/** Writes `NAME.key` and `NAME.pub`, and gives the path of the first. */
function writeKeys(folder: string, name: string): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const file = path.join(folder, `${name}.key`)
  // In the form of RFC 5915, which the API server takes for tokens as well.
  writeFileSync(file, privateKey.export({ type: 'sec1', format: 'pem' }), { mode: 0o600 })
  writeFileSync(path.join(folder, `${name}.pub`), publicKey.export({ type: 'spki', format: 'pem' }))
  return file
}

function run(openssl: string, args: readonly string[]): void {
  execFileSync(openssl, args, { stdio: ['ignore', 'ignore', 'pipe'] })
}
