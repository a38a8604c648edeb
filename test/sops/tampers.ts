import { readFileSync } from 'node:fs'
import path from 'node:path'
import { editable, type Editable } from './editable.ts'
import { VECTOR_DIR } from './people.ts'
import type { Vector } from './vectors.ts'

const TREE = {
  name: 'alpha',
  place: 'beta',
  settings: { level: 'low' },
  data: {
    token: 'hunter2',
    other: 'correct horse',
    digits: '12345',
    hosts: ['one', 'two', 'three'],
    branch: { x: '1', y: '2' },
  },
}

const LINES = 'name=alpha\nplace=beta\ntoken=hunter2\nother=correct horse\ndigits=12345\n'
const RULE = { encrypted_regex: '^data$' }
const DOTENV_RULE = { encrypted_regex: '^(token|other|digits)$' }

type Base = Pick<Vector, 'file' | 'format' | 'plain' | 'rule'>

/** The sound files that are tampered with. The script that makes them adds a `newer` one to each `base`. */
export const TAMPER_BASES: readonly Base[] = [
  { file: 'base.yaml', format: 'yaml', plain: JSON.stringify(TREE), rule: RULE },
  { file: 'base.json', format: 'json', plain: JSON.stringify(TREE), rule: RULE },
  { file: 'base.env', format: 'dotenv', plain: LINES, rule: DOTENV_RULE },
  { file: 'mac-only.yaml', format: 'yaml', plain: JSON.stringify(TREE), rule: { ...RULE, mac_only_encrypted: true } },
  { file: 'mac-only.json', format: 'json', plain: JSON.stringify(TREE), rule: { ...RULE, mac_only_encrypted: true } },
  { file: 'mac-only.env', format: 'dotenv', plain: LINES, rule: { ...DOTENV_RULE, mac_only_encrypted: true } },
]

export const TAMPER_FORMATS = ['yaml', 'json', 'dotenv'] as const
export type TamperFormat = (typeof TAMPER_FORMATS)[number]

const ENDINGS = { yaml: 'yaml', json: 'json', dotenv: 'env' } as const

export function baseText(name: 'base' | 'newer' | 'mac-only', format: TamperFormat): string {
  return readFileSync(path.join(VECTOR_DIR, `${name}.${ENDINGS[format]}`), 'utf8')
}

export interface Tamper {
  readonly name: string
  /** What sops says, and so must we: the code, or `undefined` where it cannot notice. */
  readonly refused: string | undefined
  /** Whether sops-age, which never checks the MAC, notices. */
  readonly sopsAgeRefuses?: boolean
  /** Default: all three. */
  readonly formats?: readonly TamperFormat[]
  readonly base?: 'newer' | 'mac-only'
  readonly edit: (file: Editable, format: TamperFormat) => void
}

const STRUCTURED = ['yaml', 'json'] as const

/** Where a key below `data` stands: dotenv has no levels. */
export function below(format: TamperFormat, key: string): readonly string[] {
  return format === 'dotenv' ? [key] : ['data', key]
}

/** Changes one character in the middle of the ciphertext. */
function flip(sealed: unknown): string {
  const text = String(sealed)
  const at = text.indexOf('data:') + 5
  return text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1)
}

/** The 25 ways to change an encrypted file without its key. */
export const TAMPERS: readonly Tamper[] = [
  {
    name: 'a value moved to another path',
    refused: 'sops-value-not-decryptable',
    sopsAgeRefuses: true,
    edit: (file, format) => file.set(below(format, 'other'), file.get(below(format, 'token'))),
  },
  {
    name: 'a byte of ciphertext flipped',
    refused: 'sops-value-not-decryptable',
    sopsAgeRefuses: true,
    edit: (file, format) => file.set(below(format, 'token'), flip(file.get(below(format, 'token')))),
  },
  {
    name: 'lastmodified removed',
    refused: 'sops-metadata-invalid',
    sopsAgeRefuses: true,
    edit: file => file.remove(['sops', 'lastmodified']),
  },
  {
    name: 'two items of a list swapped',
    refused: 'sops-mac-mismatch',
    formats: STRUCTURED,
    edit: file => {
      const [first, second] = [file.get(['data', 'hosts', 0]), file.get(['data', 'hosts', 1])]
      file.set(['data', 'hosts', 0], second)
      file.set(['data', 'hosts', 1], first)
    },
  },
  {
    name: 'an item of a list duplicated',
    refused: 'sops-mac-mismatch',
    formats: STRUCTURED,
    edit: file => file.set(['data', 'hosts', 3], file.get(['data', 'hosts', 2])),
  },
  { name: 'a key removed', refused: 'sops-mac-mismatch', edit: (file, format) => file.remove(below(format, 'digits')) },
  {
    name: 'a branch removed',
    refused: 'sops-mac-mismatch',
    formats: STRUCTURED,
    edit: file => file.remove(['data', 'branch']),
  },
  {
    name: 'an encrypted value replaced by plain text',
    refused: 'sops-not-encrypted-value',
    edit: (file, format) => file.set(below(format, 'token'), 'canary-plain'),
  },
  {
    name: 'a plain key added among encrypted ones',
    refused: 'sops-not-encrypted-value',
    formats: STRUCTURED,
    edit: file => file.set(['data', 'extra'], 'canary-plain'),
  },
  {
    name: 'a value in clear changed',
    refused: 'sops-mac-mismatch',
    edit: file => file.set(['name'], 'omega'),
  },
  { name: 'a key in clear added', refused: 'sops-mac-mismatch', edit: file => file.set(['extra'], 'more') },
  { name: 'the MAC removed', refused: 'sops-mac-missing', edit: file => file.remove(['sops', 'mac']) },
  { name: 'the MAC emptied', refused: 'sops-mac-missing', edit: file => file.set(['sops', 'mac'], '') },
  {
    name: 'the MAC of an older file, with its lastmodified',
    refused: 'sops-mac-mismatch',
    base: 'newer',
    edit: (file, format) => {
      const older = editable(baseText('base', format), format)
      for (const key of ['mac', 'lastmodified']) file.set(['sops', key], older.get(['sops', key]))
    },
  },
  {
    name: 'lastmodified changed',
    refused: 'sops-mac-mismatch',
    edit: file => file.set(['sops', 'lastmodified'], '2030-01-01T00:00:00Z'),
  },
  {
    name: 'a text made an integer',
    refused: 'sops-value-not-decryptable',
    edit: (file, format) =>
      file.set(below(format, 'token'), String(file.get(below(format, 'token'))).replace('type:str', 'type:int')),
  },
  {
    name: 'the rule made to select nothing',
    refused: 'sops-mac-mismatch',
    edit: file => file.set(['sops', 'encrypted_regex'], '^nothing$'),
  },
  {
    name: 'mac_only_encrypted stripped',
    refused: 'sops-mac-mismatch',
    base: 'mac-only',
    edit: file => file.remove(['sops', 'mac_only_encrypted']),
  },
  { name: 'a key in clear renamed', refused: undefined, edit: file => file.rename(['name'], 'label') },
  {
    name: 'bytes shifted between adjacent values in clear',
    refused: undefined,
    edit: file => {
      file.set(['name'], 'alphab')
      file.set(['place'], 'eta')
    },
  },
  { name: 'a null key added', refused: undefined, formats: STRUCTURED, edit: file => file.set(['none'], null) },
  { name: 'an empty text added', refused: undefined, edit: file => file.set(['empty'], '') },
  { name: 'an empty map added', refused: undefined, formats: STRUCTURED, edit: file => file.set(['map'], {}) },
  { name: 'an older valid file put back', refused: undefined, edit: () => {} },
  {
    name: 'text in clear edited under mac_only_encrypted',
    refused: undefined,
    base: 'mac-only',
    edit: file => file.set(['name'], 'omega'),
  },
]

export function tamper({ base, edit }: Tamper, format: TamperFormat): string {
  const file = editable(baseText(base ?? 'base', format), format)
  edit(file, format)
  return file.text()
}
