/** A large company on disk, for benchmarks: the same bytes every time. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface WorldSize {
  readonly integrations: number
  readonly groups: number
  readonly membersPerGroup: number
  readonly services: number
  /** How many documents stand in one file. */
  readonly perFile: number
}

export const LARGE: WorldSize = { integrations: 10_000, groups: 500, membersPerGroup: 20, services: 40, perFile: 100 }

/** Writes the files of a world below a folder. */
export function writeWorld(folder: string, size: WorldSize): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(path.join(folder, 'tenon.yaml'), 'owner: git:bench/world\nnamespace: bench\n')
  for (let service = 0; service < size.services; service++) writeService(folder, service)
  writeFiles(path.join(folder, 'groups'), size.groups, size.perFile, group => groupText(group, size))
  writeFiles(path.join(folder, 'integrations'), size.integrations, size.perFile, index => integrationText(index, size))
}

function writeFiles(folder: string, count: number, perFile: number, text: (index: number) => string): void {
  mkdirSync(folder, { recursive: true })
  for (let start = 0; start < count; start += perFile) {
    const indexes = Array.from({ length: Math.min(perFile, count - start) }, (_, offset) => start + offset)
    writeFileSync(path.join(folder, `${String(start).padStart(6, '0')}.yaml`), indexes.map(text).join('---\n'))
  }
}

function writeService(folder: string, service: number): void {
  const name = `service-${service}`
  const paths = Object.fromEntries(
    Array.from({ length: 20 }, (_, index) => {
      const resource = `resource${index}`
      const method = (id: string): object => ({
        operationId: `${id}${index}`,
        tags: [`tag${index % 5}`],
        responses: { 200: { description: 'OK' } },
      })
      return [`/${resource}`, { get: method('list'), post: method('create') }]
    }),
  )
  const document = { openapi: '3.0.3', info: { title: name, version: '1' }, paths }
  writeFileSync(path.join(folder, `${name}.openapi.json`), JSON.stringify(document))
  writeFileSync(
    path.join(folder, `${name}.yaml`),
    `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: ${name}}
spec:
  displayName: Service ${service}
  description: A service of the benchmark.
  type: openapi
  endpoint: https://${name}.acme.example/v1
  openapi: {file: ${name}.openapi.json}
  auth: [{type: bearer}]
`,
  )
}

function groupText(group: number, { membersPerGroup }: WorldSize): string {
  const members = Array.from({ length: membersPerGroup }, (_, member) => `person-${group * 7 + member}@acme.example`)
  return `apiVersion: tenon.dev/v1alpha1
kind: AccessGroup
metadata:
  name: group-${group}
spec:
  displayName: Group ${group}
  owner: lead-${group}@acme.example
  members: [${members.join(', ')}]
`
}

/** One integration; `title` is what a benchmark changes. */
export function integrationText(
  index: number,
  { groups, services }: Pick<WorldSize, 'groups' | 'services'>,
  title = `Integration ${index}`,
): string {
  return `apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata:
  name: integration-${index}
  labels: {team: team-${index % 20}}
spec:
  title: ${title}
  description: Lets assistants of group ${index % groups} read, and write once they agree.
  service: {kind: ServiceDefinition, name: service-${index % services}}
  enabled: true
  access: {level: group, groups: [group-${index % groups}, group-${(index + 1) % groups}]}
  permissions:
    - {methods: [get], effect: allow}
    - operations: [create${index % 20}, create${(index + 3) % 20}]
      effect: confirm
      groups: [group-${index % groups}]
    - {tags: [tag4], effect: deny}
    - {paths: ["/resource1/**"], effect: deny}
  acknowledgement: {terms: "2026-01", by: cto@acme.example, date: "2026-10-01"}
  dataClasses: [customer-contact]
`
}
