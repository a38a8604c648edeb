import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { generate } from '../schemas/generate.ts'

const ROOT = path.dirname(import.meta.dirname)

test('generated files are what the schemas and the catalogue say; `npm run generate` writes them', async () => {
  for (const [file, text] of await generate()) {
    expect(readFileSync(path.join(ROOT, file), 'utf8') === text, `${file} is stale`).toBe(true)
  }
})
