/** `npm run bench`: the figures of the promises, each beside its limit, and beside terraform where it is installed. */
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { generateX25519Identity, identityToRecipient } from 'age-encryption'
import { Secret } from '../../src/model/secret.ts'
import { encryptYaml } from '../../src/sops/write.ts'
import { findPrograms, startServer } from '../support/postgres.ts'
import { benchAccess } from './access.ts'
import { fastest, tenon, type Measured } from './measure.ts'
import { benchOpenApi } from './openapi.ts'
import { benchReview, REVIEW_CASES } from './review.ts'
import { benchSops } from './sops.ts'
import { integrationText, LARGE, writeWorld, type WorldSize } from './world.ts'

const CACHE = path.join(import.meta.dirname, '../../.cache')
const folder = mkdtempSync(path.join(tmpdir(), 'tenon-bench-'))

interface Row {
  readonly what: string
  readonly figure: string
  readonly limit: string
  readonly holds: boolean | undefined
}

const rows: Row[] = []

function report(what: string, figure: string, limit: string, holds: boolean | undefined): void {
  rows.push({ what, figure, limit, holds })
  const mark = holds === undefined ? ' ' : holds ? '✓' : '✗'
  console.log(`${mark} ${what.padEnd(62)} ${figure.padStart(22)}   ${limit}`)
}

function reportRun(
  what: string,
  { seconds, megabytes }: Pick<Measured, 'seconds' | 'megabytes'>,
  limits: { seconds?: number; megabytes?: number },
): void {
  const figure = `${seconds.toFixed(2)} s, ${megabytes.toFixed(0)} MB`
  const wanted = [limits.seconds && `≤ ${limits.seconds} s`, limits.megabytes && `≤ ${limits.megabytes} MB`]
    .filter(Boolean)
    .join(', ')
  const holds = seconds <= (limits.seconds ?? Infinity) && megabytes <= (limits.megabytes ?? Infinity)
  report(what, figure, wanted, wanted === '' ? undefined : holds)
}

/** The life of one world in a store: checked, applied, applied again, changed in one place. */
function life(
  name: string,
  size: WorldSize,
  store: string | undefined,
  limits: Readonly<Record<string, { seconds?: number; megabytes?: number }>>,
): void {
  const home = path.join(folder, name.replaceAll(/\W+/g, '-'))
  const world = path.join(home, 'world')
  writeWorld(world, size)
  const key = path.join(home, 'key')
  execFileSync('openssl', ['rand', '-base64', '-out', key, '32'])
  const at = store === undefined ? [] : ['--store', store, '--key-file', key]
  const run = (...args: readonly string[]): Measured => tenon([...args, '-f', 'world', ...at], home)
  tenon(['validate', '-f', 'world', '-q'], home)
  if (limits['validate'])
    reportRun(
      `${name}: validate`,
      fastest(3, () => tenon(['validate', '-f', 'world', '-q'], home)),
      limits['validate'],
    )
  reportRun(`${name}: first apply`, run('apply', '--yes', '-q'), limits['apply'] ?? {})
  reportRun(
    `${name}: plan without changes`,
    fastest(3, () => run('plan', '-q')),
    limits['plan'] ?? {},
  )
  const file = path.join(world, 'integrations/000000.yaml')
  const text = readFileSync(file, 'utf8')
  writeFileSync(file, text.replace(integrationText(0, size), integrationText(0, size, 'Changed')))
  reportRun(`${name}: one change applied`, run('apply', '--yes', '-q'), limits['change'] ?? {})
}

function startUp(): void {
  const node = process.execPath
  const bare = fastest(10, () => {
    const start = performance.now()
    spawnSync(node, ['-e', '0'])
    return { seconds: (performance.now() - start) / 1000, megabytes: 0, stdout: '' }
  })
  const main = path.join(import.meta.dirname, '../../dist/main.js')
  const version = fastest(10, () => {
    const start = performance.now()
    spawnSync(node, [main, 'version'])
    return { seconds: (performance.now() - start) / 1000, megabytes: 0, stdout: '' }
  })
  report('tenon version', `${(version.seconds * 1000).toFixed(0)} ms`, '≤ 150 ms', version.seconds <= 0.15)
  report('  of which Node itself', `${(bare.seconds * 1000).toFixed(0)} ms`, '', undefined)
}

async function openApi(): Promise<void> {
  const prefix = path.join(CACHE, 'openapi')
  const file = path.join(prefix, 'node_modules/@octokit/openapi/generated/api.github.com.json')
  mkdirSync(prefix, { recursive: true })
  if (!existsSync(file))
    spawnSync('npm', ['install', '--silent', '--prefix', prefix, '@octokit/openapi@23.0.2'], { stdio: 'inherit' })
  if (!existsSync(file)) {
    console.log('  left out: the npm package @octokit/openapi could not be installed')
    return
  }
  const { coldMs, cachedMs, operations } = await benchOpenApi(file)
  report(`GitHub's document to ${operations} operations, cold`, `${coldMs} ms`, '≤ 3000 ms', coldMs <= 3000)
  report("GitHub's document, cached", `${cachedMs} ms`, '≤ 50 ms', cachedMs <= 50)
}

async function sops(count: number): Promise<void> {
  const { ms } = await benchSops(count)
  report(`${count} SOPS files verified and decrypted, in-process`, `${(ms / 1000).toFixed(2)} s`, '≤ 5 s', ms <= 5000)
  const home = path.join(folder, 'sops')
  const identity = await generateX25519Identity()
  const recipients = [await identityToRecipient(identity)]
  const env = { SOPS_AGE_KEY: identity }
  mkdirSync(path.join(home, 'world'), { recursive: true })
  writeFileSync(path.join(home, 'world/tenon.yaml'), 'owner: git:bench/sops\n')
  for (let index = 0; index < count; index++) {
    const service = { kind: 'ClusterServiceDefinition', name: 'jira' }
    const data = {
      for: { name: new Secret(`bot-${index}`) },
      username: new Secret('bot'),
      password: new Secret(`value-${index}`),
    }
    const spec = { service, type: 'basic', scope: 'company', label: `Bot ${index}`, data }
    const document = { apiVersion: 'tenon.dev/v1alpha1', kind: 'Credential', metadata: { name: `bot-${index}` }, spec }
    writeFileSync(
      path.join(home, `world/bot-${index}.yaml`),
      await encryptYaml([document], { recipients, lastModified: new Date() }),
    )
  }
  reportRun(`${count} SOPS credentials: first apply`, tenon(['apply', '--yes', '-q', '-f', 'world'], home, { env }), {
    seconds: 5,
  })
  // Without a key nothing can be decrypted: that the plan succeeds shows that nothing was.
  reportRun(
    `${count} SOPS credentials: plan without changes, and without a key`,
    tenon(['plan', '-q', '-f', 'world'], home),
    {},
  )
}

function access(): void {
  const figures = benchAccess()
  report('10,000 decisions in-process', `${figures.effectsMs.toFixed(0)} ms`, '≤ 50 ms', figures.effectsMs <= 50)
  report('  with their reasons', `${figures.decisionsMs.toFixed(0)} ms`, '', undefined)
  report('  10,000 integrations on 1,000 operations compiled', `${figures.compileMs.toFixed(0)} ms`, '', undefined)
}

/** What changes for whom: both states are in memory already, and count in the figures of memory. */
function largeReviews(): void {
  console.log('  review of 10,000 integrations × 1,000 operations × 50,000 people, files read before:')
  for (const { name, limits } of REVIEW_CASES) {
    const figures = benchReview(name)
    reportRun(`  ${name} (${figures.rows} rows)`, figures, limits)
  }
}

/** Two revisions of a repository of 10,000 files of which 10 differ: blobs read, decoded, compared and told, in one process. */
function revisions(): void {
  const home = path.join(folder, 'revisions')
  writeWorld(path.join(home, 'integrations'), { ...LARGE, perFile: 1 })
  const git = (...args: readonly string[]): void => {
    const person = ['-c', 'user.name=bench', '-c', 'user.email=bench@acme.example']
    execFileSync('git', [...person, ...args], { cwd: home, stdio: 'ignore' })
  }
  const commit = (message: string): void => {
    git('add', '--all')
    git('commit', '--quiet', '--message', message)
  }
  git('init', '--quiet', '--initial-branch=main')
  commit('base')
  git('checkout', '--quiet', '-b', 'feature')
  for (let index = 0; index < 10; index++) {
    const file = path.join(home, `integrations/integrations/${String(index * 1000).padStart(6, '0')}.yaml`)
    writeFileSync(file, readFileSync(file, 'utf8').replace('effect: confirm', 'effect: allow'))
  }
  commit('change')
  const review = ['review', '--base', 'main', '--head', 'feature', '-f', 'integrations', '-o', 'json', '-q']
  reportRun(
    'review of two revisions, 10 of 10,000 files differ',
    fastest(3, () => tenon(review, home, { exit: 4 })),
    { seconds: 3 },
  )
}

/** The peer: as many plain values in terraform's own state. */
function terraform(count: number): void {
  if (spawnSync('terraform', ['version']).error !== undefined) {
    console.log('  left out: terraform is not installed')
    return
  }
  const home = path.join(folder, 'terraform')
  mkdirSync(home)
  const blocks = Array.from(
    { length: count },
    (_, index) =>
      `resource "terraform_data" "r${index}" {\n  input = ${JSON.stringify(integrationText(index, LARGE))}\n}\n`,
  )
  writeFileSync(path.join(home, 'main.tf'), blocks.join('\n'))
  const run = (...args: readonly string[]): number => {
    const start = performance.now()
    const env = { ...process.env, CHECKPOINT_DISABLE: '1', NO_COLOR: '1' }
    const { status, stderr } = spawnSync('terraform', args, { cwd: home, encoding: 'utf8', env, maxBuffer: 1 << 30 })
    if (status !== 0) throw new Error(`terraform ${args[0]}: ${stderr}`)
    return (performance.now() - start) / 1000
  }
  run('init', '-input=false')
  const applied = run('apply', '-auto-approve', '-input=false')
  const planned = Math.min(run('plan', '-input=false'), run('plan', '-input=false'))

  const ours = path.join(folder, 'beside-terraform')
  // As many resources in all: integrations, the groups that have access, and two services.
  const groups = 38
  writeWorld(path.join(ours, 'world'), { ...LARGE, integrations: count - groups - 2, groups, services: 2 })
  const apply = tenon(['apply', '--yes', '-q', '-f', 'world'], ours)
  const plan = fastest(3, () => tenon(['plan', '-q', '-f', 'world'], ours))
  report(
    `terraform, ${count} resources: apply / plan`,
    `${applied.toFixed(2)} s / ${planned.toFixed(2)} s`,
    '',
    undefined,
  )
  report(
    `tenon, ${count} resources: apply / plan`,
    `${apply.seconds.toFixed(2)} s / ${plan.seconds.toFixed(2)} s`,
    '',
    undefined,
  )
  const [faster, planFaster] = [applied / apply.seconds, planned / plan.seconds]
  report('  times faster to apply', faster.toFixed(1), '≥ 50', faster >= 50)
  report('  times faster to plan without changes', planFaster.toFixed(1), '≥ 10', planFaster >= 10)
}

async function postgres(): Promise<void> {
  const bin = findPrograms()
  if (bin === undefined) {
    console.log('  left out: no PostgreSQL server is installed')
    return
  }
  const server = await startServer(bin)
  try {
    life('10,000 on PostgreSQL', LARGE, server.url, {
      apply: { seconds: 8 },
      plan: { seconds: 2 },
      change: { seconds: 1 },
    })
  } finally {
    await server.stop()
  }
}

/** What can be measured by itself: `npm run bench -- startup sops`. */
const PARTS: Readonly<Record<string, () => void | Promise<void>>> = {
  startup: startUp,
  embedded: () =>
    life('10,000 embedded', LARGE, undefined, {
      validate: { seconds: 2, megabytes: 256 },
      apply: { seconds: 5 },
      plan: { seconds: 2, megabytes: 256 },
      change: { seconds: 1 },
    }),
  files: () =>
    life('10,000 as 10,000 files', { ...LARGE, perFile: 1 }, undefined, {
      validate: { seconds: 2, megabytes: 256 },
      plan: { seconds: 2 },
    }),
  large: () =>
    life('50,000 embedded', { ...LARGE, integrations: 50_000 }, undefined, {
      validate: { seconds: 10 },
      plan: { seconds: 10 },
    }),
  postgres,
  openapi: openApi,
  sops: () => sops(1000),
  access,
  review: largeReviews,
  revisions,
  terraform: () => terraform(1000),
}

try {
  console.log(`Node ${process.versions.node}; each figure is of whole processes unless it says otherwise\n`)
  const chosen = process.argv.slice(2)
  for (const [name, measure] of Object.entries(PARTS)) if (chosen.length === 0 || chosen.includes(name)) await measure()
  const missed = rows.filter(({ holds }) => holds === false)
  console.log(`\n${rows.filter(({ holds }) => holds === true).length} limits hold, ${missed.length} do not`)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
