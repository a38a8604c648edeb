/** Where the values of Credentials come from in a cluster, and what becomes of them when that changes. */
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import type { Person } from '../sops/people.ts'
import { hasSops } from '../sops/real.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOfObject } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { condition, credential, integration, group, secret } from './support/samples.ts'
import { keyFile, sealed, sealedInPlace, storedValues, type KeyFile } from './support/sealed.ts'
import type { StatusWatch } from './support/status-watch.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const PATIENT = { within: 30_000 }
const VALUES = { username: 'bot', password: 'first' }

interface Running {
  readonly operator: Operator
  readonly keys: KeyFile
  readonly namespace: string
  readonly statuses: StatusWatch
}

/** An operator for all tests of a group, which looks at nothing again by itself for an hour. */
function running(flags: readonly string[] = [], person: Person = 'alice'): Running {
  const made: Partial<Record<keyof Running, unknown>> = {}
  beforeAll(async () => {
    const keys = keyFile(world, person)
    const namespace = await world.freshNamespace()
    const statuses = await world.watchStatuses()
    const always = ['--age-key-file', keys.file, '--interval', '1h', '--namespace', namespace]
    const operator = await world.startOperator({ flags: [...always, ...flags] })
    Object.assign(made, { keys, namespace, statuses, operator })
  })
  return made as Running
}

/** Ends an operator, and gives everything that was wrong with a status that it wrote. */
async function faultsOf({ operator, statuses }: Running): Promise<readonly string[]> {
  const code = await operator.stop()
  if (code !== 0) throw new Error(`the operator ended with ${code}: ${operator.output()}`)
  if (statuses.writes.length === 0) throw new Error('nobody wrote a status')
  return statuses.faults()
}

/** Annotates an object, as `kubectl annotate --overwrite` does. */
async function annotate({ kind, metadata }: KubeObject, annotations: Readonly<Record<string, string>>): Promise<void> {
  await world.patch(kind, metadata.namespace, metadata.name, { metadata: { annotations } })
}

async function askNow(object: KubeObject): Promise<void> {
  await annotate(object, { 'tenon.dev/requestedAt': new Date().toISOString() })
}

function labelled(object: KubeObject): KubeObject {
  return { ...object, metadata: { ...object.metadata, labels: { 'tenon.dev/watch': 'true' } } }
}

/** The reason of Ready and what it says. */
function said(object: KubeObject): string {
  const ready = condition(object, 'Ready')
  return `${ready?.['reason']}: ${ready?.['message']}`
}

describe('a plain Secret', () => {
  const it = running(['--watch-secrets'])

  const bot = (name: string, spec: object = {}): KubeObject =>
    credential(it.namespace, name, { secretRef: { name: `${name}-values` }, ...spec })
  const values = (name: string, data: Readonly<Record<string, string>>): KubeObject =>
    secret(it.namespace, `${name}-values`, data)
  const stored = async (name: string) => storedValues(world, it.operator, it.namespace, name)

  test('gives its entries as the fields', async () => {
    await world.apply(values('plain', VALUES), bot('plain'))
    const { status } = await world.settled(bot('plain'), 'Current', PATIENT)
    expect(status).toMatchObject({ fields: ['password', 'username'] })
    expect(status).not.toHaveProperty('warnings')
    expect(await stored('plain')).toEqual(VALUES)
  })

  test.each<[string, Readonly<Record<string, string>>, RegExp]>([
    ['lacks a field', { username: 'u' }, /^ValidationFailed: credential-field-missing: .*"password".*to the Secret\.$/],
    [
      'has one too many',
      { ...VALUES, pasword: 'x' },
      /credential-field-unknown: .*"pasword"\. Did you mean "password"/,
    ],
    ['has an empty one', { ...VALUES, password: '' }, /credential-field-empty: key "password" of Secret ".*" is empty/],
    ['has a binding that is none', { ...VALUES, for: 'jira' }, /binding-invalid: the "for" entry/],
    [
      'is bound to another name',
      { ...VALUES, for: '{"name":"other"}' },
      /credential-not-bound: .*was encrypted for name "other" and is declared for/,
    ],
  ])('that %s stalls until it is right and somebody asks', async (what, wrong, message) => {
    const name = what.replaceAll(/\W+/g, '-')
    await world.apply(values(name, wrong), bot(name))
    expect(said(await world.settled(bot(name), 'Failed', PATIENT))).toMatch(message)
    const right = { ...Object.fromEntries(Object.keys(wrong).map(key => [key, null])), ...VALUES }
    await world.patch('Secret', it.namespace, `${name}-values`, { data: null, stringData: right })
    await world.remove('Secret', it.namespace, `${name}-values`)
    await world.apply(values(name, VALUES))
    await askNow(bot(name))
    await world.settled(bot(name), 'Current', PATIENT)
    expect(await stored(name)).toEqual(VALUES)
  })

  test.each([
    ['without a label', (object: KubeObject) => object],
    ['with a label', labelled],
  ])('that comes later is waited for, %s', async (what, marked) => {
    const name = `later-${what.split(' ')[0]}`
    await world.apply(bot(name))
    expect(
      said(await eventually(async () => retrying(await world.read('Credential', it.namespace, name)), PATIENT)),
    ).toMatch(/^DependencyNotReady: cluster-object-missing: there is no Secret "later-.*-values" in this namespace/)
    await world.apply(marked(values(name, VALUES)))
    await world.settled(bot(name), 'Current', PATIENT)
  })

  test('with a label is noticed at once when it is rotated, goes, and comes back', async () => {
    await world.apply(labelled(values('rotated', VALUES)), bot('rotated'))
    const { status } = await world.settled(bot('rotated'), 'Current', PATIENT)
    await world.patch('Secret', it.namespace, 'rotated-values', { stringData: { password: 'second' } })
    await eventually(async () => expect(await stored('rotated')).toEqual({ ...VALUES, password: 'second' }), PATIENT)
    const after = await world.settled(bot('rotated'), 'Current', PATIENT)
    expect(after['status'].lastAppliedRevision).toBeGreaterThan(status.lastAppliedRevision)
    await world.remove('Secret', it.namespace, 'rotated-values')
    await eventually(async () => retrying(await world.read('Credential', it.namespace, 'rotated')), PATIENT)
    await world.apply(labelled(values('rotated', { ...VALUES, password: 'third' })))
    await world.settled(bot('rotated'), 'Current', PATIENT)
    expect(await stored('rotated')).toEqual({ ...VALUES, password: 'third' })
  })

  test('without a label is noticed when somebody asks, and a change of nothing but metadata changes nothing', async () => {
    await world.apply(values('quiet', VALUES), bot('quiet'))
    const before = await world.settled(bot('quiet'), 'Current', PATIENT)
    await world.patch('Secret', it.namespace, 'quiet-values', { metadata: { labels: { team: 'a' } } })
    await askNow(bot('quiet'))
    const asked = await eventually(async () => handled(await world.read('Credential', it.namespace, 'quiet')), PATIENT)
    expect(asked['status'].lastAppliedRevision).toBe(before['status'].lastAppliedRevision)
    await world.patch('Secret', it.namespace, 'quiet-values', { stringData: { password: 'second' } })
    await askNow(bot('quiet'))
    await eventually(async () => expect(await stored('quiet')).toEqual({ ...VALUES, password: 'second' }), PATIENT)
  })

  test('of another namespace is out of reach', async () => {
    const other = await world.freshNamespace()
    await world.apply(secret(other, 'elsewhere-values', VALUES), bot('elsewhere'))
    await eventually(async () => retrying(await world.read('Credential', it.namespace, 'elsewhere')), PATIENT)
    for (const name of [`${other}/elsewhere-values`, `../${other}/secrets/elsewhere-values`, '']) {
      await expect(world.apply(bot('elsewhere', { secretRef: { name } }))).rejects.toThrow(/secretRef/)
    }
  })

  test('makes no second default, however much later it comes', async () => {
    const [first, second] = ['first', 'second'].map(name => bot(name, { isDefault: true }))
    await world.apply(values('first', VALUES), values('second', VALUES), first)
    await world.settled(first, 'Current', PATIENT)
    await world.apply(second)
    expect(said(await world.settled(second, 'Failed', PATIENT))).toMatch(/default.*first|first.*default/)
    await world.remove('Credential', it.namespace, 'first')
    await eventually(async () => {
      expect((await world.client.ask('GET', pathOfObject(first))).status).toBe(404)
    }, PATIENT)
    await askNow(second)
    await world.settled(second, 'Current', PATIENT)
  })

  test('may be bound to the integrations that use it', async () => {
    const binding = { name: 'bound', integrations: ['mine'], hosts: ['acme.example.net'] }
    const support = group(it.namespace, 'support')
    const mine = integration(it.namespace, 'mine', { credentials: ['bound'] })
    const other = integration(it.namespace, 'other', { credentials: ['bound'] })
    const abroad = integration(it.namespace, 'mine', { credentials: ['bound'], endpoint: 'https://evil.example/rest' })
    await world.apply(values('bound', { ...VALUES, for: JSON.stringify(binding) }), bot('bound'), support, mine, other)
    await world.settled(mine, 'Current', PATIENT)
    expect(said(await world.settled(other, 'Failed', PATIENT))).toMatch(
      /^ValidationFailed: credential-not-bound: .*for "mine" and is used by "other"/,
    )
    await world.apply(abroad)
    expect(said(await world.settled(abroad, 'Failed', PATIENT))).toMatch(/credential-not-bound: .*evil\.example/)
    expect(await stored('bound')).toMatchObject(VALUES)
  })

  test('no status broke the contract', async () => {
    expect(await faultsOf(it)).toEqual([])
  })
})

describe.runIf(hasSops)('a SOPS document', () => {
  const it = running(['--watch-secrets'])

  const inString = (name: string, sops: string, spec: object = {}): KubeObject =>
    credential(it.namespace, name, { sops, ...spec })
  const inSecret = (name: string, key: string): KubeObject =>
    credential(it.namespace, name, { secretRef: { name: `${name}-values`, key } })
  const holder = (name: string, key: string, text: string): KubeObject =>
    secret(it.namespace, `${name}-values`, { [key]: text })
  const stored = async (name: string) => storedValues(world, it.operator, it.namespace, name)
  const document = (name: string, namespace: string, data: object): object => ({
    ...credential(namespace, name, { data }),
  })

  test.each<[string, () => string]>([
    ['YAML', () => sealed(VALUES)],
    ['JSON', () => sealed(VALUES, 'json')],
    ['dotenv', () => sealed(VALUES, 'dotenv')],
    ['a whole file', () => sealedInPlace(document('in-a-whole-file', it.namespace, VALUES))],
    [
      'a file of several',
      () =>
        sealedInPlace(
          document('other', it.namespace, { username: 'x', password: 'x' }),
          document('in-a-file-of-several', it.namespace, VALUES),
        ),
    ],
  ])('as a string gives its fields: %s', async (what, text) => {
    const bot = inString(`in-${what.toLowerCase().replaceAll(' ', '-')}`, text())
    await world.apply(bot)
    await world.settled(bot, 'Current', PATIENT)
    expect(await stored(bot['metadata'].name)).toEqual(VALUES)
  })

  test.each<[string, string, () => string]>([
    ['YAML', 'values.yaml', () => sealed(VALUES)],
    ['JSON', 'values.json', () => sealed(VALUES, 'json')],
    ['dotenv', 'values.env', () => sealed(VALUES, 'dotenv')],
    ['a key without an ending', 'values', () => sealed(VALUES, 'json')],
  ])('in a Secret gives its fields: %s', async (what, key, text) => {
    const name = `kept-${what.toLowerCase().replaceAll(' ', '-')}`
    await world.apply(holder(name, key, text()), inSecret(name, key))
    await world.settled(inSecret(name, key), 'Current', PATIENT)
    expect(await stored(name)).toEqual(VALUES)
  })

  test('in a Secret is waited for until its key is there', async () => {
    const [name, key] = ['no-key', 'values.yaml']
    await world.apply(labelled(holder(name, 'other', 'x')), inSecret(name, key))
    const waiting = await eventually(async () => retrying(await world.read('Credential', it.namespace, name)), PATIENT)
    expect(said(waiting)).toMatch(/has no key "values\.yaml"\. Its keys are other\.$/)
    await world.patch('Secret', it.namespace, `${name}-values`, { stringData: { [key]: sealed(VALUES) } })
    await world.settled(inSecret(name, key), 'Current', PATIENT)
  })

  test.each<[string, () => string, RegExp]>([
    [
      'was changed in clear',
      () => sealedInPlace(document('was-changed-in-clear', it.namespace, VALUES)).replace('company', 'user'),
      /^DecryptFailed: sops-mac/,
    ],
    ['has values of another', () => swapped(sealed(VALUES)), /^DecryptFailed: sops-value-not-decryptable/],
    ['has lost its mac', () => sealed(VALUES).replace(/^ +mac: .*\n/m, ''), /^DecryptFailed: sops-/],
    ['is cut off', () => sealed(VALUES).slice(0, 400), /^DecryptFailed: sops-/],
    ['is of another credential', () => sealedInPlace(document('x', 'y', VALUES)), /sops-document-of-another/],
    ['lacks a field', () => sealed({ username: 'u' }), /^ValidationFailed: credential-field-missing: .*with sops/],
    ['has a field in clear', () => sealed({ ...VALUES, password: '' }), /secret-in-clear/],
    [
      'is bound to another',
      () => sealed({ ...VALUES, for: { namespace: 'other' } }),
      /credential-not-bound: .*"other"/,
    ],
  ])('that %s stalls, and says so without a value', async (what, text, message) => {
    const bot = inString(what.replaceAll(' ', '-'), text(), { label: 'Jira' })
    await world.apply(bot)
    const found = said(await world.settled(bot, 'Failed', PATIENT))
    expect(found).toMatch(message)
    expect(found).not.toContain('first')
    await world.apply(inString(bot['metadata'].name, sealed(VALUES)))
    await world.settled(bot, 'Current', PATIENT)
    expect(await stored(bot['metadata'].name)).toEqual(VALUES)
  })

  test('in a Secret that is none stalls, and says so without a value', async () => {
    await world.apply(holder('clear', 'values.yaml', 'username: u\npassword: hunter2-in-clear\n'))
    await world.apply(inSecret('clear', 'values.yaml'))
    const found = said(await world.settled(inSecret('clear', 'values.yaml'), 'Failed', PATIENT))
    expect(found).toMatch(/^DecryptFailed: sops-not-encrypted/)
    expect(found).not.toContain('hunter2')
  })

  test('older than the one that was applied is refused until somebody wants it back', async () => {
    const older = sealed({ ...VALUES, password: 'older' })
    // sops writes times in whole seconds.
    await sleep(1100)
    await world.apply(inString('replayed', sealed({ ...VALUES, password: 'newer' })))
    await world.settled(inString('replayed', ''), 'Current', PATIENT)
    await world.apply(inString('replayed', older))
    const refused = said(await world.settled(inString('replayed', ''), 'Failed', PATIENT))
    expect(refused).toMatch(/^GuardRefused: replay: .*older than those applied.*tenon\.dev\/accept-older: "true"/)
    expect(await stored('replayed')).toMatchObject({ password: 'newer' })
    await annotate(inString('replayed', ''), { 'tenon.dev/accept-older': 'true' })
    await world.settled(inString('replayed', ''), 'Current', PATIENT)
    expect(await stored('replayed')).toMatchObject({ password: 'older' })
  })

  test('with a smaller revision in its binding is refused, however new it is', async () => {
    const numbered = (revision: number, password: string): KubeObject =>
      inString('numbered', sealed({ ...VALUES, password, for: { name: 'numbered', revision } }))
    await world.apply(numbered(7, 'seventh'))
    await world.settled(numbered(7, ''), 'Current', PATIENT)
    await world.apply(numbered(6, 'sixth'))
    expect(said(await world.settled(numbered(6, ''), 'Failed', PATIENT))).toMatch(/^GuardRefused: replay: .*revision 6/)
    await world.apply(numbered(8, 'eighth'))
    await world.settled(numbered(8, ''), 'Current', PATIENT)
    expect(await stored('numbered')).toMatchObject({ password: 'eighth' })
  })

  test('warns for as long as it is not bound', async () => {
    const bot = inString('unbound', sealed(VALUES))
    await world.apply(bot)
    const before = await world.settled(bot, 'Current', PATIENT)
    await askNow(bot)
    const after = await eventually(
      async () => handled(await world.read('Credential', it.namespace, 'unbound')),
      PATIENT,
    )
    expect(before['status'].warnings).toMatchObject([{ code: 'credential-not-bound' }])
    expect(after['status'].warnings).toEqual(before['status'].warnings)
  })

  test('no status broke the contract', async () => {
    expect(await faultsOf(it)).toEqual([])
  })
})

/** A SOPS document in which two values have changed places. */
function swapped(text: string): string {
  const [first = '', second = ''] = text.match(/ENC\[[^\]]*\]/g) ?? []
  return text.replace(first, 'ENC[]').replace(second, first).replace('ENC[]', second)
}

describe.runIf(hasSops)('a SOPS document that nobody here can open', () => {
  const it = running([], 'bob')

  test('waits for an identity, which is read when somebody asks, or within half a minute', async () => {
    const [asked, patient] = ['asked', 'patient'].map(name => credential(it.namespace, name, { sops: sealed(VALUES) }))
    await world.apply(asked, patient)
    for (const one of [asked, patient]) {
      const found = said(await world.settled(one, 'Failed', PATIENT))
      expect(found).toMatch(/^DecryptFailed: sops-no-matching-identity: /)
      expect(found).toMatch(/Add the identity of one of these recipients to the Secret that the operator reads/)
    }
    it.keys.hold('bob', 'alice')
    await askNow(asked)
    await world.settled(asked, 'Current', PATIENT)
    await world.settled(patient, 'Current', { within: 60_000 })
    expect(await storedValues(world, it.operator, it.namespace, 'patient')).toEqual(VALUES)
  })

  test('no status broke the contract', async () => {
    expect(await faultsOf(it)).toEqual([])
  })
})

describe.runIf(hasSops)('where a binding is required', () => {
  const it = running(['--require-binding'])
  const whole = (name: string): object => ({
    name,
    service: 'jira',
    namespace: it.namespace,
    integrations: ['mine'],
    hosts: ['acme.example.net'],
  })

  test.each<[string, (name: string) => readonly KubeObject[]]>([
    [
      'a Secret',
      name => [
        secret(it.namespace, 'in-a-secret', { ...VALUES, for: JSON.stringify(whole(name)) }),
        credential(it.namespace, name, { secretRef: { name: 'in-a-secret' } }),
      ],
    ],
    ['a SOPS document', name => [credential(it.namespace, name, { sops: sealed({ ...VALUES, for: whole(name) }) })]],
  ])('%s with a whole one is taken', async (what, made) => {
    const objects = made(`whole-${what.length}`)
    await world.apply(...objects)
    expect(said(await world.settled(objects.at(-1), 'Current', PATIENT))).toMatch(/^Succeeded: /)
  })

  test.each<[string, RegExp, () => readonly KubeObject[]]>([
    [
      'a Secret without one',
      /the Secret of credential "none-in-secret" does not say what its values are for\. Add an entry "for" to it/,
      () => [
        secret(it.namespace, 'bare', VALUES),
        credential(it.namespace, 'none-in-secret', { secretRef: { name: 'bare' } }),
      ],
    ],
    [
      'a SOPS document without one',
      /the encrypted values of credential "none" do not say what they are for/,
      () => [credential(it.namespace, 'none', { sops: sealed(VALUES) })],
    ],
    [
      'a SOPS document with half of one',
      /the binding of credential "half" does not say all of name, service, namespace, integrations and hosts/,
      () => [credential(it.namespace, 'half', { sops: sealed({ ...VALUES, for: { name: 'half' } }) })],
    ],
  ])('%s is refused', async (_, message, made) => {
    const objects = made()
    await world.apply(...objects)
    const found = said(await world.settled(objects.at(-1), 'Failed', PATIENT))
    expect(found).toMatch(/^ValidationFailed: credential-not-bound: /)
    expect(found).toMatch(message)
  })

  test('no status broke the contract', async () => {
    expect(await faultsOf(it)).toEqual([])
  })
})

/** The object, if what it waits for is not there yet. */
function retrying(object: KubeObject): KubeObject {
  expect(said(object)).toMatch(/^DependencyNotReady: /)
  return object
}

/** The object, if the last request was answered. */
function handled(object: KubeObject): KubeObject {
  expect(object['status'].lastHandledReconcileAt).toBe(object['metadata'].annotations['tenon.dev/requestedAt'])
  return object
}
