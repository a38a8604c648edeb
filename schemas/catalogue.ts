import path from 'node:path'
import { decode } from '../src/decode/decode.ts'
import type { Problem } from '../src/model/diagnostic.ts'
import type { Manifest } from '../src/model/manifest.ts'
import { openApiReader } from '../src/resolve/openapi/operations.ts'
import { resolve } from '../src/resolve/resolve.ts'
import { source } from '../src/source/files.ts'

const ROOT = path.dirname(import.meta.dirname)

/**
 * The shipped catalogue, decoded and resolved ahead: starting reads one file instead of all documents. One line for each
 * resource and each operation, so that a change in a document shows as one in its lines.
 */
export async function catalogueFile(): Promise<string> {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  const found = source(['src/catalogue'], { cwd: ROOT, stdin: () => new Uint8Array() })
  const { manifests } = decode(found.documents, { defaultNamespace: 'default', strict: true }, report)
  const openApi = openApiReader({})
  try {
    const context = {
      catalogue: new Map(),
      tables: new Map(),
      templates: new Set<string>(),
      invalid: new Set<never>(),
      readBeside: found.readBeside,
      openApi,
      allowedEndpoints: new Set<string>(),
      requireBinding: false,
      today: undefined,
      store: undefined,
    }
    const { state, tables } = await resolve(manifests, context, report)
    const errors = problems.filter(({ severity }) => severity === 'error')
    if (errors.length > 0)
      throw new Error(`the catalogue is invalid: ${JSON.stringify(errors.map(({ message }) => message))}`)
    const resources = [...state.values()].map(resource => ({
      ...resource,
      origin: { file: `catalogue/${resource.name}`, line: 1, permissions: [] },
    }))
    return render(
      resources,
      [...tables.values()],
      manifests.filter(isTemplate).map(({ name }) => name),
    )
  } finally {
    await openApi.close()
  }
}

function isTemplate(manifest: Manifest): boolean {
  return manifest.kind === 'clusterServiceDefinition' && manifest.spec.template === true
}

type Tables = readonly { readonly digest: string; readonly operations: readonly unknown[] }[]

function render(resources: readonly unknown[], tables: Tables, templates: readonly string[]): string {
  const lines = (items: readonly unknown[]): string => items.map(item => JSON.stringify(item)).join(',\n')
  const shown = tables.map(({ digest, operations }) => `{"digest":"${digest}","operations":[\n${lines(operations)}\n]}`)
  return `{"templates":${JSON.stringify(templates)},\n"resources":[\n${lines(resources)}\n],\n"tables":[\n${shown.join(',\n')}\n]}\n`
}
