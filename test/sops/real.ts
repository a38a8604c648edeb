import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import type { SopsFormat } from '../../src/model/sops.ts'
import { identityOf, recipientOf, type Person } from './people.ts'

const SOPS = path.join(import.meta.dirname, '../../.cache/bin/sops')

export const hasSops = existsSync(SOPS)
export const LEFT_OUT = 'left out, because the real sops is not there: "npm run tools" builds it into .cache/bin'

let folder: string | undefined

/** What the real sops makes of a file: its output, or what it says on refusing. */
export function realSops(
  text: string | Uint8Array,
  format: SopsFormat,
  people: readonly Person[] = ['alice'],
  output: SopsFormat = format,
): { readonly accepted: boolean; readonly output: string } {
  folder ??= mkdtempSync(path.join(tmpdir(), 'tenon-sops-'))
  const file = path.join(folder, 'file')
  const keys = path.join(folder, 'keys.txt')
  writeFileSync(file, text)
  writeFileSync(keys, people.map(identityOf).join('\n'))
  // An empty HOME, so that no key of this machine takes part.
  const env = { HOME: folder, SOPS_AGE_KEY_FILE: keys }
  const args = ['decrypt', '--input-type', format, '--output-type', output, file]
  const { status, stdout, stderr } = spawnSync(SOPS, args, { env, maxBuffer: 2 ** 28 })
  return { accepted: status === 0, output: String(status === 0 ? stdout : stderr) }
}

/** Encrypts with the real sops for alice; `null` where it refuses. */
export function realEncrypt(
  text: string,
  formats: { readonly from: SopsFormat; readonly to: SopsFormat },
  rule: readonly string[],
): string | null {
  folder ??= mkdtempSync(path.join(tmpdir(), 'tenon-sops-'))
  const file = path.join(folder, 'plain')
  writeFileSync(file, text)
  const types = ['--input-type', formats.from, '--output-type', formats.to]
  const args = ['encrypt', '--age', recipientOf('alice'), ...types, ...rule, file]
  const { status, stdout } = spawnSync(SOPS, args, { env: { HOME: folder }, maxBuffer: 2 ** 28 })
  return status === 0 ? String(stdout) : null
}
