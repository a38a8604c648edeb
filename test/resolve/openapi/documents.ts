import { dump } from 'js-yaml'

/** Documents for the tests, compact and our own. */

export const JSON_VERSIONS = ['2.0', '3.0.3', '3.1.0', '3.2.0'] as const
export type WrittenVersion = (typeof JSON_VERSIONS)[number]

type Fields = Record<string, unknown>

/** A document of a version around these paths. */
export function description(version: WrittenVersion, paths: Fields, more: Fields = {}): Fields {
  const field = version === '2.0' ? 'swagger' : 'openapi'
  return { [field]: version, info: { title: 'Pets', version: '1' }, paths, ...more }
}

/** An operation that asks for no more than its specification does. */
export function operation(more: Fields = {}): Fields {
  return { ...more, responses: { 200: { description: 'ok' } } }
}

export function jsonBytes(document: unknown): Uint8Array {
  return Buffer.from(JSON.stringify(document, undefined, 2))
}

export function yamlBytes(document: unknown): Uint8Array {
  return Buffer.from(dump(document))
}

/** A text whose `‸` marks the place that a problem must name: the bytes without it, and its line and column. */
export function marked(text: string): { bytes: Uint8Array; line: number; column: number } {
  const before = text.slice(0, text.indexOf('‸')).split('\n')
  return { bytes: Buffer.from(text.replace('‸', '')), line: before.length, column: (before.at(-1) ?? '').length + 1 }
}

/** Schemas in which each level refers twice to the level below. */
export function laughs(levels: number, where: string, refer: (ref: { $ref: string }) => Fields): Fields {
  const schemas: Fields = { level0: { type: 'object' } }
  for (let level = 1; level <= levels; level += 1)
    schemas[`level${level}`] = refer({ $ref: `${where}level${level - 1}` })
  return schemas
}
