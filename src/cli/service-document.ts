import { decode } from '../decode/decode.ts'
import { toYaml } from '../decode/write.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Resource } from '../model/state.ts'
import { documentOf, type ExportedDocument } from '../resolve/export.ts'

/**
 * The document of any resource. The operations of a service stand in it as a list; where the list's schema does not admit
 * them, which an OpenAPI document may well have, as an OpenAPI document of their own.
 */
export function fullDocument(resource: Resource, tables: ReadonlyMap<string, OperationTable>): ExportedDocument {
  const operations = 'operations' in resource.spec ? tables.get(resource.spec.operations)?.operations : undefined
  if (operations === undefined) return documentOf(resource)
  const listed = documentOf(resource, { operations })
  return isValid(listed) ? listed : documentOf(resource, { operations, inline: true })
}

function isValid(document: ExportedDocument): boolean {
  const bytes = Buffer.from(toYaml(document))
  let valid = true
  decode([{ file: '', path: '', root: '', bytes }], { defaultNamespace: 'default', strict: true }, ({ severity }) => {
    if (severity === 'error') valid = false
  })
  return valid
}
