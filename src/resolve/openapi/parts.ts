import { type Fields, fields, isFields, own } from './fields.ts'

/** Where a document keeps the things that it gives names to. */
const HOLDERS = ['paths', 'webhooks', 'definitions', 'parameters', 'responses']

/**
 * The document in parts that are documents themselves: one without any path, definition or component, then one for each
 * of them alone. Where a fault stands is the same in the part and in the whole.
 */
export function* partsOf(document: Fields): Generator<Fields, void, undefined> {
  yield outline(document)
  const head = headOf(document)
  for (const holder of HOLDERS) {
    for (const part of eachAlone(own(document, holder))) yield { ...head, [holder]: part }
  }
  const components = fields(own(document, 'components'))
  for (const kind of Object.keys(components)) {
    for (const part of eachAlone(components[kind])) yield { ...head, components: { [kind]: part } }
  }
}

function* eachAlone(holder: unknown): Generator<Fields, void, undefined> {
  if (isFields(holder)) for (const name of Object.keys(holder)) yield { [name]: holder[name] }
}

function outline(document: Fields): Fields {
  const entries = Object.entries(document).map(([name, value]): [string, unknown] => {
    if (HOLDERS.includes(name)) return [name, emptied(value)]
    if (name !== 'components' || !isFields(value)) return [name, value]
    return [name, Object.fromEntries(Object.entries(value).map(([kind, holder]) => [kind, emptied(holder)]))]
  })
  return Object.fromEntries(entries)
}

function emptied(holder: unknown): unknown {
  return isFields(holder) ? {} : holder
}

/** The least that every document must say. */
function headOf(document: Fields): Fields {
  const version = ['openapi', 'swagger']
    .filter(name => Object.hasOwn(document, name))
    .map(name => [name, document[name]])
  return { ...Object.fromEntries(version), info: { title: '', version: '' }, paths: {} }
}
