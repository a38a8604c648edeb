import { describe, expect, test } from 'vitest'
import { secretFindings } from '../../../src/review/outside/secrets.ts'
import { secretChanges } from '../../../src/review/secrets.ts'
import type { SopsFormat } from '../../../src/model/sops.ts'
import { recipientOf, type Person } from '../../sops/people.ts'
import { hasSops, LEFT_OUT } from '../../sops/real.ts'
import { foundIn } from '../../support/canary.ts'
import { credential, encrypted, inPlace, side, type Encryption, type Files, type RealFile } from './real-files.ts'
import { input, line } from './worlds.ts'

const USER = 'bot-of-the-crm'
const PASSWORD = 'correct horse battery staple'
const DATA = { encrypted_regex: '^data$' }

const PLAIN: Readonly<Record<SopsFormat, string>> = {
  yaml: JSON.stringify({ username: USER, password: PASSWORD, for: { name: 'key', hosts: ['api.crm.example'] } }),
  json: JSON.stringify({ username: USER, password: PASSWORD, for: { name: 'key', hosts: ['api.crm.example'] } }),
  dotenv: `username=${USER}\npassword=${PASSWORD}\nfor={"name":"key"}\n`,
  binary: `${USER} ${PASSWORD}`,
}

interface Told {
  /** `field change`, and `re-keyed`, `+reader`, `-reader` where that is so; for each credential. */
  readonly changes: readonly string[]
  readonly findings: readonly string[]
}

/** What a review says of two states of some files. */
async function told(before: Files, after: Files): Promise<Told> {
  const [was, is] = [await side(before), await side(after)]
  expect([...was.problems, ...is.problems].filter(({ severity }) => severity === 'error')).toEqual([])
  const world = input(was, is)
  const changes = secretChanges(world.sealed.before, world.sealed.after).map(change => {
    const { added, removed } = change.readers
    const readers = [...added.map(reader => `+${nameOf(reader)}`), ...removed.map(reader => `-${nameOf(reader)}`)]
    const entries = change.entries.map(entry => `${entry.name} ${entry.change}`)
    return [change.credential, ...entries, ...(change.isRekeyed ? ['re-keyed'] : []), ...readers].join(', ')
  })
  return {
    changes,
    findings: secretFindings(world)
      .map(finding => withNames(line(finding)))
      .toSorted(),
  }
}

const PEOPLE = ['alice', 'bob', 'carol'] as const satisfies readonly Person[]

function nameOf(reader: string): string {
  return PEOPLE.find(person => recipientOf(person) === reader) ?? reader
}

/** Readers are shown by the ends of their names. */
function withNames(text: string): string {
  return PEOPLE.reduce((shown, person) => {
    const reader = recipientOf(person)
    return shown.replaceAll(`${reader.slice(0, 12)}…${reader.slice(-6)}`, person)
  }, text)
}

interface Case {
  readonly name: string
  readonly encryption?: Encryption
  readonly change: (file: RealFile) => RealFile
  readonly changes: readonly string[]
  readonly findings: readonly string[]
  readonly formats?: readonly SopsFormat[]
}

const KEY = 'credential/acme/key'
const SAME = 'for.hosts unchanged, for.name unchanged, password unchanged, username unchanged'

const CASES: readonly Case[] = [
  { name: 'nothing', change: file => file, changes: [], findings: [] },
  {
    name: 'the same value again',
    change: file => file.sops(['set'], ['["password"]', JSON.stringify(PASSWORD)]),
    changes: [],
    findings: [],
  },
  {
    name: 'another value',
    change: file => file.sops(['set'], ['["password"]', '"another one"']),
    changes: [`${KEY}, for.hosts unchanged, for.name unchanged, password changed, username unchanged`],
    findings: ['low unclear credential-values-changed: credential acme/key: another value of password'],
  },
  {
    name: 'another binding',
    change: file => file.edit('s/api.crm.example/api.evil.example/'),
    changes: [`${KEY}, for.hosts changed, for.name unchanged, password unchanged, username unchanged`],
    findings: [
      'medium unclear credential-values-changed: credential acme/key: bound to something else, which only its readers can see (for.hosts)',
    ],
  },
  {
    name: 'no binding any more',
    change: file => file.sops(['unset'], ['["for"]']),
    changes: [`${KEY}, for.hosts removed, for.name removed, password unchanged, username unchanged`],
    findings: [
      'medium widens credential-values-changed: credential acme/key: no longer bound to what it was encrypted for',
    ],
  },
  {
    name: 'a field comes, another goes',
    change: file => file.sops(['set'], ['["token"]', '"t"']).sops(['unset'], ['["username"]']),
    changes: [`${KEY}, for.hosts unchanged, for.name unchanged, password unchanged, token added, username removed`],
    findings: [
      'low unclear credential-values-added: credential acme/key: a value for token, which had none',
      'low unclear credential-values-removed: credential acme/key: no value for username any more',
    ],
  },
  {
    name: 'sops rotate',
    change: file => file.sops(['rotate', '--in-place']),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed`],
    findings: [
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'plain re-encryption',
    change: file => file.again(),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed`],
    findings: [
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'a reader comes with updatekeys',
    change: file => file.updateKeys({ people: ['alice', 'bob'] }),
    changes: [`${KEY}, ${SAME}, +bob`],
    findings: ['medium widens credential-readers-added: credential acme/key: bob can decrypt from now on'],
  },
  {
    name: 'a reader comes with rotate',
    change: file => file.sops(['rotate', '--in-place', '--add-age', recipientOf('bob')]),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed, +bob`],
    findings: [
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
      'medium widens credential-readers-added: credential acme/key: bob can decrypt from now on',
    ],
  },
  {
    name: 'a reader goes with updatekeys, which leaves the data key as it is',
    encryption: { people: ['alice', 'bob'] },
    change: file => file.updateKeys({ people: ['alice'] }),
    changes: [`${KEY}, ${SAME}, -bob`],
    findings: [
      'low unclear credential-readers-removed: credential acme/key: bob no longer named as a reader, but the data key is still the one they had: rotate it, and the values',
    ],
  },
  {
    name: 'a reader goes with rotate',
    encryption: { people: ['alice', 'bob'] },
    change: file => file.sops(['rotate', '--in-place', '--rm-age', recipientOf('bob')]),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed, -bob`],
    findings: [
      'low narrows credential-readers-removed: credential acme/key: bob no longer named as a reader, but could have read earlier versions: rotate the values',
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'the data key is encrypted anew for the same names',
    change: file => file.updateKeys({ people: ['alice', 'bob'] }).updateKeys({ people: ['alice'] }),
    changes: [`${KEY}, ${SAME}`],
    findings: [
      'medium unclear credential-re-encrypted: credential acme/key: the data key was encrypted anew for readers of the same names, and nothing proves that they are the same',
    ],
  },
  {
    name: 'a value and a reader at once',
    change: file => file.sops(['set'], ['["password"]', '"another one"']).updateKeys({ people: ['alice', 'carol'] }),
    changes: [`${KEY}, for.hosts unchanged, for.name unchanged, password changed, username unchanged, +carol`],
    findings: [
      'low unclear credential-values-changed: credential acme/key: another value of password',
      'medium widens credential-readers-added: credential acme/key: carol can decrypt from now on',
    ],
  },
  {
    name: 'a rule that leaves the user name in clear',
    change: file => file.again({ rule: { encrypted_regex: '^(password|for)$' } }),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username changed, re-keyed`],
    findings: [
      'high widens encryption-weakened: credential acme/key: username not encrypted',
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'a rule that was edited by hand: the next edit would write values in clear',
    encryption: { rule: { encrypted_regex: '^(password|username|for)$' } },
    change: file => file.byHand(text => text.replace('^(password|username|for)$', '^(username|for)$')),
    changes: [`${KEY}, ${SAME}`],
    findings: [
      'high widens encryption-weakened: credential acme/key: the rule of the file leaves password in clear when sops writes it next',
    ],
  },
  {
    name: 'the MAC covers less',
    change: file => file.again({ rule: { mac_only_encrypted: true } }),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed`],
    findings: [
      'high widens encryption-weakened: credential acme/key: text in clear beside the values may be changed unnoticed (mac_only_encrypted)',
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'fewer key groups are needed',
    encryption: { groups: [['alice'], ['bob'], ['carol']], threshold: 3 },
    change: file => file.again({ groups: [['alice'], ['bob'], ['carol']], threshold: 2 }),
    changes: [`${KEY}, for.hosts unknown, for.name unknown, password unknown, username unknown, re-keyed`],
    findings: [
      'high widens encryption-weakened: credential acme/key: 2 of its key groups are enough to decrypt, where 3 were needed',
      'low unclear credential-re-encrypted: credential acme/key: everything was encrypted anew, so which values changed cannot be told; maybe none',
    ],
  },
  {
    name: 'ciphertext under another field',
    change: file => file.byHand(text => text.replace(/^password: .*$/m, `password: ${ciphertextOf(text, 'username')}`)),
    changes: [`${KEY}, for.hosts unchanged, for.name unchanged, password moved, username unchanged`],
    findings: [
      'high unclear credential-values-moved: credential acme/key has ciphertext of another place where it does not decrypt (username as password): applying it fails',
    ],
  },
]

function ciphertextOf(text: string, field: string): string {
  return new RegExp(`^\\s*"?${field}"?[:=]\\s*"?(ENC\\[[^\\]]*\\])`, 'm').exec(text)?.[1] ?? 'nothing'
}

describe.skipIf(!hasSops)(`a separate file of the real sops${hasSops ? '' : `, ${LEFT_OUT}`}`, () => {
  test.each(CASES)('yaml: $name', async ({ encryption, change, changes, findings }) => {
    const before = encrypted(PLAIN.yaml, 'yaml', encryption)
    const after = change(before)
    const files = (file: RealFile): Files => ({
      'key.json': credential('key', { file: 'v.yaml' }),
      'v.yaml': file.text,
    })
    expect(await told(files(before), files(after))).toEqual({ changes, findings })
  })

  test.each(['json', 'dotenv'] as const)('%s: a value, a reader, a rotation', async format => {
    const name = format === 'json' ? 'v.json' : 'v.env'
    const files = (file: RealFile): Files => ({ 'key.json': credential('key', { file: name }), [name]: file.text })
    const before = encrypted(PLAIN[format], format)
    const hosts = format === 'json' ? ', for.hosts X, for.name X' : ', for X'
    const valued = before.sops(['set'], ['["password"]', '"another one"'])
    expect((await told(files(before), files(valued))).changes).toEqual([
      `${KEY}${hosts.replaceAll('X', 'unchanged')}, password changed, username unchanged`,
    ])
    const read = before.updateKeys({ people: ['alice', 'bob'] })
    expect((await told(files(before), files(read))).changes).toEqual([
      `${KEY}${hosts.replaceAll('X', 'unchanged')}, password unchanged, username unchanged, +bob`,
    ])
    const rotated = before.sops(['rotate', '--in-place'])
    expect((await told(files(before), files(rotated))).changes).toEqual([
      `${KEY}${hosts.replaceAll('X', 'unknown')}, password unknown, username unknown, re-keyed`,
    ])
  })

  test('binary: one value', async () => {
    const files = (file: RealFile): Files => ({ 'key.json': credential('key', { file: 'v.bin' }), 'v.bin': file.text })
    const before = encrypted(PLAIN.binary, 'binary')
    expect((await told(files(before), files(before.sops(['rotate', '--in-place'])))).changes).toEqual([
      `${KEY}, data unknown, re-keyed`,
    ])
  })

  test('every recipient of key groups is a reader', async () => {
    const before = encrypted(PLAIN.yaml, 'yaml', { groups: [['alice'], ['bob']] })
    const { sealed } = await side({ 'key.json': credential('key', { file: 'v.yaml' }), 'v.yaml': before.text })
    expect(sealed?.[0]?.[1]).toMatchObject({
      readers: [recipientOf('alice'), recipientOf('bob')].toSorted(),
      threshold: 2,
    })
  })

  test('a new reader of many credentials is one finding', async () => {
    const names = ['a', 'b', 'c', 'd']
    const docs = Object.fromEntries(names.map(name => [`${name}.json`, credential(name, { file: `${name}.yaml` })]))
    const files = names.map(name => [`${name}.yaml`, encrypted(PLAIN.yaml)] as const)
    const before = Object.fromEntries(files.map(([name, file]) => [name, file.text]))
    const after = Object.fromEntries(
      files.map(([name, file]) => [name, file.updateKeys({ people: ['alice', 'bob'] }).text]),
    )
    expect((await told({ ...docs, ...before }, { ...docs, ...after })).findings).toEqual([
      'medium widens credential-readers-added: credentials acme/a, acme/b, acme/c and 1 more: bob can decrypt from now on',
    ])
  })

  test('the file of another credential, word for word', async () => {
    const { text } = encrypted(PLAIN.yaml)
    const before = { 'key.json': credential('key', { file: 'v.yaml' }), 'v.yaml': text }
    const after = { ...before, 'other.json': credential('other', { file: 'w.yaml' }), 'w.yaml': text }
    expect((await told(before, after)).findings).toContain(
      'high widens credential-values-moved: credential acme/other has the encrypted values of credential acme/key: for.hosts, for.name, password and 1 more',
    )
  })

  test('a credential under another name', async () => {
    const { text } = encrypted(PLAIN.yaml)
    const before = { 'key.json': credential('key', { file: 'v.yaml' }), 'v.yaml': text }
    const after = { 'key.json': credential('other', { file: 'v.yaml' }), 'v.yaml': text }
    expect((await told(before, after)).findings).toContain(
      'low unclear credential-values-moved: credential acme/other has the encrypted values of credential acme/key, which is gone: for.hosts, for.name, password and 1 more',
    )
  })

  test('ciphertext of another credential does not decrypt here', async () => {
    const [one, two] = [encrypted(PLAIN.yaml), encrypted(PLAIN.yaml)]
    const docs = {
      'key.json': credential('key', { file: 'v.yaml' }),
      'other.json': credential('other', { file: 'w.yaml' }),
    }
    const before = { ...docs, 'v.yaml': one.text, 'w.yaml': two.text }
    const pasted = two.text.replace(ciphertextOf(two.text, 'password'), ciphertextOf(one.text, 'password'))
    expect((await told(before, { ...before, 'w.yaml': pasted })).findings).toEqual([
      'high unclear credential-values-moved: credential acme/other has ciphertext of credential acme/key where it does not decrypt (password): applying it fails',
    ])
  })
})

describe.skipIf(!hasSops)('in place', () => {
  const TWO = inPlace({ key: { username: USER, password: PASSWORD }, other: { username: 'two', password: 'three' } })
  const OTHER = 'credential/acme/other'

  test.each([
    { name: 'text beside the values', script: 's/label: A/label: B/', changes: [], findings: [] },
    {
      name: 'a value of one of two documents',
      script: 's/three/four/',
      changes: [`${OTHER}, password changed, username unchanged`],
      findings: ['low unclear credential-values-changed: credential acme/other: another value of password'],
    },
    {
      name: 'a value that becomes that of another document',
      script: `s/three/${PASSWORD}/`,
      changes: [`${OTHER}, password moved, username unchanged`],
      findings: [
        'high widens credential-values-moved: credential acme/other has the encrypted values of credential acme/key: password',
      ],
    },
  ])('$name', async ({ script, changes, findings }) => {
    const before = encrypted(TWO, 'yaml', { rule: DATA })
    expect(await told({ 'all.yaml': before.text }, { 'all.yaml': before.edit(script).text })).toEqual({
      changes,
      findings,
    })
  })

  test('ciphertext moved by hand to another field of another document', async () => {
    const before = encrypted(TWO, 'yaml', { rule: DATA }).text
    const second = before.lastIndexOf('password:')
    const pasted =
      before.slice(0, second) + before.slice(second).replace(/ENC\[[^\]]*\]/, ciphertextOf(before, 'username'))
    expect((await told({ 'all.yaml': before }, { 'all.yaml': pasted })).findings).toEqual([
      'high unclear credential-values-moved: credential acme/other has ciphertext of credential acme/key where it does not decrypt (username as password): applying it fails',
    ])
  })

  test('JSON', async () => {
    const before = encrypted(inPlace({ key: { username: USER, password: PASSWORD } }), 'json', { rule: DATA })
    const after = before.sops(['set'], ['["spec"]["data"]["password"]', '"another one"'])
    expect((await told({ 'key.json': before.text }, { 'key.json': after.text })).changes).toEqual([
      `${KEY}, password changed, username unchanged`,
    ])
  })

  test.each([
    { name: 'with fields at the top', plain: PLAIN.yaml, place: '["password"]', rule: {}, isWhole: false },
    { name: 'that is a whole file', plain: TWO, place: '["spec"]["data"]["password"]', rule: DATA, isWhole: true },
  ])('a string $name', async ({ plain, place, rule, isWhole }) => {
    const before = encrypted(plain, 'yaml', { rule })
    const after = isWhole ? before.edit(`s/${PASSWORD}/another one/`) : before.sops(['set'], [place, '"another one"'])
    const files = (file: RealFile): Files => ({ 'key.json': credential('key', { sops: file.text }) })
    const { changes } = await told(files(before), files(after))
    expect(changes).toHaveLength(1)
    expect(changes[0]).toContain('password changed, username unchanged')
  })
})

describe.skipIf(!hasSops)('nothing of it says what is encrypted', () => {
  /** Everything that a change of one value, and a rotation with a new reader, let out. */
  async function output(password: string, another: string): Promise<string> {
    const before = encrypted(JSON.stringify({ username: USER, password }))
    const files = (file: RealFile): Files => ({
      'key.json': credential('key', { file: 'v.yaml' }),
      'v.yaml': file.text,
    })
    const states = [
      before,
      before.sops(['set'], ['["password"]', JSON.stringify(another)]),
      before.again({ people: ['alice', 'bob'] }),
    ]
    const sides = await Promise.all(states.map(state => side(files(state))))
    const worlds = sides.flatMap(was => sides.map(is => input(was, is)))
    return JSON.stringify(
      worlds.map(world => [secretChanges(world.sealed.before, world.sealed.after), secretFindings(world)]),
    )
  }

  test('neither clear text nor ciphertext, in no encoding', async () => {
    const before = encrypted(JSON.stringify({ username: USER, password: PASSWORD }))
    const out = Buffer.from(await output(PASSWORD, 'a value that nobody may see'))
    expect(out.includes('credential-values-changed')).toBe(true)
    for (const text of [USER, PASSWORD, 'a value that nobody may see']) expect(foundIn(out, text)).toEqual([])
    expect(out.includes('ENC[')).toBe(false)
    for (const [, data = ''] of before.text.matchAll(/data:([^,]+),/g)) expect(out.includes(data)).toBe(false)
  })

  test('nor how long it is', async () => {
    expect(await output('x'.repeat(5), 'y'.repeat(7))).toBe(await output('x'.repeat(500), 'y'.repeat(3000)))
  })
})
