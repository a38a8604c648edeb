/**
 * Derives from the schemas what would otherwise be written twice: the TypeScript types, the compiled validators,
 * the field reference and the CustomResourceDefinitions. `node schemas/generate.ts` writes them; a test compares what it would write with what is there.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { catalogueFile } from './catalogue.ts'
import { constraints } from './constraints.ts'
import { customResourceDefinitions } from './crds.ts'
import { fieldReference } from './reference.ts'
import { manifestTypes } from './types.ts'
import { validators } from './validators.ts'

const ROOT = path.dirname(import.meta.dirname)

/** Every generated file by its path below the project: the text that belongs there. */
export async function generate(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['src/model/manifest.gen.ts', await manifestTypes()],
    ['src/decode/validators.gen.ts', validators()],
    ['src/decode/schemas.gen.ts', constraints()],
    ['schemas/README.md', fieldReference()],
    ['src/catalogue/catalogue.gen.json', await catalogueFile()],
    ...customResourceDefinitions(),
  ])
}

if (import.meta.main) {
  for (const [file, text] of await generate()) {
    mkdirSync(path.dirname(path.join(ROOT, file)), { recursive: true })
    writeFileSync(path.join(ROOT, file), text)
  }
}
