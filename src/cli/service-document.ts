import { decode } from '../decode/decode.ts'
import { toYaml } from '../decode/write.ts'
import { WorldError } from '../model/errors.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Resource } from '../model/state.ts'
import { documentOf, type ExportedDocument } from '../resolve/export.ts'

/**
 * The document of any resource. The operations of a service stand in it as a list; where the list's schema does not admit
 * them, which an OpenAPI document may well have, as an OpenAPI document of their own. Throws `WorldError` when they are
 * missing.
 */
export function fullDocument(resource: Resource, tables: ReadonlyMap<string, OperationTable>): ExportedDocument {
  if (!('operations' in resource.spec)) return documentOf(resource)
  const operations = tables.get(resource.spec.operations)?.operations
  if (operations === undefined) throw damaged(resource)
  const listed = documentOf(resource, { operations })
  return isValid(listed) ? listed : documentOf(resource, { operations, inline: true })
}

/** Without its operations the document would say something else than the store. */
function damaged({ address }: Resource): WorldError {
  return new WorldError('store-corrupt', `the operations of ${address} are not in the store`, {
    cure: 'Restore the store from a backup, or apply the service again from its files.',
  })
}

function isValid(document: ExportedDocument): boolean {
  const bytes = Buffer.from(toYaml(document))
  let valid = true
  decode([{ file: '', path: '', root: '', bytes }], { defaultNamespace: 'default', strict: true }, ({ severity }) => {
    if (severity === 'error') valid = false
  })
  return valid
}
