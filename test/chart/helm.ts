/** Renders the chart with the real Helm, as manifests to look at. */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { parse, parseAllDocuments, stringify } from 'yaml'

const ROOT = path.join(import.meta.dirname, '../..')
export const CHART = path.join(ROOT, 'charts/tenon')
const BIN = path.join(ROOT, '.cache/bin')
const PROGRAMS = ['helm', 'helm3', 'helm-docs'] as const

/** Both major versions: 4 applies server-side, 3 does not, and each reads templates in its own way. */
export const HELMS = ['helm', 'helm3'] as const
export type Helm = (typeof HELMS)[number]

/** The newest Kubernetes that the chart is tested with; offline, Helm takes whatever it was built with. */
export const KUBERNETES = '1.36.3'

export const hasHelm = PROGRAMS.every(program => existsSync(path.join(BIN, program)))

/** Says in one line that the tests of the chart are left out; in CI that is a failure. */
export function sayIfLeftOut(): void {
  if (hasHelm) return
  const message = `The tests of the chart are left out: no ${PROGRAMS.join(', ')} in .cache/bin. To run them: npm run tools -- cluster (needs Go).`
  if (process.env['CI']) throw new Error(message)
  console.warn(message)
}

// oxlint-disable-next-line typescript/no-explicit-any -- manifests of many kinds
export type Manifest = any

export type Values = Readonly<Record<string, unknown>>

export interface Rendering {
  readonly helm?: Helm
  readonly release?: string
  readonly namespace?: string
  readonly kubernetes?: string
  /** Values files, by their paths. */
  readonly files?: readonly string[]
  readonly values?: Values
}

export interface Run {
  readonly code: number
  readonly stdout: string
  readonly stderr: string
}

/** The values files that belong to the chart, by name. */
export const CASES: readonly string[] = readdirSync(path.join(CHART, 'ci'))
  .filter(file => file.endsWith('-values.yaml'))
  .map(file => file.replace('-values.yaml', ''))

/** The path of a case's values. */
export function caseFile(name: string): string {
  return path.join(CHART, 'ci', `${name}-values.yaml`)
}

/** Runs one of the programs in `.cache/bin`, apart from whatever its user has configured. */
export function run(program: (typeof PROGRAMS)[number], args: readonly string[]): Run {
  const env = { PATH: process.env['PATH'], HOME: scratch() }
  const { status, stdout, stderr } = spawnSync(path.join(BIN, program), args, {
    env,
    cwd: ROOT,
    encoding: 'utf8',
    maxBuffer: 2 ** 26,
  })
  return { code: status ?? 1, stdout, stderr }
}

const rendered = new Map<string, Run>()

/** `helm template`, as it ends. What was rendered before is remembered: many tests look at the same manifests. */
export function template(rendering: Rendering = {}): Run {
  const key = JSON.stringify(rendering)
  const found = rendered.get(key) ?? templateAnew(rendering)
  rendered.set(key, found)
  return found
}

function templateAnew(rendering: Rendering): Run {
  const { helm = 'helm', release = 'tenon', namespace = 'tenon-system', kubernetes = KUBERNETES } = rendering
  const version = ['--kube-version', kubernetes, '--namespace', namespace]
  return run(helm, ['template', release, CHART, ...version, ...valueArgs(rendering)])
}

/** The manifests of a rendering that must succeed. */
export function render(rendering: Rendering = {}): readonly Manifest[] {
  const { code, stdout, stderr } = template(rendering)
  if (code !== 0) throw new Error(stderr)
  return manifestsIn(stdout)
}

/** As `render`, without the definitions, which are long. */
export function renderQuick(values: Values = {}, rendering: Omit<Rendering, 'values'> = {}): readonly Manifest[] {
  return render({ ...rendering, values: { crds: { enabled: false }, ...values } })
}

/** `helm lint --strict`, as it ends. */
export function lint(helm: Helm, rendering: Rendering): Run {
  return run(helm, ['lint', '--strict', CHART, '--kube-version', KUBERNETES, ...valueArgs(rendering)])
}

/** All documents of a text; a key that occurs twice is an error, as Helm 4 has it. */
export function manifestsIn(text: string): readonly Manifest[] {
  return parseAllDocuments(text, { uniqueKeys: true }).flatMap(document => {
    if (document.errors.length > 0) throw document.errors[0]!
    const manifest = document.toJS()
    return manifest === null ? [] : [manifest]
  })
}

/** The only manifest of a kind, and with a name where there are several. */
export function only(manifests: readonly Manifest[], kind: string, name?: string): Manifest {
  const found = manifests.filter(m => m.kind === kind && (name === undefined || m.metadata.name === name))
  if (found.length !== 1) throw new Error(`${found.length} manifests are a ${kind} ${name ?? ''}`)
  return found[0]
}

export function ofKind(manifests: readonly Manifest[], kind: string): readonly Manifest[] {
  return manifests.filter(manifest => manifest.kind === kind)
}

/** The operator's container. */
export function container(manifests: readonly Manifest[]): Manifest {
  return only(manifests, 'Deployment').spec.template.spec.containers[0]
}

export function readYaml(file: string): Manifest {
  return parse(readFileSync(path.join(CHART, file), 'utf8'))
}

function valueArgs({ files = [], values }: Rendering): readonly string[] {
  const given = files.flatMap(file => ['--values', file])
  if (values === undefined) return given
  const file = path.join(mkdtempSync(path.join(scratch(), 'values-')), 'values.yaml')
  // Helm reads YAML 1.1, where y and no are no text.
  writeFileSync(file, stringify(values, { version: '1.1' }))
  return [...given, '--values', file]
}

let folder: string | undefined

function scratch(): string {
  folder ??= mkdtempSync(path.join(tmpdir(), 'tenon-chart-'))
  return folder
}
