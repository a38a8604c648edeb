import { readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { readText, written } from './reading.ts'

const FILE = path.join(import.meta.dirname, 'mistakes.md')
const CASE = /^### (.*)\n\n```yaml\n([^]*?)\n```\n\n```text\n([^]*?)```\n/gm

if (process.env['UPDATE_GOLDEN'] !== undefined) {
  const updated = readFileSync(FILE, 'utf8').replaceAll(CASE, (_all, name: string, yaml: string) => {
    const says = said(yaml)
    return `### ${name}\n\n\`\`\`yaml\n${yaml}\n\`\`\`\n\n\`\`\`text\n${says === '' ? '' : `${says}\n`}\`\`\`\n`
  })
  writeFileSync(FILE, updated)
}

const matches = [...readFileSync(FILE, 'utf8').matchAll(CASE)]
const cases = matches.map(([, name = '', yaml = '', says = '']) => ({ name, yaml, says: says.trimEnd() }))

function said(yaml: string): string {
  return written(readText(`${yaml}\n`).diagnostics)
}

test.each(cases)('$name', ({ yaml, says }) => {
  expect(said(yaml)).toBe(says)
})

test('no message repeats a value below spec.data, or anything that looks like a secret', () => {
  expect(cases.length).toBeGreaterThan(60)
  for (const { yaml } of cases) expect(said(yaml)).not.toMatch(/canary/i)
})
