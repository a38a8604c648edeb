import { METHODS, type Operation } from '../../model/operation.ts'
import type { Fields } from './fields.ts'

/*
 * What Tenon reads of an OpenAPI document is its operations, so the document that is left when everything else goes is
 * made from them: reading it gives the same table. Schemas, parameters, responses and prose are 97 % of a large document.
 */

type PathItem = Record<string, unknown>

/** The smallest OpenAPI document that lists these operations in this order. */
export function reducedDocument(title: string, operations: readonly Operation[]): Fields {
  const security = sharedSecurity(operations)
  const paths: Record<string, PathItem> = {}
  const pathItems: Record<string, PathItem> = {}
  for (const [path, found] of Map.groupBy(operations, operation => operation.path)) {
    const [item = {}, further] = itemsOf(found, security)
    paths[path] = item
    if (further === undefined) continue
    // A path item that goes on in another one: how a document came to list its methods in an order of its own.
    const name = `item${Object.keys(pathItems).length}`
    item['$ref'] = `#/components/pathItems/${name}`
    pathItems[name] = further
  }
  const hasOwnMethods = operations.some(({ method }) => !isMethod(method))
  return {
    openapi: hasOwnMethods ? '3.2.0' : '3.1.0',
    info: { title, version: '1' },
    ...(security && { security }),
    paths,
    ...(Object.keys(pathItems).length > 0 && { components: { pathItems } }),
  }
}

/** Whether a path item has a field for the method in every version of the specification. */
function isMethod(method: string): boolean {
  return METHODS.some(known => known === method)
}

/** What most operations demand, so that it is written once; none where an operation says nothing of it. */
function sharedSecurity(operations: readonly Operation[]): Operation['security'] {
  const all = Map.groupBy(operations, ({ security }) => JSON.stringify(security))
  if (all.has(JSON.stringify(undefined))) return undefined
  const [most] = [...all.values()].toSorted((a, b) => b.length - a.length)
  return most?.[0]?.security
}

/** Path items that list the operations of one path in their order: its own methods come first, then additional ones. */
function itemsOf(operations: readonly Operation[], shared: Operation['security']): readonly PathItem[] {
  const items: PathItem[] = [{}]
  for (const operation of operations) {
    const { method } = operation
    const described = describedBy(operation, shared)
    let item = items.at(-1)!
    if (isMethod(method) || method === 'query') {
      if (item['additionalOperations'] !== undefined) items.push((item = {}))
      item[method] = described
    } else {
      const additional = Object(item['additionalOperations']) as PathItem
      item['additionalOperations'] = { ...additional, [freeSpelling(method, additional)]: described }
    }
  }
  return items
}

/** Methods are compared without their case, so a document may have one twice. */
function freeSpelling(method: string, taken: object): string {
  const upper = method.toUpperCase()
  return Object.hasOwn(taken, upper) ? method : upper
}

function describedBy(operation: Operation, shared: Operation['security']): Fields {
  const { id, method, path, tags, summary, deprecated, security } = operation
  const isShared = JSON.stringify(security) === JSON.stringify(shared)
  return {
    ...(id !== `${method.toUpperCase()} ${path}` && { operationId: id }),
    ...(tags.length > 0 && { tags }),
    ...(summary !== undefined && { summary }),
    ...(deprecated === true && { deprecated }),
    ...(security !== undefined && !isShared && { security }),
  }
}
