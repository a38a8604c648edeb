/** Runs `tenon operator` as a process of its own, as a pod would. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { endChild, freezeChild } from './daemon.ts'
import { eventually } from './eventually.ts'
import { guarded, guardedFolder } from './guard.ts'
import { parseMetrics, type Metrics } from './metrics.ts'
import { freePort } from './ports.ts'

const PROJECT = path.join(import.meta.dirname, '../../..')

export interface OperatorOptions {
  readonly kubeconfig: string
  /** The URL of a database; an embedded store in a folder of the operator's own, without one. */
  readonly store?: string
  /** The key of the store; one of the operator's own, without one. */
  readonly keyFile?: string
  /** The folder of an earlier operator, to go on with its store and key; a new one, without it. */
  readonly folder?: string
  /** Where the Lease is; without it there is no leader election. */
  readonly leaseNamespace?: string
  /** Further flags; they come last. */
  readonly flags?: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  /** The built program instead of the sources. */
  readonly built?: boolean
  /** How long to wait for `/readyz`; 0 does not wait. */
  readonly readyWithin?: number
}

// oxlint-disable-next-line typescript/no-explicit-any -- a line of JSON
export type LogLine = Record<string, any>

export interface Operator {
  readonly pid: number
  readonly health: string
  readonly metricsUrl: string
  /** The folder with its store and key. */
  readonly folder: string
  readonly keyFile: string
  readonly store: string
  /** Everything it wrote to stderr and stdout. */
  output(): string
  /** Its log lines; a line that is no JSON becomes `{ text }`. */
  logs(): readonly LogLine[]
  metrics(): Promise<Metrics>
  /** Asks a path of the health port, and gives the status. */
  probe(path: '/healthz' | '/readyz'): Promise<number>
  /** Ends it as Kubernetes does, and gives the exit code. */
  stop(): Promise<number | null>
  kill(): Promise<void>
  /** SIGSTOP: it neither answers nor notices that time passes. */
  pause(): void
  resume(): void
  /** Resolves with the exit code, and null where a signal ended it. */
  readonly exited: Promise<number | null>
}

/** Starts an operator and waits until it is ready. */
export async function startOperator(options: OperatorOptions): Promise<Operator> {
  const folder = options.folder ?? guardedFolder('operator')
  const [metricsPort, healthPort] = [await freePort(), await freePort()]
  const metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`
  const health = `http://127.0.0.1:${healthPort}`
  const store = options.store ?? path.join(folder, 'store')
  const keyFile = options.keyFile ?? writeKeyFile(folder)
  // A URL with a password is for nobody who lists processes.
  const storeFlag = options.env?.['TENON_STORE'] === undefined ? ['--store', store] : []
  const places = [...storeFlag, '--key-file', keyFile, '--cache-dir', path.join(folder, 'cache')]
  const addresses = ['--metrics-address', `127.0.0.1:${metricsPort}`, '--health-address', `127.0.0.1:${healthPort}`]
  const child = guarded(
    spawn(process.execPath, [...program(options), ...places, ...addresses, ...(options.flags ?? [])], {
      cwd: folder,
      env: { PATH: process.env['PATH'], HOME: folder, TMPDIR: folder, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    }),
  )
  const chunks: Buffer[] = []
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => chunks.push(chunk))
  const exit = Promise.withResolvers<number | null>()
  // `close` comes when all of its output has been read.
  child.once('error', exit.reject).once('close', exit.resolve)
  const output = (): string => Buffer.concat(chunks).toString()
  const probe: Operator['probe'] = async at =>
    (await fetch(`${health}${at}`, { signal: AbortSignal.timeout(2000) })).status
  const operator: Operator = {
    pid: child.pid ?? 0,
    health,
    metricsUrl,
    folder,
    keyFile,
    store,
    output,
    probe,
    exited: exit.promise,
    logs: () => linesOf(output()),
    metrics: async () => parseMetrics(await (await fetch(metricsUrl)).text()),
    async stop() {
      await endChild(child, 'SIGTERM', 40_000)
      return exit.promise
    },
    async kill() {
      await endChild(child, 'SIGKILL', 0)
      await exit.promise
    },
    pause: () => freezeChild(child),
    resume: () => void child.kill('SIGCONT'),
  }
  const within = options.readyWithin ?? 30_000
  if (within > 0) await ready(operator, within)
  return operator
}

function program({ kubeconfig, leaseNamespace, built = false }: OperatorOptions): readonly string[] {
  const main = path.join(PROJECT, built ? 'dist/main.js' : 'src/main.ts')
  const lease = leaseNamespace === undefined ? ['--no-leader-elect'] : ['--lease-namespace', leaseNamespace]
  return ['--max-semi-space-size=8', main, 'operator', '--kubeconfig', kubeconfig, ...lease]
}

async function ready(operator: Operator, within: number): Promise<void> {
  const ended = operator.exited.then(code => {
    throw new Error(`the operator ended with ${code}:\n${operator.output()}`)
  })
  const isReady = eventually(
    async () => {
      const status = await operator.probe('/readyz')
      if (status !== 200) throw new Error(`/readyz answers ${status}`)
    },
    { within },
  )
  try {
    await Promise.race([ended, isReady])
  } catch (error) {
    await operator.kill()
    throw new Error(`the operator did not become ready:\n${operator.output()}`, { cause: error })
  } finally {
    // It may end later, as tests want it to.
    ended.catch(() => {})
  }
}

/** Writes a key for a store, unless there is one; two operators over one store need the same. */
export function writeKeyFile(folder: string): string {
  const file = path.join(folder, 'store.key')
  if (existsSync(file)) return file
  writeFileSync(file, `test:${randomBytes(32).toString('base64')}\n`, { mode: 0o600 })
  return file
}

function linesOf(output: string): readonly LogLine[] {
  const lines = output.split('\n').filter(line => line !== '')
  return lines.map(line => {
    try {
      return JSON.parse(line) as LogLine
    } catch {
      return { text: line }
    }
  })
}
