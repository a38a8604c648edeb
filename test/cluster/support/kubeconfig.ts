/** Kubeconfig files, in JSON, which is YAML too. */
import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Leaf } from './pki.ts'

/** How a caller proves who it is. */
export type Proof = Leaf | { readonly token: string } | { readonly tokenFile: string }

/** Writes a kubeconfig into the cluster's folder, and gives its path. */
export function writeKubeconfig(folder: string, server: string, proof: Proof): string {
  const file = path.join(folder, `${randomBytes(6).toString('hex')}.kubeconfig`)
  const authority = readFileSync(path.join(folder, 'pki/ca.crt'))
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster: { server, 'certificate-authority-data': authority.toString('base64') } }],
    users: [{ name: 'caller', user: userOf(proof) }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'caller' } }],
    'current-context': 'test',
  }
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 })
  return file
}

function userOf(proof: Proof): object {
  if (!('cert' in proof)) return proof
  const encoded = (text: string): string => Buffer.from(text).toString('base64')
  return { 'client-certificate-data': encoded(proof.cert), 'client-key-data': encoded(proof.key) }
}
