/** Runs kubectl and helm against the cluster, apart from whatever the user of this machine has configured. */
import { spawn } from 'node:child_process'
import { text } from 'node:stream/consumers'
import { guarded } from './guard.ts'

export interface Ran {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

export interface RunIn {
  readonly kubeconfig: string
  /** Where the program may keep caches. */
  readonly home: string
}

export type Kubectl = (args: readonly string[], input?: string) => Promise<Ran>

/** Runs a program to its end. */
export async function run(program: string, args: readonly string[], where: RunIn, input = ''): Promise<Ran> {
  const environment = { PATH: process.env['PATH'], HOME: where.home, KUBECONFIG: where.kubeconfig, KUBERC: 'off' }
  const child = guarded(spawn(program, args, { env: environment, stdio: 'pipe' }))
  // A program that does not read its input may be gone before it is written.
  child.stdin.on('error', () => {}).end(input)
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  child.once('error', reject).once('close', code => resolve(code ?? 1))
  const [stdout, stderr, code] = await Promise.all([text(child.stdout), text(child.stderr), promise])
  return { code, stdout, stderr }
}

/** What a run that must succeed wrote to stdout. */
export function must({ code, stdout, stderr }: Ran): string {
  if (code !== 0) throw new Error(stderr || stdout)
  return stdout
}
