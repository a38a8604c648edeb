/** Small custom resources for tests of the operator: give only what a test is about. */
import type { KubeObject } from './client.ts'

const apiVersion = 'tenon.dev/v1alpha1'

type Fields = Readonly<Record<string, unknown>>

export function group(namespace: string, name: string, spec: Fields = {}): KubeObject {
  return {
    apiVersion,
    kind: 'AccessGroup',
    metadata: { name, namespace },
    spec: { displayName: name, members: ['ana@acme.example', 'ben@acme.example'], ...spec },
  }
}

/** An integration with Jira for the group `support`, unless the spec says otherwise. */
export function integration(namespace: string, name: string, spec: Fields = {}): KubeObject {
  return {
    apiVersion,
    kind: 'Integration',
    metadata: { name, namespace },
    spec: {
      title: name,
      description: 'An integration of a test.',
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      endpoint: 'https://acme.example.net/rest/api/3',
      access: { level: 'group', groups: ['support'] },
      permissions: [
        { methods: ['get'], effect: 'allow' },
        { operations: ['createIssue'], effect: 'confirm' },
      ],
      ...spec,
    },
  }
}

export function consumer(namespace: string, name: string, integrations: readonly string[]): KubeObject {
  return {
    apiVersion,
    kind: 'Consumer',
    metadata: { name, namespace },
    spec: { type: 'assistant', displayName: name, integrations },
  }
}

/** A guardrail with a built-in rule, unless the spec says otherwise. */
export function guardrail(namespace: string, name: string, spec: Fields = {}): KubeObject {
  return {
    apiVersion,
    kind: 'Guardrail',
    metadata: { name, namespace },
    spec: { description: 'Whole companies are asked before a write.', rule: 'no-unconfirmed-company-writes', ...spec },
  }
}

/** A credential for Jira; its source of values is the test's to give. */
export function credential(namespace: string, name: string, spec: Fields): KubeObject {
  return {
    apiVersion,
    kind: 'Credential',
    metadata: { name, namespace },
    spec: {
      service: { kind: 'ClusterServiceDefinition', name: 'jira' },
      type: 'basic',
      scope: 'company',
      label: name,
      ...spec,
    },
  }
}

export function secret(namespace: string, name: string, stringData: Readonly<Record<string, string>>): KubeObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData }
}

export function condition(object: KubeObject, type: string): Record<string, string> | undefined {
  return object['status']?.conditions?.find((one: Record<string, string>) => one['type'] === type)
}
