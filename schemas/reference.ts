import { clusterReference } from './cluster-reference.ts'
import { CASES_FILE, CONFIG_FILE, inlined, KIND_FILES, loadSchema, LOCK_FILE, type Schema } from './load.ts'

/** The field reference of all kinds, as Markdown tables. */
export function fieldReference(): string {
  const parts = [...KIND_FILES, CONFIG_FILE, LOCK_FILE, CASES_FILE].map(name =>
    section(inlined(loadSchema(name), loadSchema(name)) as Schema),
  )
  return [
    '<!-- Generated from the schemas by schemas/generate.ts; do not edit. -->',
    '# Field reference',
    '',
    'The fields of every kind of document, of `tenon.yaml`, of `tenon.lock.yaml`, and of `*.guardrail-cases.yaml`. Fields in **bold** are required.',
    '',
    ...parts,
    clusterReference(),
  ].join('\n')
}

function section(schema: Schema): string {
  const rows: string[] = []
  collect(schema, '', rows)
  return [
    `## ${schema['title']}`,
    '',
    String(schema['description']),
    '',
    '| field | type | meaning |',
    '| --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

function collect(schema: Schema, prefix: string, rows: string[]): void {
  const required = new Set((schema['required'] as string[] | undefined) ?? [])
  for (const [name, field] of Object.entries((schema['properties'] as Record<string, Schema> | undefined) ?? {})) {
    const path = `${prefix}${name}`
    const shown = required.has(name) ? `**\`${path}\`**` : `\`${path}\``
    const meaning = String(field['description'] ?? field['title'] ?? '')
      .replaceAll('|', '\\|')
      .replaceAll('*', '\\*')
    rows.push(`| ${shown} | ${typeOf(field)} | ${meaning}${example(field)} |`)
    collect(field, `${path}.`, rows)
    const items = field['items'] as Schema | undefined
    if (items?.['properties'] !== undefined) collect(items, `${path}[].`, rows)
  }
}

function typeOf(field: Schema): string {
  if (field['const'] !== undefined) return `\`${String(field['const'])}\``
  if (Array.isArray(field['enum'])) return field['enum'].map(value => `\`${String(value)}\``).join(', ')
  if (field['type'] === 'array') return `list of ${typeOf((field['items'] as Schema | undefined) ?? {})}`
  return String(field['type'] ?? 'any')
}

function example(field: Schema): string {
  const [first] = (field['examples'] as unknown[] | undefined) ?? []
  return first === undefined ? '' : ` Example: \`${JSON.stringify(first).replaceAll('|', '\\|')}\``
}
