/** The operator's Deployment and the store that it is given. */
import { describe, expect, test } from 'vitest'
import { container, hasHelm, HELMS, ofKind, only, renderQuick, template, type Manifest, type Values } from './helm.ts'

const POSTGRES = { type: 'postgres', existingSecret: 'store', key: { existingSecret: 'key' } }

describe.skipIf(!hasHelm)('the store', () => {
  test('is embedded on a claim that is kept, with one replica that ends before the next one starts', () => {
    const manifests = renderQuick()
    const { spec } = only(manifests, 'Deployment')
    expect(spec).toMatchObject({ replicas: 1, strategy: { type: 'Recreate' } })
    expect(container(manifests).args).toContain('--store=/var/lib/tenon')
    expect(spec.template.spec.volumes).toContainEqual({
      name: 'store',
      persistentVolumeClaim: { claimName: 'tenon-store' },
    })
    const claim = only(manifests, 'PersistentVolumeClaim')
    expect(claim.metadata.annotations).toEqual({ 'helm.sh/resource-policy': 'keep' })
    expect(claim.spec).toEqual({ accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } })
  })

  test.each<[string, Values, object]>([
    [
      'a claim that is there',
      { persistence: { existingClaim: 'mine' } },
      { persistentVolumeClaim: { claimName: 'mine' } },
    ],
    ['nothing that lasts', { persistence: { enabled: false } }, { emptyDir: {} }],
  ])('is embedded on %s', (_, store, volume) => {
    const manifests = renderQuick({ store })
    expect(ofKind(manifests, 'PersistentVolumeClaim')).toEqual([])
    expect(only(manifests, 'Deployment').spec.template.spec.volumes).toContainEqual({ name: 'store', ...volume })
  })

  test('is PostgreSQL, its URL never an argument and its key a file for the operator alone', () => {
    const manifests = renderQuick({ store: POSTGRES, replicas: 2 })
    const { env, args, volumeMounts } = container(manifests)
    expect(env).toContainEqual({
      name: 'TENON_STORE',
      valueFrom: { secretKeyRef: { name: 'store', key: 'url' } },
    })
    expect(args.join(' ')).not.toContain('--store')
    expect(args).toContain('--key-file=/etc/tenon/key/tenon.key')
    expect(volumeMounts).toContainEqual({ name: 'key', mountPath: '/etc/tenon/key', readOnly: true })
    const { spec } = only(manifests, 'Deployment')
    expect(spec.strategy).toEqual({ type: 'RollingUpdate' })
    expect(spec.template.spec.volumes).toContainEqual({
      name: 'key',
      secret: { secretName: 'key', defaultMode: 0o400, items: [{ key: 'tenon.key', path: 'tenon.key' }] },
    })
    expect(spec.template.spec.securityContext.fsGroup).toBe(65_532)
    expect(ofKind(manifests, 'PersistentVolumeClaim')).toEqual([])
  })

  test('opens SOPS documents with identities from a Secret, each file a flag', () => {
    const manifests = renderQuick({ sops: { age: { existingSecret: 'age', keys: ['old', 'new'] } } })
    expect(container(manifests).args.filter((arg: string) => arg.startsWith('--age'))).toEqual([
      '--age-key-file=/etc/tenon/age/old',
      '--age-key-file=/etc/tenon/age/new',
    ])
    const volume = only(manifests, 'Deployment').spec.template.spec.volumes.find(({ name }: Manifest) => name === 'age')
    expect(volume.secret).toMatchObject({ secretName: 'age', defaultMode: 0o400 })
  })
})

describe.skipIf(!hasHelm)('what would lose data or never start is refused:', () => {
  test.each<[string, Values, string]>([
    [
      'an embedded store with two writers',
      { replicas: 2 },
      'replicas is 2, but the embedded store takes one writer only: set replicas to 1, or store.type to postgres.',
    ],
    [
      'an embedded store that two pods open in turn',
      { strategy: { type: 'RollingUpdate' } },
      'strategy.type is RollingUpdate',
    ],
    ['an embedded store with a URL', { store: { existingSecret: 'x' } }, 'store.type is embedded'],
    ['PostgreSQL without a URL', { store: { type: 'postgres' } }, 'store.existingSecret'],
    ['PostgreSQL without a key', { store: { ...POSTGRES, key: { existingSecret: '' } } }, 'store.key.existingSecret'],
    [
      'two operators that both lead',
      { replicas: 2, store: POSTGRES, leaderElection: { enabled: false } },
      'two operators would write at once',
    ],
    [
      'a certificate from two places',
      { webhook: { enabled: true, certManager: { enabled: true }, existingSecret: 'x' } },
      'set one of them',
    ],
    ['a certificate that nobody trusts', { webhook: { enabled: true, existingSecret: 'x' } }, 'webhook.caBundle'],
    ['one variable twice', { extraEnv: [{ name: 'A' }, { name: 'A' }] }, 'extraEnv names A twice'],
    [
      'a switch of namespaced mode without it',
      { rbac: { clusterServiceDefinitions: true } },
      'belongs to namespaced mode',
    ],
  ])('%s', (_, values, says) => {
    for (const helm of HELMS) {
      const { code, stderr } = template({ helm, values })
      expect(code).toBe(1)
      expect(stderr).toContain(says)
    }
  })

  test('an old Kubernetes', () => {
    expect(template({ kubernetes: '1.28.9' }).stderr).toContain('incompatible')
    expect(template({ kubernetes: '1.29.0' }).code).toBe(0)
    const values = { admissionPolicy: { enabled: true } }
    expect(template({ kubernetes: '1.29.4', values }).stderr).toContain('admissionPolicy.enabled needs Kubernetes 1.30')
    expect(template({ kubernetes: '1.30.0', values }).code).toBe(0)
  })

  test('nothing of a vendor’s version of Kubernetes', () => {
    expect(template({ kubernetes: 'v1.31.2-eks-1234' }).code).toBe(0)
  })
})

describe.skipIf(!hasHelm)('the pod', () => {
  test('hardens Node.js, and an extra variable replaces one of the chart’s', () => {
    const nodeOptions = (values: Values) =>
      container(renderQuick(values)).env.filter(({ name }: Manifest) => name === 'NODE_OPTIONS')
    expect(nodeOptions({})).toEqual([{ name: 'NODE_OPTIONS', value: '--disable-sigusr1 --report-exclude-env' }])
    expect(nodeOptions({ extraEnv: [{ name: 'NODE_OPTIONS', value: 'x' }] })).toEqual([
      { name: 'NODE_OPTIONS', value: 'x' },
    ])
    expect(nodeOptions({ nodeOptions: '' })).toEqual([])
  })

  test('knows its name and namespace, for the Lease', () => {
    expect(container(renderQuick()).env).toEqual(
      expect.arrayContaining([
        { name: 'POD_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'POD_NAMESPACE', valueFrom: { fieldRef: { fieldPath: 'metadata.namespace' } } },
      ]),
    )
  })

  test('writes to volumes only, and drains', () => {
    const { spec } = only(renderQuick(), 'Deployment').spec.template
    expect(spec.terminationGracePeriodSeconds).toBe(60)
    expect(spec.volumes).toContainEqual({ name: 'tmp', emptyDir: { sizeLimit: '512Mi' } })
    expect(container(renderQuick()).args).toContain('--cache-dir=/tmp/cache')
  })

  test('is asked for its health on the port of health', () => {
    const { livenessProbe, readinessProbe, startupProbe, ports, args } = container(
      renderQuick({ health: { port: 9000 }, metrics: { port: 9001 } }),
    )
    expect(livenessProbe.httpGet).toEqual({ path: '/healthz', port: 'health' })
    expect(readinessProbe.httpGet).toEqual({ path: '/readyz', port: 'health' })
    expect(startupProbe.httpGet).toEqual({ path: '/healthz', port: 'health' })
    expect(ports).toContainEqual({ name: 'health', containerPort: 9000, protocol: 'TCP' })
    expect(args).toEqual(expect.arrayContaining(['--health-address=:9000', '--metrics-address=:9001']))
  })

  test('spreads by its own labels where a constraint names none', () => {
    const constraint = { maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'DoNotSchedule' }
    const own = { ...constraint, labelSelector: { matchLabels: { app: 'x' } } }
    const { spec } = only(renderQuick({ topologySpreadConstraints: [constraint, own] }), 'Deployment')
    expect(spec.template.spec.topologySpreadConstraints).toEqual([{ ...constraint, labelSelector: spec.selector }, own])
  })

  test('keeps the labels that it is found by, whatever labels it is given', () => {
    const podLabels = { 'app.kubernetes.io/name': 'x', zone: 'y' }
    const { selector, template: pod } = only(renderQuick({ podLabels, commonLabels: { team: 'z' } }), 'Deployment').spec
    expect(pod.metadata.labels).toEqual({ ...selector.matchLabels, zone: 'y', team: 'z' })
  })

  test('does not restart for a new version of the chart alone', () => {
    expect(JSON.stringify(only(renderQuick(), 'Deployment').spec.template)).not.toContain('helm.sh/chart')
  })
})
