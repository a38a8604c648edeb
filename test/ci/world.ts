/** Runs the scripts of `examples/ci` as their CI runs them: by the real bash, git and jq, on real repositories. */
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { gitWorld, type GitWorld } from '../source/git-world.ts'
import { layStory } from '../review/laid.ts'
import { EXAMPLES, PROJECT, type Ran } from '../support/tenon.ts'

export const CI = path.join(EXAMPLES, 'ci')

/** The poster reads JSON with jq, as every runner of GitHub has it; without it, its tests are left out. */
export const HAS_JQ = spawnSync('jq', ['--version']).status === 0

/** How a CI system calls the shell: GitHub with `shell: bash`, GitLab where the image has bash, and where it has not. */
export const SHELLS = {
  github: ['bash', '--noprofile', '--norc', '-eo', 'pipefail'],
  gitlab: ['bash', '-eo', 'pipefail'],
  sh: ['sh', '-e'],
  none: [],
} as const

export interface ScriptOptions {
  readonly cwd: string
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly shell?: keyof typeof SHELLS
  readonly args?: readonly string[]
}

/** A project whose branch `main` is what a story begins with, and `feature` what it ends with, both in `integrations`. */
export interface Project {
  readonly base: string
  readonly head: string
}

export interface CiWorld extends GitWorld {
  /** The folder in front of the PATH: `tenon` is there, started from the sources. */
  readonly bin: string
  at(...names: readonly string[]): string
  project(story: string, repository?: string): Project
  /** Puts a program on the PATH that somebody else wrote. */
  program(name: string, text: string): void
  /** Runs a script; only the variables given are there, besides those that every runner has. */
  run(script: string, options: ScriptOptions): Promise<Ran>
}

export function ciWorld(): CiWorld {
  const world = gitWorld()
  const at = (...names: readonly string[]): string => path.join(world.folder, ...names)
  const bin = at('bin')
  mkdirSync(at('tmp'))
  const program = (name: string, text: string): void => {
    mkdirSync(bin, { recursive: true })
    writeFileSync(path.join(bin, name), text)
    chmodSync(path.join(bin, name), 0o755)
  }
  // What Node.js has compiled is kept where it always is, although the scripts have a temporary folder of their own.
  const cache = path.join(tmpdir(), 'node-compile-cache')
  const start = `exec '${process.execPath}' '${path.join(PROJECT, 'src/main.ts')}' "$@"`
  program('tenon', `#!/bin/sh\nNODE_COMPILE_CACHE='${cache}' ${start}\n`)
  const surroundings = { ...world.env, PATH: `${bin}:${process.env['PATH']}`, TMPDIR: at('tmp') }
  return {
    ...world,
    bin,
    at,
    program,
    project: (story, repository = 'project') => projectOf(world, story, repository),
    run: (script, { cwd, env, shell = 'github', args = [] }) => {
      const file = at('script')
      writeFileSync(file, script)
      chmodSync(file, 0o755)
      const [command = file, ...flags] = SHELLS[shell]
      return ended(command, [...flags, ...(command === file ? [] : [file]), ...args], {
        cwd,
        env: { ...surroundings, ...env },
      })
    },
  }
}

function projectOf(world: GitWorld, story: string, repository: string): Project {
  const laid = path.join(world.folder, `laid-${story}`)
  layStory(story, laid)
  world.init(repository)
  const folder = path.join(world.folder, repository, 'integrations')
  cpSync(path.join(laid, 'before'), folder, { recursive: true })
  const base = world.commit(repository)
  world.git(repository, 'checkout', '--quiet', '-b', 'feature')
  rmSync(folder, { recursive: true })
  cpSync(path.join(laid, 'after'), folder, { recursive: true })
  const head = world.commit(repository)
  world.git(repository, 'checkout', '--quiet', 'main')
  return { base, head }
}

/** Runs a program to its end while this process goes on, which may be the server that the program asks. */
async function ended(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string | undefined>> },
): Promise<Ran> {
  const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  const [out, err]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk))
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (status, signal) => resolve(status ?? (signal === null ? 1 : 128)))
  })
  return { code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }
}

/** The text of a file, or nothing where there is none. */
export function textOf(file: string): string {
  return existsSync(file) ? readFileSync(file, 'utf8') : ''
}
