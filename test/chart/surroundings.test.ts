/** What the chart puts around the operator: network, metrics, admission. */
import { createPrivateKey, X509Certificate } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { container, hasHelm, ofKind, only, renderQuick, type Manifest, type Values } from './helm.ts'

const POSTGRES = { type: 'postgres', existingSecret: 'store', key: { existingSecret: 'key' } }

describe.skipIf(!hasHelm)('what surrounds the pod', () => {
  test.each([
    [1, 0],
    [2, 1],
    [3, 1],
  ])('%i replicas have %i disruption budgets', (replicas, budgets) => {
    const values = { replicas, store: POSTGRES }
    expect(ofKind(renderQuick(values), 'PodDisruptionBudget')).toHaveLength(budgets)
    expect(ofKind(renderQuick({ ...values, podDisruptionBudget: { enabled: false } }), 'PodDisruptionBudget')).toEqual(
      [],
    )
  })

  test('a network policy lets nothing in but what was asked for', () => {
    const policy = (values: Values) => only(renderQuick(values), 'NetworkPolicy').spec
    const ports = (rules: Manifest[]) => rules.flatMap(rule => rule.ports.map(({ port }: Manifest) => port))
    expect(policy({}).policyTypes).toEqual(['Ingress', 'Egress'])
    expect(ports(policy({}).ingress)).toEqual([8080])
    expect(policy({}).ingress[0].from).toHaveLength(2)
    expect(policy({ metrics: { enabled: false } }).ingress).toEqual([])
    expect(ports(policy({ webhook: { enabled: true } }).ingress)).toEqual([8080, 9443])
    expect(ports(policy({}).egress)).toEqual([443, 6443, 53, 53])
    expect(ports(policy({ store: POSTGRES }).egress)).toEqual([443, 6443, 53, 53, 5432])
    expect(ofKind(renderQuick({ networkPolicy: { enabled: false } }), 'NetworkPolicy')).toEqual([])
  })

  test('nothing of the Prometheus operator comes unasked', () => {
    const kinds = renderQuick().map(({ kind }) => kind)
    for (const kind of ['ServiceMonitor', 'PrometheusRule']) expect(kinds).not.toContain(kind)
  })

  test('a monitor finds the Service of the metrics and no other', () => {
    const manifests = renderQuick({ metrics: { serviceMonitor: { enabled: true } }, webhook: { enabled: true } })
    const { selector } = only(manifests, 'ServiceMonitor').spec
    const found = ofKind(manifests, 'Service').filter(({ metadata }) =>
      Object.entries(selector.matchLabels).every(([key, value]) => metadata.labels[key] === value),
    )
    expect(found.map(({ metadata }) => metadata.name)).toEqual(['tenon-metrics'])
  })

  test('extra objects are taken as YAML and as text with templates', () => {
    const extraObjects = [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } },
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: {{ include "tenon.fullname" . }}-b\n',
    ]
    const maps = ofKind(renderQuick({ extraObjects }), 'ConfigMap')
    expect(new Set(maps.map(({ metadata }) => metadata.name))).toEqual(new Set(['a', 'tenon-b']))
  })
})

describe.skipIf(!hasHelm)('admission', () => {
  const webhook = (values: object = {}) => renderQuick({ webhook: { enabled: true, ...values } })

  test('is off by default', () => {
    const kinds = renderQuick().map(({ kind }) => kind)
    for (const kind of ['ValidatingWebhookConfiguration', 'ValidatingAdmissionPolicy', 'Secret']) {
      expect(kinds).not.toContain(kind)
    }
    expect(container(renderQuick()).args.join(' ')).not.toContain('webhook')
  })

  test('by a webhook never blocks a cluster unless that is asked for', () => {
    const [hook] = only(webhook(), 'ValidatingWebhookConfiguration').webhooks
    expect(hook).toMatchObject({ failurePolicy: 'Ignore', timeoutSeconds: 5, sideEffects: 'None' })
    expect(hook.namespaceSelector.matchExpressions).toEqual([
      { key: 'kubernetes.io/metadata.name', operator: 'NotIn', values: ['kube-system'] },
    ])
    expect(hook.matchConditions[0].expression).toContain("'system:serviceaccount:tenon-system:tenon'")
    expect(hook.rules[0].operations).toEqual(['CREATE', 'UPDATE', 'DELETE'])
    const [strict] = only(webhook({ failurePolicy: 'Fail' }), 'ValidatingWebhookConfiguration').webhooks
    expect(strict.failurePolicy).toBe('Fail')
  })

  test('asks about watched namespaces only, and about no kind that is not watched', () => {
    const manifests = renderQuick({ watchNamespaces: ['a'], webhook: { enabled: true } })
    const [hook] = only(manifests, 'ValidatingWebhookConfiguration').webhooks
    expect(hook.namespaceSelector.matchExpressions).toContainEqual({
      key: 'kubernetes.io/metadata.name',
      operator: 'In',
      values: ['a'],
    })
    expect(hook.rules[0].resources).not.toContain('clusterservicedefinitions')
    expect(only(webhook(), 'ValidatingWebhookConfiguration').webhooks[0].rules[0].resources).toContain(
      'clusterservicedefinitions',
    )
  })

  test('has a certificate of the chart’s own', () => {
    const manifests = webhook()
    const secret = only(manifests, 'Secret')
    const [hook] = only(manifests, 'ValidatingWebhookConfiguration').webhooks
    expect(secret.type).toBe('kubernetes.io/tls')
    expect(hook.clientConfig.caBundle).toBe(secret.data['ca.crt'])
    const [authority, certificate] = ['ca.crt', 'tls.crt'].map(
      file => new X509Certificate(Buffer.from(secret.data[file], 'base64')),
    )
    expect(certificate!.verify(authority!.publicKey)).toBe(true)
    expect(certificate!.checkHost('tenon-webhook.tenon-system.svc')).toBeDefined()
    expect(certificate!.checkPrivateKey(createPrivateKey(Buffer.from(secret.data['tls.key'], 'base64')))).toBe(true)
    expect(only(manifests, 'Service', hook.clientConfig.service.name).spec.ports[0].port).toBe(443)
  })

  test('has a certificate of cert-manager', () => {
    const manifests = webhook({ certManager: { enabled: true } })
    const configuration = only(manifests, 'ValidatingWebhookConfiguration')
    expect(configuration.metadata.annotations['cert-manager.io/inject-ca-from']).toBe('tenon-system/tenon-webhook')
    // Whoever injects it owns it: a second owner would be a conflict.
    expect(configuration.webhooks[0].clientConfig).not.toHaveProperty('caBundle')
    expect(only(manifests, 'Certificate').spec).toMatchObject({
      secretName: 'tenon-webhook-tls',
      issuerRef: { kind: 'Issuer', name: 'tenon-webhook' },
      dnsNames: ['tenon-webhook.tenon-system.svc', 'tenon-webhook.tenon-system.svc.cluster.local'],
    })
    expect(ofKind(manifests, 'Secret')).toEqual([])
    const issuerRef = { kind: 'ClusterIssuer', name: 'x' }
    expect(ofKind(webhook({ certManager: { enabled: true, issuerRef } }), 'Issuer')).toEqual([])
  })

  test('has a certificate that is there', () => {
    const manifests = webhook({ existingSecret: 'mine', caBundle: 'PEM' })
    expect(ofKind(manifests, 'Secret')).toEqual([])
    const [hook] = only(manifests, 'ValidatingWebhookConfiguration').webhooks
    expect(hook.clientConfig.caBundle).toBe(Buffer.from('PEM').toString('base64'))
    const { volumes } = only(manifests, 'Deployment').spec.template.spec
    expect(volumes.find(({ name }: Manifest) => name === 'webhook-certificate').secret.secretName).toBe('mine')
  })

  test('by a policy reads its limits from a ConfigMap', () => {
    const limits = { allowedEndpointHosts: ['a.example', '*.b.example'], requiredLabels: ['team', 'stage'] }
    const manifests = renderQuick({ admissionPolicy: { enabled: true, ...limits } })
    const map = only(manifests, 'ConfigMap')
    expect(map.data).toEqual({ allowedEndpointHosts: 'a.example\n*.b.example', requiredLabels: 'team\nstage' })
    expect(only(manifests, 'ValidatingAdmissionPolicy').spec.paramKind).toEqual({ apiVersion: 'v1', kind: 'ConfigMap' })
    expect(only(manifests, 'ValidatingAdmissionPolicyBinding').spec).toMatchObject({
      policyName: 'tenon-tenon-system-limits',
      paramRef: { name: map.metadata.name, namespace: 'tenon-system', parameterNotFoundAction: 'Deny' },
    })
    const given = renderQuick({ admissionPolicy: { enabled: true, existingConfigMap: 'mine' } })
    expect(ofKind(given, 'ConfigMap')).toEqual([])
    expect(only(given, 'ValidatingAdmissionPolicyBinding').spec.paramRef.name).toBe('mine')
  })
})
