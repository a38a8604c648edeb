import { readFileSync } from 'node:fs'
import path from 'node:path'
import type { SopsFormat } from '../../src/model/sops.ts'
import { editable, type Editable } from './editable.ts'
import { baseText } from './tampers.ts'
import { VECTOR_DIR } from './people.ts'

export interface Odd {
  readonly name: string
  readonly format: SopsFormat
  readonly text: string
  /** What we say; `undefined` where we read the file. */
  readonly code: string | undefined
  /** Why we differ from sops, or agree with it although one might doubt. */
  readonly reason: string
}

function edited(change: (file: Editable) => void, base: 'base' | 'mac-only' = 'base'): string {
  const file = editable(baseText(base, 'yaml'), 'yaml')
  change(file)
  return file.text()
}

function retyped(place: readonly (string | number)[], type: string): string {
  return edited(file => file.set(place, String(file.get(place)).replace('type:str', `type:${type}`)))
}

const YAML = baseText('base', 'yaml')
const JSON_TEXT = baseText('base', 'json')
const yaml = { format: 'yaml' } as const
const json = { format: 'json' } as const

function vector(file: string): string {
  return readFileSync(path.join(VECTOR_DIR, file), 'utf8')
}

/** Files that sops takes and we refuse. sops itself writes none of them. */
export const STRICTER: readonly Odd[] = [
  {
    name: 'text after an encrypted value',
    ...yaml,
    text: edited(file => file.set(['data', 'token'], `${String(file.get(['data', 'token']))} more`)),
    code: 'sops-value-not-decryptable',
    reason: 'the pattern of sops is not anchored at its end, so text could be smuggled past the MAC',
  },
  {
    name: 'a value of a key made a comment',
    ...yaml,
    text: retyped(['data', 'token'], 'comment'),
    code: 'sops-value-not-decryptable',
    reason: 'nothing authenticates the type, and as a comment the value vanishes',
  },
  {
    name: 'an item of a list made a comment',
    ...yaml,
    text: retyped(['data', 'hosts', 0], 'comment'),
    code: 'sops-mac-mismatch',
    reason: 'as sops 3.13.3: comments of lists are not in the MAC (getsops/sops#2243)',
  },
  {
    name: 'a key twice in the second document',
    ...yaml,
    text: vector('several-documents.yaml').replace('kind: AccessGroup\n', 'kind: AccessGroup\nkind: ""\n'),
    code: 'sops-syntax',
    reason: 'sops looks for repeated keys in the first document only; readers differ in which one counts',
  },
  {
    name: 'a key twice in JSON',
    ...json,
    text: JSON_TEXT.replace('"name"', '"name": "", "name"'),
    code: 'sops-syntax',
    reason: 'readers differ in which one counts',
  },
  {
    name: 'a key twice in dotenv',
    format: 'dotenv',
    text: `name=\n${baseText('base', 'dotenv')}`,
    code: 'sops-syntax',
    reason: 'readers differ in which one counts',
  },
  {
    name: 'text after the JSON object',
    ...json,
    text: `${JSON_TEXT}{}`,
    code: 'sops-syntax',
    reason: 'sops stops reading after the object, so the rest is in no MAC',
  },
  {
    name: 'a YAML anchor',
    ...yaml,
    text: YAML.replace('name: alpha', 'name: &x alpha'),
    code: 'sops-unsupported-feature',
    reason: 'sops writes neither anchors nor aliases; both are ways to make a file mean something else',
  },
  {
    name: 'a YAML alias',
    ...yaml,
    text: YAML.replace('name: alpha', 'name: alpha\none: &x null\ntwo: *x'),
    code: 'sops-unsupported-feature',
    reason: 'as anchors',
  },
  {
    name: 'a YAML tag',
    ...yaml,
    text: YAML.replace('name: alpha', 'name: !!str alpha'),
    code: 'sops-unsupported-feature',
    reason: 'sops writes no tags but !!merge; an unknown one changes the value without a word',
  },
  {
    name: 'a line separator that is one in YAML 1.1 only',
    ...yaml,
    text: `${YAML}# a\u2028# b\n`,
    code: 'sops-unsupported-feature',
    reason: 'sops writes some texts with it so that readers of YAML 1.2 find other keys and values',
  },
  {
    name: 'a pattern that is no pattern',
    ...yaml,
    text: vector('plain.yaml').replace('unencrypted_suffix: _unencrypted', 'unencrypted_regex: ("'.slice(0, -1)),
    code: 'sops-selection-invalid',
    reason: 'sops lets such a pattern match nothing',
  },
  {
    name: 'a name of the metadata in capitals',
    ...yaml,
    text: edited(file => file.rename(['sops', 'mac'], 'MAC')),
    code: 'sops-metadata-invalid',
    reason: 'sops reads names of its metadata in any case; two spellings could stand side by side',
  },
  {
    name: 'mac_only_encrypted as a text',
    ...yaml,
    text: edited(file => file.set(['sops', 'mac_only_encrypted'], 'true'), 'mac-only'),
    code: 'sops-metadata-invalid',
    reason: 'sops takes "true", 1 and more for true',
  },
  {
    name: 'mac_only_encrypted as a number',
    ...yaml,
    text: edited(file => file.set(['sops', 'mac_only_encrypted'], 1), 'mac-only'),
    code: 'sops-metadata-invalid',
    reason: 'as a text',
  },
]

/** Files that sops refuses and we read. */
export const LAXER: readonly Odd[] = [
  {
    name: 'a value of type bytes',
    ...yaml,
    text: retyped(['data', 'token'], 'bytes'),
    code: undefined,
    reason: 'sops crashes on its own type; it hashes as text does, and the MAC is verified',
  },
  {
    name: 'a key << that merges nothing',
    ...yaml,
    text: YAML.replace('name: alpha', '"name": alpha\n!!merge <<: null'),
    code: undefined,
    reason: 'sops writes such files and cannot read them; for us << is a key like others',
  },
  {
    name: 'a key service with an unreadable date',
    ...yaml,
    text: edited(file => file.set(['sops', 'kms'], [{ arn: 'x', enc: 'y', created_at: 'never', aws_profile: '' }])),
    code: undefined,
    reason: 'we only name key services; nothing about their entries is used',
  },
]

/** Odd files on which both agree. */
export const AGREED: readonly Odd[] = [
  { name: 'a byte order mark', ...yaml, text: `\ufeff${YAML}`, code: undefined, reason: 'go-yaml passes over it' },
  {
    name: 'Windows line ends',
    ...yaml,
    text: YAML.replaceAll('\n', '\r\n'),
    code: undefined,
    reason: 'YAML reads them',
  },
  {
    name: 'lastmodified with a fraction',
    ...yaml,
    text: YAML.replace(/lastmodified: "(.*)Z"/, 'lastmodified: "$1.5Z"'),
    code: undefined,
    reason: 'the MAC is bound to the time without it',
  },
  {
    name: 'lastmodified with an offset of zero',
    ...yaml,
    text: YAML.replace(/lastmodified: "(.*)Z"/, 'lastmodified: "$1+00:00"'),
    code: undefined,
    reason: 'Go writes it as Z',
  },
  {
    name: 'lastmodified without quotes',
    ...yaml,
    text: YAML.replace(/lastmodified: "(.*)"/, 'lastmodified: $1'),
    code: 'sops-metadata-invalid',
    reason: 'go-yaml makes it a time, which sops does not take for text',
  },
  {
    name: 'an empty second rule',
    ...yaml,
    text: edited(file => file.set(['sops', 'encrypted_suffix'], '')),
    code: undefined,
    reason: 'empty counts as absent',
  },
  {
    name: 'two rules',
    ...yaml,
    text: edited(file => file.set(['sops', 'encrypted_suffix'], 'x')),
    code: 'sops-selection-invalid',
    reason: 'only one may say what is encrypted',
  },
  {
    name: 'no version',
    ...yaml,
    text: edited(file => file.remove(['sops', 'version'])),
    code: 'sops-metadata-invalid',
    reason: 'sops compares it',
  },
  {
    name: 'a key that is an integer',
    ...yaml,
    text: YAML.replace('name: alpha', '1: alpha'),
    code: 'sops-unsupported-feature',
    reason: 'keys are text',
  },
  {
    name: 'an integer of 2^63',
    ...yaml,
    text: YAML.replace('name: alpha', 'name: 9223372036854775808'),
    code: 'sops-unsupported-feature',
    reason: 'sops cannot walk it',
  },
  {
    name: 'a directive',
    ...yaml,
    text: `%YAML 1.2\n---\n${YAML}`,
    code: 'sops-unsupported-feature',
    reason: 'go-yaml takes YAML 1.1 only; we take none, since a directive changes what is read',
  },
  {
    name: 'an empty document first',
    ...yaml,
    text: `---\n---\n${YAML}`,
    code: 'sops-not-encrypted',
    reason: 'metadata come from the first document',
  },
  {
    name: 'a digit text made an integer',
    ...yaml,
    text: retyped(['data', 'digits'], 'int'),
    code: undefined,
    reason: 'the type is not authenticated, and the hash is the same',
  },
  {
    name: 'a truncated JSON file',
    ...json,
    text: JSON_TEXT.trimEnd().slice(0, -1),
    code: 'sops-syntax',
    reason: 'nothing is guessed',
  },
  {
    name: 'a list at the top',
    ...yaml,
    text: '- a\n',
    code: 'sops-syntax',
    reason: 'SOPS takes maps only',
  },
  {
    name: 'a selection by comments',
    ...yaml,
    text: edited(file => {
      file.remove(['sops', 'encrypted_regex'])
      file.set(['sops', 'encrypted_comment_regex'], 'secret')
    }),
    code: 'sops-unsupported-feature',
    reason: 'the comment that selected is not there, so sops finds another MAC; we do not read such files at all',
  },
]
