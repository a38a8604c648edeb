import { decode } from '../decode/decode.ts'
import { locate } from '../decode/positions.ts'
import { API_VERSION, compareAddresses, KIND_NAMES } from '../model/address.ts'
import type { Problem, Report } from '../model/diagnostic.ts'
import type { Document, ReadBeside } from '../model/document.ts'
import type { Lock } from '../model/lock.ts'
import type { Manifest, ManifestOf } from '../model/manifest.ts'
import { acceptanceKey, type OperationTable } from '../model/operation.ts'
import type { State } from '../model/state.ts'
import { check } from '../reconcile.ts'
import { placeOf } from '../resolve/references.ts'
import { documentText } from './document-text.ts'
import { openApiForCluster } from './render-openapi.ts'
import { sopsString } from './render-sops.ts'
import type { Rendered } from './render-output.ts'
import type { Rendering, Rules } from './render.ts'
import type { Session } from './session.ts'
import { filePath } from './write-files.ts'

type Fields = Readonly<Record<string, unknown>>
type ServiceManifest = ManifestOf<'serviceDefinition' | 'clusterServiceDefinition'>

/** Names that the API server takes; those of files may have a dot beside a dot or a dash. */
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Documents of files as custom resources, in the order in which they refer to each other. */
export async function renderForCluster({ run }: Session, { say }: Rules): Promise<Rendering> {
  const problems = [...run.problems]
  const report: Report = problem => problems.push(problem)
  const decoded = decode(run.documents, run, report)
  const checked = await check({ ...run, say }, undefined, { ...decoded, problems })
  const { documents, diagnostics } = checked
  if (checked.kind === 'invalid') return { rendered: [], documents, diagnostics }
  const { state, tables } = checked.desired
  const found: Problem[] = []
  const work: Work = {
    readBeside: run.context.readBeside,
    namespaces: namespacesIn(decoded.manifests),
    state,
    tables,
    lock: run.context.lock,
    report: problem => found.push(problem),
  }
  const rendered: Rendered[] = []
  for (const manifest of decoded.manifests.toSorted((a, b) => compareAddresses(a.address, b.address))) {
    rendered.push(...(await resourcesOf(manifest, work)))
  }
  return { rendered, documents, diagnostics: [...diagnostics, ...locate(found)] }
}

interface Work {
  readonly readBeside: ReadBeside
  /** Which namespaces a file declares resources in. */
  readonly namespaces: ReadonlyMap<Document, ReadonlySet<string | undefined>>
  readonly state: State
  readonly tables: ReadonlyMap<string, OperationTable>
  readonly lock: Lock | undefined
  readonly report: Report
}

/** A resource, behind what it needs beside it. */
async function resourcesOf(manifest: Manifest, work: Work): Promise<readonly Rendered[]> {
  if (!SUBDOMAIN.test(manifest.name)) work.report(noName(manifest))
  switch (manifest.kind) {
    case 'clusterServiceDefinition':
    case 'serviceDefinition':
      return serviceOf(manifest, work)
    case 'credential': {
      const { data, file, ...spec } = manifest.spec
      if (data === undefined && file === undefined) return [resource(manifest, spec)]
      if (data !== undefined) warnOfOthers(manifest, work)
      return [resource(manifest, { ...spec, sops: await sopsString(manifest, work.readBeside, work.report) })]
    }
    default:
      return [resource(manifest, { ...manifest.spec })]
  }
}

function serviceOf(manifest: ServiceManifest, { state, tables, lock, report }: Work): readonly Rendered[] {
  const declared = state.get(manifest.address)!
  const table = 'operations' in declared.spec ? tables.get(declared.spec.operations) : undefined
  const { openapi: _openapi, operations: _operations, ...spec } = manifest.spec
  const found = openApiForCluster(manifest, { resource: declared, table }, report)
  const service = resource(manifest, { ...spec, ...found.spec, ...(lock && accepted(manifest, table, report)) })
  if (found.configMap === undefined) return [service]
  return [written(service.path.replace('/serviceDefinition/', '/configMap/'), found.configMap), service]
}

/** The most that the schema takes of accepted operations, and a request of bytes beside all else. */
const MAX_ACCEPTED = { count: 20_000, bytes: 1_000_000 }

/** What the lock file accepts of a service: a cluster has no such file, so its definition says it. */
function accepted(manifest: ServiceManifest, table: OperationTable | undefined, report: Report): Fields {
  const { spec, name } = manifest
  if (spec.acceptedOperations !== undefined || table === undefined || table.operations.length === 0) return {}
  const keys = new Set(table.operations.filter(({ isNew }) => isNew === undefined).map(acceptanceKey))
  const acceptedOperations = [...keys].toSorted()
  const bytes = Buffer.byteLength(JSON.stringify(acceptedOperations))
  if (keys.size > MAX_ACCEPTED.count || bytes > MAX_ACCEPTED.bytes) {
    report({
      severity: 'error',
      code: 'accepted-too-large',
      message: `the ${keys.size} accepted operations of service "${name}" take ${bytes} bytes; a resource takes ${MAX_ACCEPTED.count} of them in ${MAX_ACCEPTED.bytes} bytes`,
      cure: 'Split the service, or keep only the paths that your integrations use.',
      place: placeOf(manifest, ['metadata', 'name']),
    })
  }
  return { acceptedOperations }
}

/** The custom resource of a manifest with this spec; top-level SOPS metadata belongs to the file, not to the resource. */
function resource(manifest: Manifest, spec: Fields): Rendered {
  const { kind, name, namespace, labels, annotations } = manifest
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(Object.keys(labels).length > 0 && { labels }),
    ...(Object.keys(annotations).length > 0 && { annotations }),
  }
  return written(filePath(manifest), { apiVersion: API_VERSION, kind: KIND_NAMES[kind], metadata, spec })
}

function written(path: string, document: Fields): Rendered {
  return { path, text: documentText({ comment: [], document }), document }
}

function noName(manifest: Manifest): Problem {
  const message = `Kubernetes takes no name like "${manifest.name}"`
  const cure = 'Use lower-case letters, digits and "-", with single dots between them.'
  return {
    severity: 'error',
    code: 'name-not-for-cluster',
    message,
    cure,
    place: placeOf(manifest, ['metadata', 'name']),
  }
}

function namespacesIn(manifests: readonly Manifest[]): ReadonlyMap<Document, ReadonlySet<string | undefined>> {
  const byFile = Map.groupBy(manifests, ({ place }) => place.document)
  return new Map([...byFile].map(([document, found]) => [document, new Set(found.map(({ namespace }) => namespace))]))
}

/** The string is the whole file: whoever may read the resource reads the records of the others in it. */
function warnOfOthers(manifest: Manifest, { namespaces, report }: Work): void {
  const { namespace, name, place } = manifest
  const others = [...(namespaces.get(place.document) ?? [])].filter(other => other !== undefined && other !== namespace)
  if (others.length === 0) return
  report({
    severity: 'warning',
    code: 'sops-file-shared',
    message: `the custom resource of credential "${name}" carries its whole file, and so what that declares in other namespaces`,
    cure: 'Keep the credentials of each namespace in files of their own.',
    place: { ...placeOf(manifest, ['spec', 'data']), key: true },
  })
}
