import { Ajv2020 } from 'ajv/dist/2020.js'
import standalone from 'ajv/dist/standalone/index.js'
import { CONFIG_FILE, KIND_FILES, loadSchema, SHARED_FILES } from './load.ts'

/**
 * The validators of all kinds as a module, compiled ahead: starting costs little, and the program runs where code
 * generation from strings is forbidden.
 *
 * They stop at their first error, which on hostile input is the only bounded way; `src/decode/explain.ts` finds all.
 */
export function validators(): string {
  const ajv = new Ajv2020({
    allErrors: false,
    strict: true,
    strictRequired: false,
    ownProperties: true,
    inlineRefs: false,
    verbose: false,
    code: { source: true, esm: false },
  })
  for (const name of SHARED_FILES) ajv.addSchema(loadSchema(name))
  const names = [...KIND_FILES, CONFIG_FILE]
  for (const name of names) ajv.addSchema(loadSchema(name))
  const ids = names.map(name => [camelCase(name), `https://tenon.dev/schemas/${name}.schema.json`])
  const code = standalone.default(ajv, Object.fromEntries(ids) as Record<string, string>)
  return [
    '// @ts-nocheck',
    '// Generated from schemas/*.schema.json by schemas/generate.ts; do not edit.',
    "import { createRequire } from 'node:module'",
    'const require = createRequire(import.meta.url)',
    'const exports = {}',
    code,
    'export const validators = exports',
    '',
  ].join('\n')
}

function camelCase(name: string): string {
  return name.replaceAll(/-(\w)/g, (_all, letter: string) => letter.toUpperCase())
}
