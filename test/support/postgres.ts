/**
 * Starts a throw-away PostgreSQL server for the tests that need a real one, and ends it after the last. A server of your
 * own may be named instead: `TENON_TEST_POSTGRES=postgres://…`, whose user must be allowed to create databases and roles;
 * an empty one leaves these tests out.
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chownSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    /** The URL of a server, or empty where none can be started. */
    postgres: string
  }
}

const LEFT_OUT =
  'The PostgreSQL tests are left out: no initdb and postgres in PATH or /usr/lib/postgresql. ' +
  'To run them: apt-get install postgresql (or your system’s package), or set TENON_TEST_POSTGRES.'

interface Server {
  readonly url: string
  stop(): Promise<void>
}

export default async function setup({ provide }: Pick<TestProject, 'provide'>): Promise<() => Promise<void>> {
  const given = process.env['TENON_TEST_POSTGRES']
  const bin = given === undefined ? findPrograms() : undefined
  const server = bin === undefined ? undefined : await startServer(bin)
  const url = given ?? server?.url ?? ''
  if (url === '') console.warn(LEFT_OUT)
  provide('postgres', url)
  return async () => server?.stop()
}

/** The folder of `initdb` and `postgres`, the newest version where there are several. */
export function findPrograms(): string | undefined {
  const root = '/usr/lib/postgresql'
  const installed = existsSync(root) ? readdirSync(root).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...(process.env['PATH'] ?? '').split(path.delimiter),
    ...installed.map(version => path.join(root, version, 'bin')),
  ]
  return folders.find(folder => ['initdb', 'postgres'].every(program => existsSync(path.join(folder, program))))
}

/** Starts a server on a free loopback port, over a new folder, as another user where this one is root. */
export async function startServer(bin: string): Promise<Server> {
  const folder = mkdtempSync(path.join(tmpdir(), 'tenon-postgres-'))
  const user = unprivileged()
  const password = randomBytes(16).toString('hex')
  const passwordFile = path.join(folder, 'password')
  writeFileSync(passwordFile, password, { mode: 0o600 })
  if (user !== undefined) for (const file of [folder, passwordFile]) chownSync(file, user.uid, user.gid)
  const options = { ...user, cwd: folder, env: { PATH: process.env['PATH'], LC_ALL: 'C' } }
  const log = openSync(path.join(folder, 'log'), 'a')
  const stdio = ['ignore' as const, log, log]
  const data = path.join(folder, 'data')
  try {
    const access = ['-U', 'tenon', '-A', 'scram-sha-256', '--pwfile', passwordFile]
    const initdb = spawn(path.join(bin, 'initdb'), ['-D', data, ...access, '--no-sync', '--no-locale', '-E', 'UTF8'], {
      ...options,
      stdio,
    })
    if ((await ended(initdb)) !== 0) throw new Error('initdb failed')
    const port = await freePort()
    const settings = ['fsync=off', 'full_page_writes=off', 'unix_socket_directories=', 'max_connections=60'].flatMap(
      setting => ['-c', setting],
    )
    const server = spawn(path.join(bin, 'postgres'), ['-D', data, '-h', '127.0.0.1', '-p', String(port), ...settings], {
      ...options,
      stdio,
    })
    const url = `postgres://tenon:${password}@127.0.0.1:${port}/postgres`
    const kill = (): void => {
      server.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 })
    }
    process.once('exit', kill)
    await ready(url, server)
    return {
      url,
      async stop() {
        process.off('exit', kill)
        await stop(server)
        rmSync(folder, { recursive: true, force: true })
      },
    }
  } catch (error) {
    const output = readFileSync(path.join(folder, 'log'), 'utf8')
    rmSync(folder, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start:\n${output}`, { cause: error })
  }
}

/** Whom to run as: PostgreSQL refuses to be started by root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map(line => line.split(':'))
  const found = ['postgres', 'nobody']
    .map(name => users.find(user => user[0] === name))
    .find(user => user !== undefined)
  if (found === undefined) throw new Error('PostgreSQL cannot run as root, and there is no user postgres or nobody')
  return { uid: Number(found[2]), gid: Number(found[3]) }
}

async function freePort(): Promise<number> {
  const listener = createServer()
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  listener.once('error', reject).listen(0, '127.0.0.1', resolve)
  await promise
  const address = listener.address()
  listener.close()
  if (address === null || typeof address === 'string') throw new Error('the listener has no port')
  return address.port
}

async function ready(url: string, server: ChildProcess): Promise<void> {
  const deadline = performance.now() + 60_000
  for (;;) {
    const client = new Client({ connectionString: url })
    try {
      await client.connect()
      return
    } catch (error) {
      if (server.exitCode !== null || performance.now() > deadline) throw error
      await sleep(50)
    } finally {
      await client.end().catch(() => {})
    }
  }
}

async function stop(server: ChildProcess): Promise<void> {
  const end = ended(server)
  server.kill('SIGINT')
  const late = setTimeout(() => server.kill('SIGQUIT'), 5000)
  await end
  clearTimeout(late)
}

async function ended(child: ChildProcess): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return child.exitCode
  const { promise, resolve, reject } = Promise.withResolvers<number | null>()
  child.once('error', reject).once('exit', resolve)
  return promise
}
