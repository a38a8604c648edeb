/**
 * Makes the vectors that are not there yet, with the real sops and age of `npm run tools` and throw-away keys:
 * `node test/sops/make-vectors.ts`. Delete a file to have it made again. Old versions of sops are left out unless
 * `npm run tools -- sops_versions` built them.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { TAMPER_BASES } from './tampers.ts'
import { MARK, PEOPLE, VECTOR_DIR, recipientOf, type Person } from './people.ts'
import { VECTORS, type Vector } from './vectors.ts'

const BIN = path.join(import.meta.dirname, '../../.cache/bin')
const work = mkdtempSync(path.join(tmpdir(), 'tenon-vectors-'))

type Made = Pick<Vector, 'file' | 'format' | 'plain' | 'rule' | 'recipients' | 'groups' | 'version'>

function run(tool: string, args: readonly string[], person?: Person): Buffer {
  const key = person === undefined ? '' : path.join(VECTOR_DIR, 'keys', `${person}.txt`)
  // An empty HOME, so that no key of this machine takes part.
  return execFileSync(path.join(BIN, tool), args, { cwd: work, env: { HOME: work, SOPS_AGE_KEY_FILE: key } })
}

function makeKey(person: Person): void {
  const file = path.join(VECTOR_DIR, 'keys', `${person}.txt`)
  if (existsSync(file)) return
  const text = run('age-keygen', person === 'quanta' ? ['-pq'] : []).toString()
  writeFileSync(file, `${MARK}\n${text.replace(/^# created.*\n/m, '')}`)
}

/** Encrypts the plain text by a creation rule of its own, under the name that it will have. */
function make(vector: Made): boolean {
  const target = path.join(VECTOR_DIR, vector.file)
  const tool = vector.version === undefined ? 'sops' : `sops-${vector.version}`
  if (existsSync(target) || !existsSync(path.join(BIN, tool))) return false
  const keys =
    vector.groups === undefined
      ? { age: (vector.recipients ?? ['alice']).map(recipientOf).join(',') }
      : { key_groups: vector.groups.map(group => ({ age: group.map(recipientOf) })) }
  const config = path.join(work, 'config.yaml')
  writeFileSync(config, JSON.stringify({ creation_rules: [{ ...vector.rule, ...keys }] }))
  writeFileSync(path.join(work, vector.file), vector.plain)
  const type = ['--input-type', vector.format, '--output-type', vector.format === 'binary' ? 'binary' : vector.format]
  writeFileSync(target, run(tool, ['--config', config, 'encrypt', ...type, vector.file]))
  console.log(vector.file)
  return true
}

/** The same file once more, a second later, with another value: what somebody puts back. */
async function makeNewer(base: Made): Promise<void> {
  const newer = base.file.replace('base', 'newer')
  if (existsSync(path.join(VECTOR_DIR, newer))) return
  await setTimeout(1100)
  writeFileSync(path.join(work, newer), readFileSync(path.join(VECTOR_DIR, base.file)))
  const place = base.format === 'dotenv' ? '["token"]' : '["data"]["token"]'
  run('sops', ['set', '--input-type', base.format, '--output-type', base.format, newer, place, '"hunter3"'], 'alice')
  writeFileSync(path.join(VECTOR_DIR, newer), readFileSync(path.join(work, newer)))
  console.log(newer)
}

mkdirSync(path.join(VECTOR_DIR, 'keys'), { recursive: true })
PEOPLE.forEach(makeKey)
VECTORS.forEach(make)
for (const base of TAMPER_BASES) {
  make(base)
  if (base.file.startsWith('base')) await makeNewer(base)
}
rmSync(work, { recursive: true })
