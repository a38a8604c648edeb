import { readFileSync } from 'node:fs'
import path from 'node:path'

/** A JSON Schema as its parsed JSON. */
export type Schema = { readonly [keyword: string]: unknown }

/** The schema of each kind of document, by file name without `.schema.json`. */
export const KIND_FILES = [
  'cluster-service-definition',
  'service-definition',
  'access-group',
  'credential',
  'integration',
  'consumer',
  'guardrail',
] as const

export type KindFile = (typeof KIND_FILES)[number]

/** What kind schemas refer to, and the schemas of `tenon.yaml` and `tenon.lock.yaml`. */
export const SHARED_FILES = ['common', 'service'] as const
export const CONFIG_FILE = 'config'
export const LOCK_FILE = 'lock-file'
/** What `*.guardrail-cases.yaml` files hold. */
export const CASES_FILE = 'guardrail-cases'

/** Reads `schemas/<name>.schema.json`. */
export function loadSchema(name: string): Schema {
  return JSON.parse(readFileSync(path.join(import.meta.dirname, `${name}.schema.json`), 'utf8')) as Schema
}

/** The schema with every reference to another file, or into its own, replaced by what it refers to. */
export function inlined(schema: unknown, base: Schema): unknown {
  if (Array.isArray(schema)) return schema.map(item => inlined(item, base))
  if (typeof schema !== 'object' || schema === null) return schema
  const { $ref, ...rest } = schema as Schema
  const siblings = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, inlined(value, base)]))
  if (typeof $ref !== 'string') return siblings
  const [file, pointer] = $ref.split('#') as [string, string]
  const target = file === '' ? base : loadSchema(file.replace('.schema.json', ''))
  const found = pointer
    .split('/')
    .slice(1)
    .reduce<unknown>((node, key) => (node as Schema)[key], target)
  return { ...(inlined(found, target) as Schema), ...siblings }
}
