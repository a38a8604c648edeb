import { once } from 'node:events'
import { connect, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { expect, onTestFinished, test } from 'vitest'
import { startEndpoints, type EndpointParts } from '../../src/operator/endpoints.ts'
import { openLog } from '../../src/operator/log.ts'
import { operatorMetrics } from '../../src/operator/metrics.ts'

const log = openLog('warn', () => {})
const LEVELS = 'level takes trace, debug, info, warn, error, silent\n'

/** Starts both endpoints, and gives their URLs. */
async function start(parts: Partial<EndpointParts> = {}): Promise<readonly [health: string, metrics: string]> {
  const servers = await startEndpoints({ ...partsOf(), metricsAddress: '127.0.0.1:0', ...parts })
  onTestFinished(() => {
    for (const server of servers) {
      server.closeAllConnections()
      server.close()
    }
  })
  const [health, metrics] = servers.map(server => {
    const { address, port, family } = server.address() as AddressInfo
    return `http://${family === 'IPv6' ? '[::1]' : address}:${port}`
  })
  return [health ?? '', metrics ?? '']
}

async function ask(url: string, method = 'GET'): Promise<{ readonly status: number; readonly text: string }> {
  const answer = await fetch(url, { method })
  return { status: answer.status, text: await answer.text() }
}

test('it is healthy from the start, and ready once everything was listed', async () => {
  const state = { listed: false }
  const [health] = await start({ isReady: () => state.listed })
  expect(await ask(`${health}/healthz`)).toEqual({ status: 200, text: 'ok\n' })
  expect(await ask(`${health}/readyz`)).toEqual({
    status: 503,
    text: 'the custom resources have not been listed yet\n',
  })
  state.listed = true
  expect(await ask(`${health}/readyz`)).toEqual({ status: 200, text: 'ok\n' })
})

test('metrics stand on an address of their own, and are brought up to date when they are read', async () => {
  const metrics = operatorMetrics()
  const [health, exposed] = await start({ metrics, refresh: () => metrics.storeUp.set(1) })
  const { status, text } = await ask(`${exposed}/metrics`)
  expect(status).toBe(200)
  expect(text).toMatch(/^tenon_store_up 1$/m)
  expect((await ask(`${health}/metrics`)).status).toBe(404)
  expect((await ask(`${exposed}/healthz`)).status).toBe(404)
})

test.each([
  ['POST', '?level=debug', { status: 200, text: 'debug\n', level: 'debug' }],
  ['POST', '?level=trace', { status: 200, text: 'trace\n', level: 'trace' }],
  ['POST', '?level=loud', { status: 400, text: LEVELS, level: 'warn' }],
  ['POST', '', { status: 400, text: LEVELS, level: 'warn' }],
  ['GET', '?level=debug', { status: 405, text: 'POST from this host only\n', level: 'warn' }],
])('%s /log-level%s answers so, and sets what it names', async (method, query, expected) => {
  log.level = 'warn'
  const [health] = await start()
  expect({ ...(await ask(`${health}/log-level${query}`, method)), level: log.level }).toEqual(expected)
})

const elsewhere = Object.values(networkInterfaces())
  .flat()
  .find(one => one?.family === 'IPv4' && !one.internal)?.address

test.runIf(elsewhere !== undefined)('another host may not set the level', async () => {
  log.level = 'warn'
  const [health] = await start({ healthAddress: `${elsewhere}:0` })
  expect((await ask(`${health}/log-level?level=debug`, 'POST')).status).toBe(405)
  expect(log.level).toBe('warn')
})

test('0 is no address to listen at', async () => {
  expect(await startEndpoints({ ...partsOf(), healthAddress: '0', metricsAddress: '0' })).toEqual([])
})

test.each([
  ['nonsense', /"nonsense" is no address/],
  ['127.0.0.1', /is no address/],
  ['127.0.0.1:999999', /is no address/],
  ['127.0.0.1:99999', /Nothing can listen at/],
  ['no-such-host.invalid:0', /Nothing can listen at/],
])('the address %s is refused with what to write instead', async (healthAddress, says) => {
  const error = await startEndpoints({ ...partsOf(), healthAddress }).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'address-unusable', message: expect.stringMatching(says) as string })
})

test('an address that is taken is refused', async () => {
  const [health] = await start()
  const error = await startEndpoints({ ...partsOf(), healthAddress: new URL(health).host }).catch(
    (thrown: unknown) => thrown,
  )
  expect(error).toMatchObject({ code: 'address-unusable', message: expect.stringContaining('EADDRINUSE') as string })
})

test.each([
  ['[::1]:0', '::1'],
  [':0', '::'],
])('%s listens at %s', async (healthAddress, address) => {
  const [server] = await startEndpoints({ ...partsOf(), healthAddress })
  onTestFinished(() => void server!.close())
  expect((server!.address() as AddressInfo).address).toBe(address)
})

test('a handler that fails answers so, and the next one is asked', async () => {
  const [health, exposed] = await start({ refresh: () => JSON.parse('{') as void })
  expect(await ask(`${exposed}/metrics`)).toEqual({ status: 500, text: 'failed\n' })
  expect((await ask(`${health}/healthz`)).status).toBe(200)
})

test.each([
  ['a path that is no URL', 'GET //[ HTTP/1.1'],
  ['a proxy request', 'GET http://elsewhere.example/healthz HTTP/1.1'],
  ['a name of every object', 'GET /constructor HTTP/1.1'],
  ['no HTTP', 'SSH-2.0-x'],
])('%s harms nothing', async (_, line) => {
  const [health] = await start()
  const { hostname, port } = new URL(health)
  const socket = connect(Number(port), hostname)
  socket.on('error', () => {})
  socket.end(`${line}\r\nhost: x\r\nconnection: close\r\n\r\n`)
  socket.resume()
  await once(socket, 'close')
  expect((await ask(`${health}/healthz`)).status).toBe(200)
})

function partsOf(): EndpointParts {
  return {
    healthAddress: '127.0.0.1:0',
    metricsAddress: '0',
    metrics: operatorMetrics(),
    log,
    isReady: () => true,
    refresh: () => {},
  }
}
