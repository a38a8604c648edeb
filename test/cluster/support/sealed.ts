/** Values that the real sops encrypted, and values as the store has them. */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import type { SopsFormat } from '../../../src/model/sops.ts'
import { identityOf, recipientOf, type Person } from '../../sops/people.ts'
import { realEncrypt, realSops } from '../../sops/real.ts'
import { tenon } from '../../support/tenon.ts'
import type { Operator } from './operator.ts'
import type { World } from './world.ts'

export type Values = Readonly<Record<string, unknown>>

/** A SOPS document for alice, with the values at its top. */
export function sealed(values: Values, format: SopsFormat = 'yaml'): string {
  return encrypted(JSON.stringify(values), { from: 'json', to: format })
}

/** A file of documents encrypted in place for alice. */
export function sealedInPlace(...documents: readonly object[]): string {
  const text = documents.map(document => JSON.stringify(document)).join('\n---\n')
  return encrypted(text, { from: 'yaml', to: 'yaml' }, ['--encrypted-regex', '^data$'])
}

function encrypted(
  text: string,
  formats: { readonly from: SopsFormat; readonly to: SopsFormat },
  rule: readonly string[] = [],
): string {
  const found = realEncrypt(text, formats, rule)
  if (found === null) throw new Error('sops refuses to encrypt this')
  return found
}

export interface KeyFile {
  readonly file: string
  /** Writes the identities of these people, and of nobody else. */
  hold(...people: readonly Person[]): void
}

/** A file of identities, as a mounted Secret is. */
export function keyFile(world: World, ...people: readonly Person[]): KeyFile {
  const file = path.join(world.folder(), 'age.agekey')
  const hold: KeyFile['hold'] = (...now) => writeFileSync(file, now.map(identityOf).join('\n'))
  hold(...people)
  return { file, hold }
}

/** The values of a credential as an operator's store has them: exported for alice, and opened by the real sops. */
export async function storedValues(world: World, operator: Operator, namespace: string, name: string): Promise<Values> {
  const cwd = world.folder()
  const place = ['--store', operator.store, '--key-file', operator.keyFile]
  const what = ['--kind', 'credential', '--namespace', namespace, '--recipient', recipientOf('alice'), '--out', 'out']
  const { code, stderr } = await tenon(['export', ...place, ...what], { cwd })
  if (code !== 0) throw new Error(stderr)
  const files = readdirSync(path.join(cwd, 'out'), { recursive: true, encoding: 'utf8' })
  const file = files.find(found => path.basename(found).startsWith(`${name}.`))
  if (file === undefined) throw new Error(`the store has no credential ${name}: ${files.join(', ')}`)
  const { accepted, output } = realSops(readFileSync(path.join(cwd, 'out', file)), 'yaml')
  if (!accepted) throw new Error(output)
  return (parse(output) as { spec: { data: Values } }).spec.data
}
