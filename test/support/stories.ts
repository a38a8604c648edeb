/** Small documents for tests of whole runs. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export const OWNER = 'git:acme/tests'
export const CONFIG = `owner: ${OWNER}\nnamespace: acme\n`

export function group(name: string, members: readonly string[]): string {
  return `apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: ${name}}\nspec: {displayName: ${name}, members: [${members.join(', ')}]}\n`
}

export function integration(name: string, effect = 'allow', more = ''): string {
  return `apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: ${name}}
spec:
  title: ${name}
  description: An integration of a test.
  service: {kind: ClusterServiceDefinition, name: jira}
  endpoint: https://acme.example.net/rest/api/3
  access: {level: group, groups: [support]}
  permissions: [{methods: [get], effect: ${effect}}]
${more}`
}

export function consumer(name: string, integrations: readonly string[]): string {
  return `apiVersion: tenon.dev/v1alpha1\nkind: Consumer\nmetadata: {name: ${name}}\nspec: {type: assistant, displayName: ${name}, integrations: [${integrations.join(', ')}]}\n`
}

export function credential(name: string, source: string, more = ''): string {
  return `apiVersion: tenon.dev/v1alpha1
kind: Credential
metadata: {name: ${name}}
spec:
  service: {kind: ClusterServiceDefinition, name: jira}
  type: basic
  scope: company
  label: ${name}
${more}${source}`
}

/** Writes a file below a folder. */
export function write(cwd: string, file: string, text: string | Uint8Array): void {
  mkdirSync(path.dirname(path.join(cwd, file)), { recursive: true })
  writeFileSync(path.join(cwd, file), text)
}

export function documents(...texts: readonly string[]): string {
  return texts.join('---\n')
}
