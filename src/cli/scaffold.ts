import { API_VERSION } from '../model/address.ts'
import type { AuthSpec } from '../model/manifest.gen.ts'
import { FIELDS } from '../resolve/fields.ts'
import { documentOf } from '../resolve/export.ts'
import type { Entry } from './catalogue-entries.ts'
import type { Commented } from './document-text.ts'
import { startingSettings } from './settings.ts'

type Fields = Readonly<Record<string, unknown>>

interface Target {
  readonly entry: Entry
  readonly namespace: string | undefined
  /** The service as documents refer to it. */
  readonly service: { readonly kind: string; readonly name: string }
  /** YYYY-MM-DD. */
  readonly today: string
}

const PERSON = 'you@example.com'
const ENDPOINT = 'https://change-me.example.com'

/**
 * A valid start for a connection to a service: a credential, if the service knows of any, and an integration; for a
 * template also the definition of an own service. The credential's values are left to whoever encrypts them.
 */
export function scaffold(entry: Entry, namespace: string | undefined, today: string): readonly Commented[] {
  const { resource, template } = entry
  const own = { kind: 'ServiceDefinition', name: 'my-service' }
  const service = template
    ? own
    : { kind: resource.kind === 'serviceDefinition' ? own.kind : 'ClusterServiceDefinition', name: resource.name }
  const target = { entry, namespace: namespace ?? resource.namespace, service, today }
  const [way] = resource.spec.auth
  const parts = [...(way === undefined ? [] : [credential(target, way)]), integration(target)]
  return template ? [definition(target), ...parts] : parts
}

function document(kind: string, name: string, { namespace }: Target, spec: Fields): Fields {
  return { apiVersion: API_VERSION, kind, metadata: { name, ...(namespace !== undefined && { namespace }) }, spec }
}

function definition(target: Target): Commented {
  const { resource, table } = target.entry
  const { spec } = documentOf(resource, { operations: table?.operations ?? [] })
  return {
    comment: [
      'The service. Put its own OpenAPI document beside this file and name it, instead of spec.operations, with',
      '  openapi: {file: my-service.openapi.yaml}',
      'and keep the ways to sign in that it has.',
    ],
    document: document('ServiceDefinition', target.service.name, target, {
      ...spec,
      displayName: 'My service',
      description: 'What this service is for.',
      endpoint: ENDPOINT,
    }),
  }
}

function credential(target: Target, { type }: AuthSpec): Commented {
  const { service, entry } = target
  const name = `${service.name}-bot`
  return {
    comment: [
      `How Tenon signs in. The values (${fieldNames(type)}) never stand here in clear. In files, replace secretRef:`,
      `  1. write them to ${name}.sops.yaml, with "for" to say where they may be used`,
      `  2. sops encrypt --in-place --age AGE_RECIPIENT ${name}.sops.yaml`,
      `  3. file: ${name}.sops.yaml`,
      'In a cluster, secretRef names a Secret of the namespace that holds them.',
    ],
    document: document('Credential', name, target, {
      service,
      type,
      scope: 'company',
      label: `${entry.resource.spec.displayName} bot`,
      account: { type: 'dedicated', owner: PERSON, purpose: 'What the account is for.' },
      secretRef: { name },
    }),
  }
}

function fieldNames(type: AuthSpec['type']): string {
  return FIELDS[type].required.join(', ')
}

function integration(target: Target): Commented {
  const { service, entry, today } = target
  const { displayName, type, endpoint, auth, settingsSchema } = entry.resource.spec
  const called = type === 'openapi' || type === 'http'
  const settings = entry.template ? {} : startingSettings(settingsSchema)
  const isCustomApi = type === 'openapi' && (entry.template || entry.origin === 'custom')
  return {
    comment: [
      'The connection: who has access, and what they may do. What no permission names is denied.',
      'access cannot change after creation: one level, individuals, groups or companies.',
    ],
    document: document('Integration', service.name, target, {
      title: displayName,
      description: `What ${displayName} is used for.`,
      service,
      ...(called && endpoint === undefined && !entry.template && { endpoint: ENDPOINT }),
      ...(Object.keys(settings).length > 0 && { settings }),
      access: { level: 'individual', individuals: [PERSON] },
      permissions: permissions(entry),
      ...(auth.length > 0 && { credentials: [`${service.name}-bot`] }),
      ...(isCustomApi && { acknowledgement: { terms: '1', by: PERSON, date: today } }),
    }),
  }
}

/** Methods that only read, or take in what a sender pushes. */
const HARMLESS = new Set(['get', 'head', 'query', 'deliver'])

/** Reading is allowed; everything else waits for a yes. */
function permissions({ table }: Entry): readonly Fields[] {
  const methods = [...new Set(table?.operations.map(({ method }) => method))]
  const [reads, writes] = [methods.filter(isHarmless), methods.filter(method => !isHarmless(method))]
  return [
    ...(reads.length > 0 || writes.length === 0
      ? [{ methods: reads.length > 0 ? reads : ['get'], effect: 'allow' }]
      : []),
    ...(writes.length > 0 ? [{ methods: writes, effect: 'confirm' }] : []),
  ]
}

function isHarmless(method: string): boolean {
  return HARMLESS.has(method)
}
