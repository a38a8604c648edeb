import type { SopsFormat } from '../../src/model/sops.ts'
import type { Person } from './people.ts'

/** Text that was encrypted, in an expected tree. */
export interface Sealed {
  readonly sealed: string
}

export function sealed(text: string): Sealed {
  return { sealed: text }
}

export type Expected =
  | Sealed
  | string
  | number
  | bigint
  | boolean
  | null
  | readonly Expected[]
  | { readonly [key: string]: Expected }

export interface Vector {
  /** File name below `test/vectors/sops`; what the vector is for. */
  readonly file: string
  readonly format: SopsFormat
  readonly plain: string | Uint8Array
  readonly expected: readonly Expected[]
  /** A creation rule for sops beside the recipients; default: its own, which encrypts nearly all. */
  readonly rule?: Readonly<Record<string, unknown>>
  /** Default: alice. */
  readonly recipients?: readonly Person[]
  /** Several key groups instead of recipients, each with its people. */
  readonly groups?: readonly (readonly Person[])[]
  readonly unprotected?: readonly (readonly (string | number)[])[]
  /** Another sops than the one of `npm run tools -- sops`. */
  readonly version?: string
  /** What the sops of `npm run tools -- sops` cannot read although it is sound, and why. */
  readonly unreadable?: string
}

export const ALL_BYTES = Uint8Array.from({ length: 256 }, (_, index) => index)

const DATA_ONLY = { encrypted_regex: '^data$' }

const CREDENTIAL = `# what reviewers read
apiVersion: tenon.dev/v1alpha1
kind: Credential
metadata:
  name: jira-bot
  namespace: acme
spec:
  service: {kind: ClusterServiceDefinition, name: jira}
  type: bearer
  data:
    for:
      name: jira-bot
      namespace: acme
      integrations: [jira-support]
      hosts: [acme.example.net]
      revision: 7
    token: tok-5e1f
`

const CREDENTIAL_TREE = {
  apiVersion: 'tenon.dev/v1alpha1',
  kind: 'Credential',
  metadata: { name: 'jira-bot', namespace: 'acme' },
  spec: {
    service: { kind: 'ClusterServiceDefinition', name: 'jira' },
    type: 'bearer',
    data: {
      for: {
        name: sealed('jira-bot'),
        namespace: sealed('acme'),
        integrations: [sealed('jira-support')],
        hosts: [sealed('acme.example.net')],
        revision: sealed('7'),
      },
      token: sealed('tok-5e1f'),
    },
  },
}

const COMMENTED_LIST = `# above all
hosts:
  # why the first one
  - one.example.net
  - two.example.net # beside the second
  # after the last
token: tok-c0
`

const COMMENTED_LIST_TREE = {
  hosts: [sealed('one.example.net'), sealed('two.example.net')],
  token: sealed('tok-c0'),
}

const OLD = { plain: COMMENTED_LIST, format: 'yaml', expected: [COMMENTED_LIST_TREE] } as const

export const VECTORS: readonly Vector[] = [
  {
    file: 'plain.yaml',
    format: 'yaml',
    plain: 'username: bot\npassword: hunter2\n',
    expected: [{ username: sealed('bot'), password: sealed('hunter2') }],
  },
  {
    file: 'in-place.yaml',
    format: 'yaml',
    plain: CREDENTIAL,
    rule: DATA_ONLY,
    expected: [CREDENTIAL_TREE],
  },
  {
    file: 'several-documents.yaml',
    format: 'yaml',
    plain: `${CREDENTIAL}---\nkind: AccessGroup\nmetadata: {name: support}\nspec: {members: [ada@example.com]}\n---\n---\ndata: {a: b}\n`,
    rule: DATA_ONLY,
    expected: [
      CREDENTIAL_TREE,
      { kind: 'AccessGroup', metadata: { name: 'support' }, spec: { members: ['ada@example.com'] } },
      {},
      { data: { a: sealed('b') } },
    ],
  },
  {
    file: 'nested-lists.yaml',
    format: 'yaml',
    plain: 'a:\n  - - 1\n    - [two, {three: [3.5, "4"]}]\n  - {b: [], c: {}}\n',
    expected: [{ a: [[sealed('1'), [sealed('two'), { three: [sealed('3.5'), sealed('4')] }]], { b: [], c: {} }] }],
  },
  {
    file: 'comments.yaml',
    format: 'yaml',
    plain: '# head with secret-in-comment\na: one # beside\n# between\nb:\n  # inside\n  c: two\n# foot\n',
    expected: [{ a: sealed('one'), b: { c: sealed('two') } }],
  },
  {
    file: 'comments-in-list.yaml',
    ...OLD,
    unreadable: 'sops 3.13.2 hashes encrypted comments of lists when it decrypts (getsops/sops#2243, fixed by #2245)',
  },
  {
    file: 'types.yaml',
    format: 'yaml',
    plain: [
      'ints: [0, -7, 0755, 0o17, 0x1F, 1_000, 9007199254740993, 9223372036854775807, -9223372036854775808]',
      'floats: [1.50, 1e21, 1e-7, 6.02214076e23, 18446744073709551616, .inf, -.INF, .nan, 123456789.123456789]',
      'bools: [true, False, yes, on]',
      'times: [2024-01-15, 2001-12-14t21:59:43.10-05:00, 2024-02-29 1:02:03.5]',
      'texts: ["0755", "true", "", 12:30:45, 1.2.3]',
      '',
    ].join('\n'),
    expected: [
      {
        ints: [
          '0',
          '-7',
          '493',
          '15',
          '31',
          '1000',
          '9007199254740993',
          '9223372036854775807',
          '-9223372036854775808',
        ].map(sealed),
        floats: [
          '1.5',
          '1000000000000000000000',
          '0.0000001',
          '602214076000000000000000',
          '18446744073709552000',
          '+Inf',
          '-Inf',
          'NaN',
          '123456789.12345679',
        ].map(sealed),
        bools: ['True', 'False', 'yes', 'on'].map(sealed),
        times: ['2024-01-15T00:00:00Z', '2001-12-14T21:59:43.1-05:00', '2024-02-29T01:02:03.5Z'].map(sealed),
        texts: [sealed('0755'), sealed('true'), '', sealed('12:30:45'), sealed('1.2.3')],
      },
    ],
    unprotected: [['texts', 2]],
  },
  {
    file: 'types-in-clear.yaml',
    format: 'yaml',
    plain: 'clear: [0755, 9007199254740993, 1.50, 1e21, true, 2024-01-15, yes, "0755", null, "", .inf]\ndata: {a: b}\n',
    rule: DATA_ONLY,
    expected: [
      {
        clear: [493, 9007199254740993n, 1.5, 1e21, true, '2024-01-15T00:00:00Z', 'yes', '0755', null, '', Infinity],
        data: { a: sealed('b') },
      },
    ],
  },
  {
    file: 'encrypted-suffix.yaml',
    format: 'yaml',
    plain: 'a_secret: one\nb: two\nc: {d_secret: {e: three}, f: four}\na_secret_note: five\n',
    rule: { encrypted_suffix: '_secret' },
    expected: [
      { a_secret: sealed('one'), b: 'two', c: { d_secret: { e: sealed('three') }, f: 'four' }, a_secret_note: 'five' },
    ],
  },
  {
    file: 'unencrypted-suffix.yaml',
    format: 'yaml',
    plain: 'a_open: one\nb: two\nc: {d_open: {e: three}, f: four}\n',
    rule: { unencrypted_suffix: '_open' },
    expected: [{ a_open: 'one', b: sealed('two'), c: { d_open: { e: 'three' }, f: sealed('four') } }],
  },
  {
    file: 'default-suffix.yaml',
    format: 'yaml',
    plain: 'a_unencrypted: one\nb: two\n',
    expected: [{ a_unencrypted: 'one', b: sealed('two') }],
  },
  {
    file: 'encrypted-regex.yaml',
    format: 'yaml',
    plain: 'Password: one\nhost: two\nnested: {my-token-2: {deep: [three]}}\n',
    rule: { encrypted_regex: '(?i)password|to+ken' },
    expected: [{ Password: sealed('one'), host: 'two', nested: { 'my-token-2': { deep: [sealed('three')] } } }],
  },
  {
    file: 'unencrypted-regex.yaml',
    format: 'yaml',
    plain: 'kind: one\nspec: {kind: two, token: three}\n',
    rule: { unencrypted_regex: '^(kind|name)$' },
    expected: [{ kind: 'one', spec: { kind: 'two', token: sealed('three') } }],
  },
  {
    file: 'mac-only-encrypted.yaml',
    format: 'yaml',
    plain: 'name: alpha\nplace: beta\ndata: {token: tok-m}\n',
    rule: { ...DATA_ONLY, mac_only_encrypted: true },
    expected: [{ name: 'alpha', place: 'beta', data: { token: sealed('tok-m') } }],
  },
  {
    file: 'two-recipients.yaml',
    format: 'yaml',
    plain: 'token: tok-2\n',
    recipients: ['alice', 'bob'],
    expected: [{ token: sealed('tok-2') }],
  },
  {
    file: 'shamir-2-of-3.yaml',
    format: 'yaml',
    plain: 'token: tok-s\n',
    groups: [['alice'], ['bob'], ['carol']],
    rule: { shamir_threshold: 2 },
    expected: [{ token: sealed('tok-s') }],
  },
  {
    file: 'shamir-all.json',
    format: 'json',
    plain: '{"token": "tok-sa"}',
    groups: [['alice', 'carol'], ['bob']],
    expected: [{ token: sealed('tok-sa') }],
  },
  {
    file: 'post-quantum.yaml',
    format: 'yaml',
    plain: 'token: tok-pq\n',
    recipients: ['quanta'],
    expected: [{ token: sealed('tok-pq') }],
  },
  {
    file: 'unicode.yaml',
    format: 'yaml',
    plain:
      '"schlüssel 鍵 🔑": "wört\\n\\t\\e 🗝️ \\u0085 \\u2028"\nlong: "' +
      'ä b '.repeat(80) +
      '"\nblock: |\n  zeile\n\n  zwei\n',
    expected: [
      {
        'schlüssel 鍵 🔑': sealed('wört\n\t\u001b 🗝️ \u0085 \u2028'),
        long: sealed('ä b '.repeat(80)),
        block: sealed('zeile\n\nzwei\n'),
      },
    ],
  },
  {
    file: 'unicode-in-clear.yaml',
    format: 'yaml',
    plain:
      '"schlüssel 鍵 🔑": "wört\\n\\t\\e 🗝️ \\u0085 \\u2028"\nlong: "' +
      'ä b '.repeat(80) +
      '"\nblock: |\n  zeile\n\n  zwei\ndata: {a: b}\n',
    rule: DATA_ONLY,
    expected: [
      {
        'schlüssel 鍵 🔑': 'wört\n\t\u001b 🗝️ \u0085 \u2028',
        long: 'ä b '.repeat(80),
        block: 'zeile\n\nzwei\n',
        data: { a: sealed('b') },
      },
    ],
  },
  {
    file: 'odd-keys.yaml',
    format: 'yaml',
    plain: '"<<": {a: one}\n"true": two\n"1": three\n"": four\n"a:b": five\n" x ": six\n',
    expected: [
      {
        '<<': { a: sealed('one') },
        true: sealed('two'),
        1: sealed('three'),
        '': sealed('four'),
        'a:b': sealed('five'),
        ' x ': sealed('six'),
      },
    ],
  },
  {
    file: 'empty-and-null.yaml',
    format: 'yaml',
    plain: 'a: ""\nb: null\nc: ~\nd: []\ne: {}\nf: [null, "", x]\n',
    expected: [{ a: '', b: null, c: null, d: [], e: {}, f: [null, '', sealed('x')] }],
    unprotected: [['a'], ['b'], ['c'], ['f', 0], ['f', 1]],
  },
  {
    file: 'plain.json',
    format: 'json',
    plain:
      '{"b": "one", "10": "two", "9": {"z": [1, 2.5, true, null, ""], "a": "\\u00e4\\ud83d\\udd11\\n"}, "int": 9007199254740993, "float": 1e21}',
    expected: [
      {
        b: sealed('one'),
        10: sealed('two'),
        9: { z: [sealed('1'), sealed('2.5'), sealed('True'), null, ''], a: sealed('ä🔑\n') },
        int: sealed('9007199254740993'),
        float: sealed('1000000000000000000000'),
      },
    ],
    unprotected: [
      ['9', 'z', 3],
      ['9', 'z', 4],
    ],
  },
  {
    file: 'in-clear.json',
    format: 'json',
    plain: '{"b": 9007199254740993, "10": 1e21, "9": [1.50, -0, 1e-7, true, "x"], "data": {"token": "tok-j"}}',
    rule: DATA_ONLY,
    expected: [{ b: 9007199254740993n, 10: 1e21, 9: [1.5, 0, 1e-7, true, 'x'], data: { token: sealed('tok-j') } }],
  },
  {
    file: 'plain.env',
    format: 'dotenv',
    plain:
      '# a comment\nTOKEN=tok=d\nMULTI=one\\ntwo\nQUOTED="kept"\nEMPTY=\nPORT_unencrypted=0755\nfor={"name":"jira-bot"}\n',
    expected: [
      {
        TOKEN: sealed('tok=d'),
        MULTI: sealed('one\ntwo'),
        QUOTED: sealed('"kept"'),
        EMPTY: '',
        PORT_unencrypted: '0755',
        for: sealed('{"name":"jira-bot"}'),
      },
    ],
    unprotected: [['EMPTY']],
  },
  {
    file: 'mac-only-encrypted.env',
    format: 'dotenv',
    plain: 'NAME=alpha\nTOKEN=tok-me\n',
    rule: { encrypted_regex: '^TOKEN$', mac_only_encrypted: true },
    recipients: ['alice', 'bob'],
    expected: [{ NAME: 'alpha', TOKEN: sealed('tok-me') }],
  },
  {
    file: 'shamir-2-of-3.env',
    format: 'dotenv',
    plain: 'TOKEN=tok-se\n',
    groups: [['alice'], ['bob'], ['carol']],
    rule: { shamir_threshold: 2 },
    expected: [{ TOKEN: sealed('tok-se') }],
  },
  {
    file: 'text.bin',
    format: 'binary',
    plain: 'any text, "quoted"\n',
    expected: [{ data: sealed('any text, "quoted"\n') }],
  },
  {
    file: 'bytes.bin',
    format: 'binary',
    plain: ALL_BYTES,
    expected: [{ data: sealed(new TextDecoder().decode(ALL_BYTES)) }],
  },
  { file: 'sops-3.9.4.yaml', ...OLD, version: '3.9.4', unreadable: 'as comments-in-list.yaml' },
  { file: 'sops-3.12.1.yaml', ...OLD, version: '3.12.1', unreadable: 'as comments-in-list.yaml' },
  { file: 'sops-3.13.1.yaml', ...OLD, version: '3.13.1', unreadable: 'as comments-in-list.yaml' },
  { file: 'sops-3.13.3.yaml', ...OLD, version: '3.13.3', unreadable: 'as comments-in-list.yaml' },
  ...['3.9.4', '3.12.1', '3.13.1', '3.13.3'].flatMap((version): Vector[] => [
    {
      file: `sops-${version}.json`,
      format: 'json',
      plain: '{"a": {"b": [1, true, "x"]}, "c_unencrypted": 2.5}',
      expected: [{ a: { b: [sealed('1'), sealed('True'), sealed('x')] }, c_unencrypted: 2.5 }],
      version,
    },
    {
      file: `sops-${version}.env`,
      format: 'dotenv',
      plain: 'TOKEN=tok-old\n# comment\nMULTI=a\\nb\n',
      expected: [{ TOKEN: sealed('tok-old'), MULTI: sealed('a\nb') }],
      version,
    },
  ]),
]
