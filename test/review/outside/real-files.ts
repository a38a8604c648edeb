import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { decode } from '../../../src/decode/decode.ts'
import type { Address } from '../../../src/model/address.ts'
import type { Problem } from '../../../src/model/diagnostic.ts'
import type { ReadBeside } from '../../../src/model/document.ts'
import type { Sealed } from '../../../src/model/sealed.ts'
import type { SopsFormat } from '../../../src/model/sops.ts'
import { resourceOf } from '../../../src/resolve/normal.ts'
import { sealedOf } from '../../../src/resolve/sealed.ts'
import { identityOf, recipientOf, type Person } from '../../sops/people.ts'
import type { Side } from './worlds.ts'

const SOPS = path.join(import.meta.dirname, '../../../.cache/bin/sops')

/** How a file is encrypted: for whom, or for which groups of people, and by which rule. */
export interface Encryption {
  readonly people?: readonly Person[]
  readonly groups?: readonly (readonly Person[])[]
  readonly threshold?: number
  readonly rule?: Readonly<Record<string, string | boolean>>
}

/** One file in the hands of the real sops, and of people who edit it. Alice decrypts. */
export interface RealFile {
  readonly text: string
  /** Runs `sops ARGS FILE …REST`, and gives the file as it is then. */
  sops(args: readonly string[], rest?: readonly string[]): RealFile
  /** Lets somebody edit the clear text in sops: a program for `sed`. */
  edit(script: string): RealFile
  /** Changes who can decrypt, and how. */
  updateKeys(encryption: Encryption): RealFile
  /** Edits the file by hand, without sops. */
  byHand(change: (text: string) => string): RealFile
  /** Decrypts and encrypts it again, as somebody does who knows no better. */
  again(encryption?: Encryption): RealFile
}

const ENDINGS: Readonly<Record<SopsFormat, string>> = { yaml: 'yaml', json: 'json', dotenv: 'env', binary: 'bin' }

/** Encrypts a text with the real sops. */
export function encrypted(plain: string, format: SopsFormat = 'yaml', encryption: Encryption = {}): RealFile {
  const home = mkdtempSync(path.join(tmpdir(), 'tenon-review-'))
  const name = `file.${ENDINGS[format]}`
  writeFileSync(path.join(home, 'keys.txt'), (['alice', 'bob', 'carol'] as const).map(identityOf).join('\n'))
  writeFileSync(path.join(home, name), plain)
  writeFileSync(path.join(home, '.sops.yaml'), config(encryption))
  run(home, ['encrypt', '--in-place', name])
  return realFile(home, name)
}

function config({ people = ['alice'], groups, threshold, rule }: Encryption): string {
  const keys =
    groups === undefined
      ? { age: people.map(recipientOf).join(',') }
      : { key_groups: groups.map(group => ({ age: group.map(recipientOf) })) }
  return JSON.stringify({
    creation_rules: [{ ...rule, ...keys, ...(threshold !== undefined && { shamir_threshold: threshold }) }],
  })
}

function run(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const ran = spawnSync(SOPS, args, {
    cwd,
    env: { HOME: cwd, SOPS_AGE_KEY_FILE: path.join(cwd, 'keys.txt'), PATH: process.env['PATH'], ...env },
  })
  if (ran.status !== 0) throw new Error(`sops ${args.join(' ')}: ${String(ran.stderr)}`)
  return String(ran.stdout)
}

function realFile(home: string, name: string): RealFile {
  const file = path.join(home, name)
  const text = readFileSync(file, 'utf8')
  const after = (act: () => void): RealFile => {
    writeFileSync(file, text)
    act()
    return realFile(home, name)
  }
  return {
    text,
    sops: (args, rest = []) => after(() => run(home, [...args, name, ...rest])),
    edit: script => {
      const editor = path.join(home, 'editor.sh')
      writeFileSync(editor, `#!/bin/sh\nexec sed -i '${script}' "$1"\n`, { mode: 0o755 })
      return after(() => run(home, [name], { EDITOR: editor }))
    },
    updateKeys: encryption =>
      after(() => {
        writeFileSync(path.join(home, '.sops.yaml'), config(encryption))
        run(home, ['updatekeys', '--yes', name])
      }),
    byHand: change => after(() => writeFileSync(file, change(text))),
    again: encryption =>
      after(() => {
        if (encryption !== undefined) writeFileSync(path.join(home, '.sops.yaml'), config(encryption))
        run(home, ['decrypt', '--in-place', name])
        run(home, ['encrypt', '--in-place', name])
      }),
  }
}

/** Files by name: documents of Tenon's, and what stands beside them. */
export type Files = Readonly<Record<string, string>>

/** What a review reads of files without a key: their credentials, and what ciphertext tells of each. */
export async function side(
  files: Files,
  isDocument = (name: string): boolean => files[name]?.includes('tenon.dev/') === true,
): Promise<Side & { readonly problems: readonly Problem[] }> {
  const problems: Problem[] = []
  const report = (problem: Problem): void => void problems.push(problem)
  const documents = Object.entries(files)
    .filter(([name]) => isDocument(name))
    .map(([name, text]) => ({ file: name, path: name, root: '.', bytes: Buffer.from(text) }))
  const { manifests } = decode(documents, { defaultNamespace: 'acme', strict: false }, report)
  const sealed: (readonly [Address, Sealed])[] = []
  for (const manifest of manifests) {
    if (manifest.kind !== 'credential') continue
    const tells = await sealedOf(manifest, { readBeside: beside(files) }, report)
    if (tells !== undefined) sealed.push([manifest.address, tells])
  }
  return { resources: manifests.map(manifest => resourceOf(manifest, {})), sealed, problems }
}

function beside(files: Files): ReadBeside {
  return (_document, name) =>
    Promise.resolve(
      files[name] === undefined
        ? { kind: 'refused', code: 'file-not-found', message: `there is no ${name}`, cure: 'Write it.' }
        : { kind: 'read', file: name, bytes: Buffer.from(files[name]) },
    )
}

/** The document of a credential that keeps its values elsewhere, or in a string. */
export function credential(
  name: string,
  values: { readonly file: string } | { readonly sops: string },
  type = 'basic',
): string {
  return JSON.stringify({
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'Credential',
    metadata: { name },
    spec: { service: { kind: 'ClusterServiceDefinition', name: 'crm' }, type, scope: 'company', label: 'A', ...values },
  })
}

/** A stream of credentials with their values in place, in clear: for sops to encrypt. */
export function inPlace(values: Readonly<Record<string, Readonly<Record<string, unknown>>>>, type = 'basic'): string {
  return Object.entries(values)
    .map(([name, data]) => {
      const spec = {
        service: { kind: 'ClusterServiceDefinition', name: 'crm' },
        type,
        scope: 'company',
        label: 'A',
        data,
      }
      return JSON.stringify({
        apiVersion: 'tenon.dev/v1alpha1',
        kind: 'Credential',
        metadata: { name, namespace: 'acme' },
        spec,
      })
    })
    .join('\n---\n')
}
