import { stringify } from 'yaml'
import { API_VERSION } from '../src/model/address.ts'
import { RESOURCES, type ResourceNames } from './crd-names.ts'
import { CLUSTER } from './crd-rules.ts'
import { statusSchema } from './crd-status.ts'
import { inlined, KIND_FILES, loadSchema, type KindFile, type Schema } from './load.ts'
import { structural } from './structural.ts'

const [GROUP, VERSION] = API_VERSION.split('/') as [string, string]

/** The CustomResourceDefinition of each kind, by its path below the project. */
export function customResourceDefinitions(): ReadonlyMap<string, string> {
  return new Map(KIND_FILES.map(file => [`charts/tenon/files/crds/${RESOURCES[file].plural}.yaml`, manifest(file)]))
}

/** The schema of one kind as an API server demands it: what `versions[].schema.openAPIV3Schema` says. */
export function clusterSchema(file: KindFile): Schema {
  const schema = loadSchema(file)
  const { spec } = (inlined(schema, schema) as { properties: { spec: Schema } }).properties
  return {
    description: schema['description'],
    type: 'object',
    required: ['spec'],
    properties: {
      apiVersion: { description: 'The version of the schema of this object.', type: 'string', maxLength: 64 },
      kind: { description: 'The kind of this object.', type: 'string', maxLength: 64 },
      metadata: { type: 'object' },
      spec: structural(spec, 'spec', CLUSTER[file]),
      status: statusSchema(file),
    },
  }
}

function manifest(file: KindFile): string {
  const names = RESOURCES[file]
  const definition = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${names.plural}.${GROUP}` },
    spec: { group: GROUP, names: namesOf(file, names), scope: names.scope, versions: [version(file)] },
  }
  const text = stringify(definition, { lineWidth: 0, aliasDuplicateObjects: false })
  return `# Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.\n${text}`
}

function namesOf(file: KindFile, { plural, shortNames }: ResourceNames): Schema {
  const kind = String(loadSchema(file)['title'])
  const singular = kind.toLowerCase()
  return { kind, listKind: `${kind}List`, plural, singular, shortNames, categories: ['tenon'] }
}

function version(file: KindFile): Schema {
  return {
    name: VERSION,
    served: true,
    storage: true,
    subresources: { status: {} },
    additionalPrinterColumns: RESOURCES[file].columns,
    schema: { openAPIV3Schema: clusterSchema(file) },
  }
}
