import type { World } from '../../../src/access/consequences.ts'
import type { Address } from '../../../src/model/address.ts'
import { digestOf } from '../../../src/model/digest.ts'
import type { ResourceFinding } from '../../../src/model/finding.ts'
import type { Operation } from '../../../src/model/operation.ts'
import type { Sealed } from '../../../src/model/sealed.ts'
import type { Resource, ResourceOf, ResourceSpecs, SecretState } from '../../../src/model/state.ts'
import { affectedIntegrations, changedResources, referrersIn } from '../../../src/review/changed.ts'
import type { GuardSettings, OutsideInput } from '../../../src/review/outside/input.ts'
import { resourceFindings } from '../../../src/review/outside/outside.ts'
import { resource, stateOf } from '../../support/resources.ts'

/** One state of a small world. */
export interface Side {
  readonly resources: readonly Resource[]
  readonly sealed?: readonly (readonly [Address, Sealed])[]
  readonly guards?: Partial<GuardSettings>
}

const tables = new Map<string, readonly Operation[]>()

/** The digest of a table that holds these operations, given as `get /path` or `id: get /path`, `(new)` behind new ones. */
export function operations(...texts: readonly string[]): string {
  const list = texts.map(operation)
  const digest = digestOf(list)
  tables.set(digest, list)
  return digest
}

function operation(text: string): Operation {
  const [, id, method = '', path = '', isNew] = /^(?:(\S+): )?(\S+) (\S+)( \(new\))?$/.exec(text) ?? []
  const named = { id: id ?? `${method.toUpperCase()} ${path}`, method, path, tags: [] }
  return isNew === undefined ? named : { ...named, isNew: true }
}

const GUARDS: GuardSettings = { owner: 'git:acme', requireBinding: true, limits: undefined, lock: undefined }

/** What a review hands to the rules, made of two lists of resources. */
export function input(before: Side, after: Side): OutsideInput {
  const [was, is] = [before, after].map(({ resources }) => stateOf(...resources))
  const changes = changedResources(was!, is!)
  const users = { before: referrersIn(was!), after: referrersIn(is!) }
  return {
    changes,
    affected: affectedIntegrations(changes, [was!, is!]),
    before: world(was!),
    after: world(is!),
    sealed: { before: new Map(before.sealed), after: new Map(after.sealed) },
    usedBy: (side, address) => users[side](address),
    lineOf: (side, address) => ({ side, file: `${address}.yaml`, line: 1 }),
    guards: { before: { ...GUARDS, ...before.guards }, after: { ...GUARDS, ...after.guards } },
  }
}

function world(state: ReadonlyMap<Address, Resource>): World {
  return {
    find: address => state.get(address),
    table: digest => ({ digest, operations: tables.get(digest) ?? [] }),
  }
}

/** The findings about a change, each on a line, sorted: `high widens destination-changed: …`. */
export function told(before: Side, after: Side): readonly string[] {
  return resourceFindings(input(before, after)).map(line).toSorted()
}

/** One finding as a line. */
export function line({ severity, direction, kind, summary }: ResourceFinding): string {
  return `${severity} ${direction} ${kind}: ${summary}`
}

export type Spec<K extends keyof ResourceSpecs> = Partial<ResourceSpecs[K]>

/** The service of these worlds, with an operation so that its cells say what is permitted. */
export function crm(spec: Spec<'clusterServiceDefinition'> = {}): Resource {
  return resource('clusterServiceDefinition', 'crm', {
    endpoint: 'https://api.crm.example',
    operations: operations('get /contacts'),
    auth: [{ type: 'apiKey' }, { type: 'oauth2', tokenUrl: 'https://login.crm.example/token' }],
    ...spec,
  })
}

/** An integration with it, which signs in with `key` unless told otherwise. */
export function integration(name: string, spec: Spec<'integration'> = {}): Resource {
  return resource('integration', name, {
    service: { kind: 'ClusterServiceDefinition', name: 'crm' },
    credentials: ['key'],
    ...spec,
  })
}

const SOURCE: SecretState = {
  source: 'sha256:one',
  fingerprint: undefined,
  fields: [],
  lastModified: undefined,
  binding: undefined,
}

/** A credential for it; `source` stands for the bytes that hold its values. */
export function key(
  name = 'key',
  spec: Spec<'credential'> = {},
  source = 'sha256:one',
): ResourceOf<'credential'> & Resource {
  const made = resource('credential', name, {
    service: { kind: 'ClusterServiceDefinition', name: 'crm' },
    type: 'apiKey',
    ...spec,
  })
  return { ...made, secret: { ...SOURCE, source } }
}

/** What ciphertext tells, with one entry for each name given. */
export function sealed(entries: Readonly<Record<string, string>>, more: Partial<Sealed> = {}): Sealed {
  return {
    file: 'key.yaml',
    format: 'yaml',
    entries: new Map(Object.entries(entries)),
    inClear: [],
    unselected: [],
    readers: ['age1alice'],
    dataKey: 'sha256:key',
    macOnlyEncrypted: false,
    threshold: undefined,
    rule: 'encrypted_regex ^data$',
    ...more,
  }
}
