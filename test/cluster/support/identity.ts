/** Callers of the API server that are not its administrator. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { createClient, type Client } from './client.ts'
import type { Connection } from './control-plane.ts'
import { writeKubeconfig, type Proof } from './kubeconfig.ts'
import { pathOf } from './objects.ts'
import { clientCertificate } from './pki.ts'

export type Identity =
  | 'admin'
  | { readonly user: string; readonly groups?: readonly string[] }
  /** `NAMESPACE/NAME`; it is created if it does not exist. With `inFile`, the kubeconfig names a file with the token. */
  | { readonly serviceAccount: string; readonly inFile?: boolean }

/** Writes a kubeconfig of a caller, for another address of the API server if one is given. */
export async function kubeconfigFor(
  connection: Connection,
  admin: Client,
  identity: Identity,
  server = connection.server,
): Promise<string> {
  const proof = await proofOf(connection, admin, identity)
  const inFile = typeof identity === 'object' && 'serviceAccount' in identity && identity.inFile === true
  if (!inFile || !('token' in proof)) return writeKubeconfig(connection.folder, server, proof)
  const tokenFile = path.join(connection.folder, `${randomBytes(6).toString('hex')}.token`)
  writeFileSync(tokenFile, proof.token, { mode: 0o600 })
  return writeKubeconfig(connection.folder, server, { tokenFile })
}

/** A client that calls as somebody. */
export async function clientFor(connection: Connection, admin: Client, identity: Identity): Promise<Client> {
  return createClient(connection.server, authority(connection), await proofOf(connection, admin, identity))
}

/** The certificate of the cluster's authority. */
export function authority({ folder }: Connection): string {
  return readFileSync(path.join(folder, 'pki/ca.crt'), 'utf8')
}

/** A new token of a service account, good for an hour. */
export async function tokenOf(admin: Client, serviceAccount: string): Promise<string> {
  const [namespace, name] = serviceAccount.split('/')
  await admin.ask('POST', pathOf('ServiceAccount', namespace), { metadata: { name } })
  const request = { apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: { expirationSeconds: 3600 } }
  const { status } = await admin.post(`${pathOf('ServiceAccount', namespace, name)}/token`, request)
  return status.token
}

type InlineProof = Exclude<Proof, { tokenFile: string }>

async function proofOf(connection: Connection, admin: Client, identity: Identity): Promise<InlineProof> {
  if (identity === 'admin') return connection.admin
  if ('serviceAccount' in identity) return { token: await tokenOf(admin, identity.serviceAccount) }
  const pki = { folder: path.join(connection.folder, 'pki'), openssl: connection.assets.openssl }
  return clientCertificate(pki, identity.user, identity.groups ?? [])
}
