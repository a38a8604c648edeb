/** The values of the chart: what they are called, what they may be, and where people read about them. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import {
  CHART,
  hasHelm,
  only,
  ofKind,
  readYaml,
  render,
  renderQuick,
  run,
  template,
  type Manifest,
  type Values,
} from './helm.ts'
const schema = JSON.parse(readFileSync(path.join(CHART, 'values.schema.json'), 'utf8'))
const values = readYaml('values.yaml')
const read = (file: string): string => readFileSync(path.join(CHART, file), 'utf8')

describe('the schema of the values', () => {
  test('knows every value, and no other', () => {
    const allowed = new Set(['enabled'])
    expect(
      pathsIn(schema)
        .filter(name => !allowed.has(name))
        .toSorted(),
    ).toEqual(pathsOf(values).toSorted())
  })

  test('is closed, but for what all charts share and what Kubernetes checks', () => {
    const open = objectsIn(schema, '').filter(({ node }) => node.additionalProperties !== false)
    const typed = open.filter(({ node }) => typeof node.additionalProperties !== 'object')
    expect(typed.map(({ at }) => at)).toEqual(['/properties/global', '/definitions/freeform'])
  })
})

/** The paths of values in a schema, down to what has no named parts. */
function pathsIn(node: Manifest, at = ''): readonly string[] {
  const own = resolved(node)
  if (own.properties === undefined || isLeaf(at)) return at === '' ? [] : [at]
  return Object.entries(own.properties).flatMap(([key, value]) => pathsIn(value, at === '' ? key : `${at}.${key}`))
}

function pathsOf(value: unknown, at = ''): readonly string[] {
  const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
  if (!isObject || isLeaf(at) || (Object.keys(value).length === 0 && at !== '')) return [at]
  return Object.entries(value).flatMap(([key, item]) => pathsOf(item, at === '' ? key : `${at}.${key}`))
}

/** What is one value for people, though it has parts. */
function isLeaf(at: string): boolean {
  return /(Probe|ecurityContext|resources|strategy|elector|issuerRef|abels|nnotations)$/.test(at)
}

function resolved(node: Manifest): Manifest {
  return node.$ref === undefined ? node : schema.definitions[node.$ref.split('/').at(-1)!]
}

function objectsIn(node: Manifest, at: string): readonly { readonly at: string; readonly node: Manifest }[] {
  if (typeof node !== 'object' || node === null) return []
  const own = node.type === 'object' ? [{ at, node }] : []
  return [...own, ...Object.entries(node).flatMap(([key, value]) => objectsIn(value, `${at}/${key}`))]
}

describe.skipIf(!hasHelm)('values are refused', () => {
  test.each<[string, Values, string]>([
    ['an unknown one', { replicaz: 2 }, 'replicaz'],
    ['an unknown one within', { store: { persistense: {} } }, 'persistense'],
    ['an unknown mode', { operator: { mode: 'enforce' } }, 'mode'],
    ['an unknown level', { operator: { logLevel: 'verbose' } }, 'logLevel'],
    ['a duration without a unit', { operator: { interval: '10' } }, 'interval'],
    ['text for a number', { replicas: '2' }, 'replicas'],
    ['half a digest', { image: { digest: 'sha256:12' } }, 'digest'],
    ['a namespace that cannot be', { watchNamespaces: ['A_b'] }, 'watchNamespaces'],
    ['a namespace twice', { watchNamespaces: ['a', 'a'] }, 'watchNamespaces'],
    ['a port for the privileged', { health: { port: 80 } }, 'port'],
    ['a policy that is none', { webhook: { failurePolicy: 'Sometimes' } }, 'failurePolicy'],
    ['a variable without a name', { extraEnv: [{ value: 'x' }] }, 'extraEnv'],
    ['a host with a path', { admissionPolicy: { allowedEndpointHosts: ['a.example/x'] } }, 'allowedEndpointHosts'],
    ['a host with a port', { admissionPolicy: { allowedEndpointHosts: ['a.example:443'] } }, 'allowedEndpointHosts'],
    ['an annotation that is no text', { podAnnotations: { a: true } }, 'podAnnotations'],
    ['nothing for something', { store: { existingSecret: null, type: 'postgres' } }, 'store'],
  ])('%s', (_, given, part) => {
    for (const helm of ['helm', 'helm3'] as const) {
      const { code, stderr } = template({ helm, values: given })
      expect(code).toBe(1)
      expect(stderr).toContain(part)
    }
  })

  test('but not those of a chart that contains this one', () => {
    const shared = { enabled: true, global: { imageRegistry: 'r.example', storageClass: 'of another chart' } }
    expect(template({ values: shared }).code).toBe(0)
  })
})

describe.skipIf(!hasHelm)('people read', () => {
  test('a README that is as fresh as the values', () => {
    const args = ['--chart-search-root', 'charts', '--sort-values-order', 'file', '--dry-run', '--log-level', 'warn']
    const { stdout, stderr } = run('helm-docs', args)
    expect(stderr).toBe('')
    expect(stdout.trimEnd()).toBe(read('README.md').trimEnd())
  })

  test('what each value is', () => {
    const rows = read('README.md').matchAll(/^\| (?<name>[a-z][\w.]*) \| \w+ \| .* \| (?<description>.*) \|$/gm)
    const described = [...rows].map(({ groups }) => ({ ...groups }))
    expect(described.filter(({ description }) => description === '')).toEqual([])
    expect(new Set(described.map(({ name }) => name))).toEqual(new Set(pathsOf(values)))
  })

  test.each([
    '## Install',
    '### The CustomResourceDefinitions',
    '### Rights',
    '## Upgrade',
    '## Uninstall',
    '## Runbook',
    '## GitOps',
    '## Capability level',
    '## Support',
    '## Publishing',
    '## Values',
  ])('a chapter %s', heading => {
    expect(read('README.md')).toContain(`\n${heading}\n`)
  })
})

describe('the chart is described for Artifact Hub', () => {
  const { annotations, ...chart } = readYaml('Chart.yaml')

  test('with version and licence of the program', () => {
    const program = JSON.parse(readFileSync(path.join(CHART, '../../package.json'), 'utf8'))
    expect({ version: chart.appVersion, license: annotations['artifacthub.io/license'] }).toEqual({
      version: program.version,
      license: program.license,
    })
    expect(parse(annotations['artifacthub.io/images'])).toEqual([
      { name: 'operator', image: `tenon:${chart.appVersion}` },
    ])
  })

  test.skipIf(!hasHelm)('with the definitions that it has', () => {
    const said = parse(annotations['artifacthub.io/crds']).map(({ kind, version, name, description }: Manifest) => ({
      kind,
      version,
      name,
      description,
    }))
    const are = ofKind(render(), 'CustomResourceDefinition').map(({ metadata, spec }) => ({
      kind: spec.names.kind,
      version: spec.versions[0].name,
      name: metadata.name,
      description: spec.versions[0].schema.openAPIV3Schema.description,
    }))
    expect(said).toEqual(are.toSorted((a, b) => (a.name < b.name ? -1 : 1)))
  })

  test('with an example of each kind', () => {
    const kinds = parse(annotations['artifacthub.io/crds']).map(({ kind }: Manifest) => kind)
    const examples = parse(annotations['artifacthub.io/crdsExamples']).map(({ kind }: Manifest) => kind)
    expect(examples.toSorted()).toEqual(kinds.toSorted())
  })
})

describe.skipIf(!hasHelm)('dashboard and alerts ask for metrics that the operator has', () => {
  const metrics = readFileSync(path.join(CHART, '../../src/operator/metrics.ts'), 'utf8')
  const known = (name: string): boolean =>
    name === 'up' ||
    /^(process|nodejs)_/.test(name) ||
    metrics.includes(`'${name.replace(/_(bucket|sum|count)$/, '')}'`)

  test('alerts', () => {
    const manifests = renderQuick({ metrics: { prometheusRule: { enabled: true } } })
    const [{ rules }] = only(manifests, 'PrometheusRule').spec.groups
    expect(rules.length).toBeGreaterThan(5)
    for (const { expr } of rules) expect(metricsIn(expr).filter(name => !known(name))).toEqual([])
  })

  test('panels', () => {
    const manifests = renderQuick({ metrics: { dashboard: { enabled: true } } })
    const { panels } = JSON.parse(only(manifests, 'ConfigMap').data['tenon.json'])
    const ids = panels.map(({ id }: Manifest) => id)
    expect(ids).toEqual([...new Set(ids)])
    for (const { expr } of panels.flatMap(({ targets }: Manifest) => targets)) {
      expect(metricsIn(expr).length).toBeGreaterThan(0)
      expect(metricsIn(expr).filter(name => !known(name))).toEqual([])
    }
  })
})

/** The metrics that an expression names: what stands before a brace. */
function metricsIn(expression: string): readonly string[] {
  return [...expression.matchAll(/(\w+)\{/g)].map(([, name]) => name!)
}
