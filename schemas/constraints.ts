import { CASES_FILE, CONFIG_FILE, inlined, KIND_FILES, loadSchema, LOCK_FILE, type Schema } from './load.ts'

/** Keywords that constrain nothing. */
const DROPPED = new Set(['$schema', '$id', '$defs', 'title', 'examples'])

/**
 * What the schemas demand, as a module: references inlined, descriptions cut to their first sentence. Decode walks it to
 * explain what is wrong with a document that its compiled validator refused.
 */
export function constraints(): string {
  const schemas = Object.fromEntries(
    [...KIND_FILES, CONFIG_FILE, LOCK_FILE, CASES_FILE].map(name => [
      camelCase(name),
      demanded(inlined(loadSchema(name), loadSchema(name))),
    ]),
  )
  return [
    '// Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.',
    "import type { Kind } from '../model/address.ts'",
    "import type { SchemaNode } from './schema.ts'",
    '',
    `export const SCHEMAS: Readonly<Record<Kind | 'config' | 'lockFile' | 'guardrailCases', SchemaNode>> = ${JSON.stringify(schemas, null, 1)}`,
    '',
  ].join('\n')
}

function demanded(node: unknown, isMap = false): unknown {
  if (Array.isArray(node)) return node.map(item => demanded(item))
  if (typeof node !== 'object' || node === null) return node
  const kept = Object.entries(node as Schema).filter(([key]) => isMap || !DROPPED.has(key))
  return Object.fromEntries(kept.map(([key, value]) => [key, keyword(isMap ? '' : key, value)]))
}

function keyword(name: string, value: unknown): unknown {
  if (name === 'description') return String(value).replace(/(?<=[.])\s.*$/s, '')
  return demanded(value, name === 'properties')
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
}
