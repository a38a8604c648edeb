import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, onTestFinished, test } from 'vitest'
import { api, type Api } from '../../src/source/cluster/api.ts'
import { clusterCredentials } from '../../src/source/cluster/credentials.ts'
import { eventually } from './support/eventually.ts'
import { tokenOf } from './support/identity.ts'
import { clientCertificate } from './support/pki.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

/** What the program sends its requests with. */
function opened(kubeconfig: string): Api {
  const made = api(clusterCredentials(kubeconfig))
  onTestFinished(async () => made.close())
  return made
}

/** Who the API server takes a caller for. */
async function caller(asking: Api): Promise<{ readonly username: string; readonly uid?: string }> {
  const body = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' }
  const review = await asking.call<{ status: { userInfo: { username: string; uid?: string } } }>(
    '/apis/authentication.k8s.io/v1/selfsubjectreviews',
    { method: 'POST', body },
  )
  return review.status.userInfo
}

/** A kubeconfig whose certificates and keys are in files beside it. */
function inFiles(user: object, files: Readonly<Record<string, string>>): { folder: string; kubeconfig: string } {
  const folder = world.folder()
  for (const [name, text] of Object.entries({ 'ca.crt': world.authority, ...files }))
    writeFileSync(path.join(folder, name), text)
  const kubeconfig = path.join(folder, 'kubeconfig')
  const cluster = { server: world.connection.server, 'certificate-authority': 'ca.crt' }
  writeFileSync(
    kubeconfig,
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      clusters: [{ name: 'test', cluster }],
      users: [{ name: 'caller', user }],
      contexts: [{ name: 'test', context: { cluster: 'test', user: 'caller' } }],
      'current-context': 'test',
    }),
  )
  return { folder, kubeconfig }
}

function leafOf(user: string): { cert: string; key: string } {
  const pki = { folder: path.join(world.connection.folder, 'pki'), openssl: world.connection.assets.openssl }
  return clientCertificate(pki, user, ['system:masters'])
}

describe('connections', () => {
  test('are kept: twenty calls one after the other need two at most', async () => {
    const proxy = await world.proxy()
    const asking = opened(await world.kubeconfigFor('admin', proxy.url))
    for (let calls = 0; calls < 20; calls++) await asking.call('/api/v1/namespaces/default')
    expect(proxy.accepted).toBeGreaterThan(0)
    expect(proxy.accepted).toBeLessThanOrEqual(2)
  })

  test('are not shared while requests last, so that one that died unnoticed takes nothing else with it', async () => {
    const proxy = await world.proxy()
    const asking = opened(await world.kubeconfigFor('admin', proxy.url))
    await asking.open('/api/v1/namespaces?watch=true&timeoutSeconds=60', {})
    proxy.strand()
    await asking.call('/api/v1/namespaces/default', { timeout: 5000 })
    expect(proxy.accepted).toBeGreaterThanOrEqual(2)
  })

  test('that died unnoticed cost the requests on them, and no later ones', async () => {
    const proxy = await world.proxy()
    const asking = opened(await world.kubeconfigFor('admin', proxy.url))
    const ask = async () => asking.call('/api/v1/namespaces/default', { timeout: 1000 })
    await Promise.all([ask(), ask(), ask()])
    // Until the connections are free again.
    await sleep(200)
    proxy.strand()
    await expect(ask()).rejects.toThrow('TimeoutError')
    await eventually(ask, { within: 20_000 })
  })
})

describe('a token in a file', () => {
  test('is read again when the API server no longer knows the last one', async () => {
    const namespace = await world.freshNamespace()
    const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${namespace}/caller`, inFile: true })
    const asking = opened(kubeconfig)
    const before = await caller(asking)
    expect(before.username).toBe(`system:serviceaccount:${namespace}:caller`)

    await world.remove('ServiceAccount', namespace, 'caller')
    const token = await tokenOf(world.client, `${namespace}/caller`)
    const { tokenFile } = JSON.parse(readFileSync(kubeconfig, 'utf8')).users[0].user
    // The API server remembers for some seconds whom it knew.
    await eventually(async () => expect(caller(asking)).rejects.toThrow('Unauthorized'), { within: 60_000, every: 500 })
    writeFileSync(tokenFile, token)
    const after = await caller(asking)
    expect([after.username, after.uid === before.uid]).toEqual([before.username, false])
  })

  test('may stand beside the kubeconfig, and is needed', async () => {
    const namespace = await world.freshNamespace()
    const token = await tokenOf(world.client, `${namespace}/caller`)
    const { folder, kubeconfig } = inFiles({ tokenFile: 'token' }, { token: `${token}\n` })
    const asking = opened(kubeconfig)
    expect((await caller(asking)).username).toBe(`system:serviceaccount:${namespace}:caller`)
    rmSync(path.join(folder, 'token'))
    const other = opened(kubeconfig)
    await expect(caller(other)).rejects.toThrow('ENOENT')
  })
})

/** The longest that what was read from files is used. */
const KEPT = { within: 20_000, every: 500 }

describe('certificates in files', () => {
  test('of the caller are read again when they change', async () => {
    const [ana, ben] = [leafOf('ana'), leafOf('ben')]
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' }
    const { folder, kubeconfig } = inFiles(user, { 'client.crt': ana.cert, 'client.key': ana.key })
    const asking = opened(kubeconfig)
    expect((await caller(asking)).username).toBe('ana')
    writeFileSync(path.join(folder, 'client.key'), ben.key)
    writeFileSync(path.join(folder, 'client.crt'), ben.cert)
    await eventually(async () => expect((await caller(asking)).username).toBe('ben'), KEPT)
  })

  test('of the authority are read again when they change', async () => {
    const { cert, key } = leafOf('ana')
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' }
    const other = leafOf('some other authority').cert
    const { folder, kubeconfig } = inFiles(user, { 'client.crt': cert, 'client.key': key, 'ca.crt': other })
    const asking = opened(kubeconfig)
    await expect(caller(asking)).rejects.toThrow(/CERT|SIGNATURE|ISSUER/)
    writeFileSync(path.join(folder, 'ca.crt'), world.authority)
    await eventually(async () => expect((await caller(asking)).username).toBe('ana'), KEPT)
  })
})

describe('a kubeconfig', () => {
  const before = { token: 'no longer good' }

  test('that is written anew is read anew', async () => {
    const namespace = await world.freshNamespace()
    const { kubeconfig } = inFiles(before, {})
    const asking = opened(kubeconfig)
    await expect(caller(asking)).rejects.toThrow('Unauthorized')
    const text = readFileSync(kubeconfig, 'utf8')
    writeFileSync(kubeconfig, '{ half')
    await expect(caller(asking)).rejects.toThrow('Unauthorized')
    writeFileSync(kubeconfig, text.replace(before.token, await tokenOf(world.client, `${namespace}/caller`)))
    expect((await caller(asking)).username).toContain(namespace)
  })

  test('that is written anew for another cluster is not followed there', async () => {
    const { cert, key } = leafOf('ana')
    const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' }
    const { kubeconfig } = inFiles(user, { 'client.crt': cert, 'client.key': key })
    const credentials = clusterCredentials(kubeconfig)
    onTestFinished(async () => credentials.close())
    const text = readFileSync(kubeconfig, 'utf8')
    writeFileSync(
      kubeconfig,
      text.replace(world.connection.server, 'https://other.example.net').replace('client.key', 'x'),
    )
    const asking = api(credentials)
    expect((await caller(asking)).username).toBe('ana')
    expect(credentials.server).toBe(world.connection.server)
  })

  test.each([
    { name: 'nothing', text: undefined, why: 'it cannot be read (ENOENT)' },
    { name: 'no YAML', text: '{ half', why: 'it is malformed' },
    { name: 'no cluster', text: '{"apiVersion": "v1", "kind": "Config"}', why: 'it names no cluster' },
  ])('with $name in it is refused in a sentence', ({ text, why }) => {
    const file = path.join(world.folder(), 'kubeconfig')
    if (text !== undefined) writeFileSync(file, text)
    expect(() => clusterCredentials(file)).toThrow(
      expect.objectContaining({ code: 'kubeconfig-invalid', message: `The kubeconfig cannot be used: ${why}.` }),
    )
  })
})
