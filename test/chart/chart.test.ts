/** The chart, rendered by the real Helm 3 and 4. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { tenon } from '../support/tenon.ts'
import {
  caseFile,
  CASES,
  CHART,
  container,
  hasHelm,
  HELMS,
  sayIfLeftOut,
  lint,
  manifestsIn,
  ofKind,
  only,
  render,
  renderQuick,
  run,
  template,
  type Manifest,
  type Values,
} from './helm.ts'

sayIfLeftOut()

const EVERY_CASE = CASES.flatMap(name => HELMS.map(helm => ({ name, helm })))
/** A chart of the same values may differ only in what is made by chance. */
const steady = (text: string): string => text.replaceAll(/(ca\.crt|tls\.crt|tls\.key|caBundle): .*/g, '$1: …')

describe.skipIf(!hasHelm)('every set of values', () => {
  test('there are values for each way to install', () => {
    expect(CASES).toEqual([
      'default',
      'embedded',
      'everything',
      'namespaced',
      'postgres-ha',
      'webhook-cert-manager',
      'webhook-self-signed',
    ])
  })

  test.each(EVERY_CASE)('$name passes lint --strict of $helm', ({ name, helm }) => {
    const { code, stdout, stderr } = lint(helm, { files: [caseFile(name)] })
    expect({ code, complaints: `${stdout}${stderr}`.match(/^\[(WARNING|ERROR)\].*/gm) }).toEqual({
      code: 0,
      complaints: null,
    })
  })

  test.each(CASES)('%s renders alike in Helm 3 and 4', name => {
    const [four, three] = HELMS.map(helm => template({ helm, files: [caseFile(name)] }))
    expect(four!.code, four!.stderr).toBe(0)
    const sorted = (text: string) =>
      manifestsIn(steady(text))
        .map(manifest => JSON.stringify(manifest))
        .toSorted()
    expect(sorted(three!.stdout)).toEqual(sorted(four!.stdout))
  })

  test.each(CASES)('%s reads alike in YAML 1.1, which Kubernetes takes, and in 1.2', name => {
    const { stdout } = template({ files: [caseFile(name)] })
    const read = (version: '1.1' | '1.2') => parseAllDocuments(stdout, { version }).map(document => document.toJSON())
    expect(read('1.1')).toEqual(read('1.2'))
  })

  test.each(CASES)('%s: every object is named once, by at most 63 characters, and says what it belongs to', name => {
    const manifests = render({ files: [caseFile(name)] })
    const identities = manifests.map(({ kind, metadata }) => [kind, metadata.namespace, metadata.name].join(' '))
    expect(identities).toEqual([...new Set(identities)])
    for (const { kind, metadata } of manifests) {
      if (name === 'everything' && kind === 'ConfigMap' && metadata.labels === undefined) continue
      expect(metadata.name.length).toBeLessThanOrEqual(63)
      expect(metadata.labels).toMatchObject({
        'app.kubernetes.io/instance': 'tenon',
        'app.kubernetes.io/managed-by': 'Helm',
        'app.kubernetes.io/part-of': 'tenon',
      })
    }
  })

  test.each(CASES)('%s: lists that Kubernetes merges by key hold each key once', name => {
    const { spec } = only(render({ files: [caseFile(name)] }), 'Deployment').spec.template
    const [{ env, ports, volumeMounts, args }] = spec.containers
    const keys = {
      env: env.map((entry: Manifest) => entry.name),
      ports: ports.map((entry: Manifest) => entry.containerPort),
      mounts: volumeMounts.map((entry: Manifest) => entry.mountPath),
      volumes: spec.volumes.map((entry: Manifest) => entry.name),
      secrets: (spec.imagePullSecrets ?? []).map((entry: Manifest) => entry.name),
      args,
    }
    for (const [list, found] of Object.entries(keys)) expect(found, list).toEqual([...new Set(found)])
    expect(keys.volumes).toEqual(expect.arrayContaining(volumeMounts.map((entry: Manifest) => entry.name)))
  })

  test.each(CASES)('%s: pods satisfy the level restricted', name => {
    const { spec } = only(render({ files: [caseFile(name)] }), 'Deployment').spec.template
    expect(spec.securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 65_532,
      seccompProfile: { type: 'RuntimeDefault' },
    })
    for (const { securityContext } of [...spec.containers, ...(spec.initContainers ?? [])]) {
      expect(securityContext).toEqual({
        allowPrivilegeEscalation: false,
        capabilities: { drop: ['ALL'] },
        readOnlyRootFilesystem: true,
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      })
    }
  })

  test.each(CASES)('%s: every argument is a flag of the operator', async name => {
    const { args } = container(render({ files: [caseFile(name)] }))
    const { stdout } = await tenon(['operator', '--help'], { cwd: CHART })
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag)
    expect(flags.length).toBeGreaterThan(20)
    expect(args[0]).toBe('operator')
    for (const arg of args.slice(1)) expect(flags).toContain(arg.split('=')[0])
  })

  test.each(CASES)('%s: the token is mounted in the pod, and by no default', name => {
    const manifests = render({ files: [caseFile(name)] })
    expect(only(manifests, 'Deployment').spec.template.spec.automountServiceAccountToken).toBe(true)
    expect(only(manifests, 'ServiceAccount').automountServiceAccountToken).toBe(false)
  })

  test.each(CASES)('%s has notes that say how to go on and how to uninstall', name => {
    const values = ['--values', caseFile(name), '--set', 'crds.enabled=false']
    const { code, stdout, stderr } = run('helm', [
      'install',
      'tenon',
      CHART,
      '--dry-run=client',
      '-n',
      'here',
      ...values,
    ])
    expect(code, stderr).toBe(0)
    const notes = stdout.slice(stdout.indexOf('NOTES:'))
    for (const part of ['Is it running?', 'Next', 'Uninstall in this order', 'helm uninstall tenon']) {
      expect(notes).toContain(part)
    }
  })
})

describe.skipIf(!hasHelm)('the definitions', () => {
  const files = () => readdirSync(path.join(CHART, 'files/crds'))
  const definitions = (values: Values = {}) => ofKind(render({ values }), 'CustomResourceDefinition')

  test('are rendered as they are generated, with a label and the annotation that keeps them', () => {
    const rendered = definitions()
    expect(rendered.map(({ spec }) => `${spec.names.plural}.yaml`).toSorted()).toEqual(files().toSorted())
    for (const { metadata, ...rest } of rendered) {
      const raw = parse(readFileSync(path.join(CHART, 'files/crds', `${rest.spec.names.plural}.yaml`), 'utf8'))
      expect({ ...rest, metadata: { name: metadata.name } }).toEqual(raw)
      expect(metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
    }
  })

  test('go on uninstall where that is asked for', () => {
    for (const { metadata } of definitions({ crds: { keep: false } })) expect(metadata.annotations).toBeUndefined()
  })

  test('take further annotations', () => {
    const annotations = { 'argocd.argoproj.io/sync-options': 'ServerSideApply=true' }
    for (const { metadata } of definitions({ crds: { annotations } }))
      expect(metadata.annotations).toMatchObject(annotations)
  })

  test('stay out where that is asked for', () => {
    expect(definitions({ crds: { enabled: false } })).toEqual([])
  })
})

describe.skipIf(!hasHelm)('names', () => {
  const long = 'a'.repeat(53)

  test.each<[string, Values, string, string]>([
    ['are the release’s, where that says tenon', {}, 'tenon-eu', 'tenon-eu'],
    ['are the release’s and the chart’s otherwise', {}, 'eu', 'eu-tenon'],
    ['take another name of the chart', { nameOverride: 'joint' }, 'eu', 'eu-joint'],
    ['take another name altogether', { fullnameOverride: 'joint' }, 'eu', 'joint'],
    ['are cut at 63 characters', { nameOverride: 'b'.repeat(70) }, long, `${long}-${'b'.repeat(9)}`],
    ['end with no dash when cut', { nameOverride: `${'b'.repeat(8)}-x` }, long, `${long}-${'b'.repeat(8)}`],
  ])('%s', (_, values, release, expected) => {
    expect(only(renderQuick(values, { release }), 'Deployment').metadata.name).toBe(expected)
  })

  test('of all objects stay within 63 characters, and apart, however long release and namespace are', () => {
    const values = {
      webhook: { enabled: true },
      metrics: { dashboard: { enabled: true } },
      nameOverride: 'b'.repeat(63),
    }
    const one = renderQuick(values, { release: long, namespace: `${'n'.repeat(62)}1` })
    const other = renderQuick(values, { release: long, namespace: `${'n'.repeat(62)}2` })
    for (const { metadata } of one) {
      expect(metadata.name.length).toBeLessThanOrEqual(63)
      expect(Object.values(metadata.labels).filter(label => (label as string).length > 63)).toEqual([])
    }
    const clusterRole = (manifests: readonly Manifest[]) => only(manifests, 'ClusterRoleBinding').metadata.name
    expect(clusterRole(one)).not.toBe(clusterRole(other))
    expect(clusterRole(one)).toMatch(/-operator$/)
  })

  test('that are numbers stay text', () => {
    const manifests = renderQuick({ watchNamespaces: ['123'] }, { release: 'tenon', namespace: '456' })
    expect(only(manifests, 'Deployment').metadata.namespace).toBe('456')
    expect(ofKind(manifests, 'Role').map(({ metadata }) => metadata.namespace)).toEqual(
      expect.arrayContaining(['123', '456']),
    )
  })

  test('go to another namespace altogether', () => {
    const manifests = renderQuick({ namespaceOverride: 'elsewhere' })
    const namespaces = manifests.map(({ metadata }) => metadata.namespace).filter(namespace => namespace !== undefined)
    expect([...new Set(namespaces)]).toEqual(['elsewhere'])
    for (const binding of ofKind(manifests, 'ClusterRoleBinding'))
      expect(binding.subjects[0].namespace).toBe('elsewhere')
  })
})

describe.skipIf(!hasHelm)('the image', () => {
  const digest = `sha256:${'0'.repeat(64)}`

  test.each<[string, Values, string]>([
    ['is that of the chart’s version', {}, 'tenon:0.1.0'],
    [
      'takes registry, repository and tag',
      { image: { registry: 'r.example', repository: 'a/b', tag: 'x' } },
      'r.example/a/b:x',
    ],
    ['is fixed by a digest, which wins over the tag', { image: { tag: 'x', digest } }, `tenon@${digest}`],
    [
      'comes from the registry of all charts first',
      { global: { imageRegistry: 'all.example' }, image: { registry: 'r.example', digest } },
      `all.example/tenon@${digest}`,
    ],
  ])('%s', (_, values, expected) => {
    expect(container(renderQuick(values)).image).toBe(expected)
  })

  test('is pulled with every secret once, named in either form', () => {
    const values = { global: { imagePullSecrets: ['a', 'b'] }, imagePullSecrets: [{ name: 'b' }, { name: 'c' }] }
    expect(only(renderQuick(values), 'Deployment').spec.template.spec.imagePullSecrets).toEqual([
      { name: 'a' },
      { name: 'b' },
      { name: 'c' },
    ])
  })
})
