import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, test } from 'vitest'
import { crdNames } from './support/crds.ts'
import { eventually } from './support/eventually.ts'
import { pathOf } from './support/objects.ts'
import { must } from './support/run.ts'
import { HAS, sharedWorld } from './support/test-world.ts'

const world = sharedWorld()

describe('the cluster of the tests', () => {
  test('is the version that it says it is', async () => {
    const { gitVersion } = await world.client.get('/version')
    expect(gitVersion).toMatch(/^v1\.\d+\.\d+$/)
    const said = JSON.parse(must(await world.kubectl(['version', '-o', 'json'])))
    expect(said.serverVersion.gitVersion).toBe(gitVersion)
    if (process.env['KUBEBUILDER_ASSETS'] === undefined) expect(gitVersion).toBe('v1.36.3')
  })

  test.each(crdNames())('serves %s', async name => {
    const crd = await world.client.get(pathOf('CustomResourceDefinition', undefined, `${name}.tenon.dev`))
    const states = Object.fromEntries(crd.status.conditions.map(({ type, status }: never) => [type, status]))
    expect(states).toMatchObject({ Established: 'True', NamesAccepted: 'True' })
    expect(states).not.toHaveProperty('NonStructuralSchema')
  })

  test.runIf(HAS.controllers)('ends a namespace with what is in it', async () => {
    const namespace = await world.freshNamespace()
    await world.apply({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'leftover', namespace }, data: {} })
    await world.remove('Namespace', undefined, namespace)
    await eventually(
      async () => expect((await world.client.ask('GET', pathOf('Namespace', undefined, namespace))).status).toBe(404),
      { within: 30_000 },
    )
  })

  test('knows a service account by its token, and gives it no rights of its own', async () => {
    const namespace = await world.freshNamespace()
    const client = await world.clientFor({ serviceAccount: `${namespace}/somebody` })
    const { status, body } = await client.ask('GET', pathOf('Secret', namespace))
    expect(status).toBe(403)
    expect(body.message).toContain(`system:serviceaccount:${namespace}:somebody`)
  })

  test('writes down who asked for what', async () => {
    const namespace = await world.freshNamespace()
    const kubeconfig = await world.kubeconfigFor({ user: 'ana', groups: ['system:masters'] })
    const mark = world.auditMark()
    must(await world.kubectl(['get', 'secrets', '-n', namespace], undefined, kubeconfig))
    const events = world.auditSince(mark, { user: 'ana', userAgent: 'kubectl' })
    expect(events.filter(({ resource }) => resource === 'secrets')).toMatchObject([
      { verb: 'list', user: 'ana', namespace, code: 200 },
    ])
  })

  test('forgets old versions when it is told to', async () => {
    const namespace = await world.freshNamespace()
    const { metadata } = await world.client.get(pathOf('ConfigMap', namespace))
    const change = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'one', namespace }, data: { a: '1' } }
    await world.apply(change, { ...change, data: { a: '2' } })
    await world.compact()
    await world.apiServer.restart()
    const query = `watch=1&timeoutSeconds=5&resourceVersion=${metadata.resourceVersion}`
    const events: string[] = []
    for await (const { type, object } of world.client.watch(
      `${pathOf('ConfigMap', namespace)}?${query}`,
      AbortSignal.timeout(10_000),
    )) {
      events.push(`${type} ${object.code}`)
    }
    expect(events).toEqual(['ERROR 410'])
  })

  test('comes back after a SIGKILL with what it held', async () => {
    const namespace = await world.freshNamespace()
    await world.apiServer.kill('SIGKILL')
    await expect(world.client.get('/version')).rejects.toThrow(/ECONNREFUSED|ECONNRESET|hang up/)
    await world.apiServer.restart()
    expect((await world.read('Namespace', undefined, namespace)).metadata.name).toBe(namespace)
  })

  test('is silent while it is frozen, and goes on after', async () => {
    await world.apiServer.freeze()
    const asked = world.client.get('/version')
    const first = await Promise.race([asked, sleep(500, 'silence')])
    await world.apiServer.thaw()
    expect(first).toBe('silence')
    expect((await asked).gitVersion).toMatch(/^v1/)
  })
})

describe('helm', () => {
  test.runIf(HAS.helm)('4 sees the cluster', async () => {
    expect(JSON.parse(must(await world.helm(['list', '-o', 'json'])))).toEqual([])
  })

  test.runIf(HAS.helm3)('3 sees the cluster', async () => {
    expect(JSON.parse(must(await world.helm(['list', '-o', 'json'], 3)))).toEqual([])
  })
})

describe('the proxy', () => {
  test('passes on, cuts, holds and refuses', async () => {
    const proxy = await world.proxy()
    const kubeconfig = await world.kubeconfigFor('admin', proxy.url)
    const ask = async (timeout: string) =>
      world.kubectl(['get', '--raw', '/version', `--request-timeout=${timeout}`], '', kubeconfig)
    must(await ask('10s'))
    proxy.hold()
    expect((await ask('1s')).stderr).toMatch(/timeout|deadline/i)
    proxy.release()
    must(await ask('10s'))
    proxy.refuse()
    expect((await ask('10s')).code).toBe(1)
    proxy.release()
    proxy.cut()
    must(await ask('10s'))
  })
})
