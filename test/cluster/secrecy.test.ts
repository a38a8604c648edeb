/**
 * The canary of the operator: secrets that occur nowhere else go through a cluster, well and badly used; nothing that the
 * operator says anywhere may hold one of them in any encoding.
 */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { renderQuick } from '../chart/helm.ts'
import { identityOf } from '../sops/people.ts'
import { hasSops } from '../sops/real.ts'
import { foundIn } from '../support/canary.ts'
import type { KubeObject } from './support/client.ts'
import { eventually } from './support/eventually.ts'
import { pathOf, TENON_KINDS } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { condition, credential, group, integration, secret } from './support/samples.ts'
import { keyFile, sealed, storedValues } from './support/sealed.ts'
import { HAS, sharedWorld } from './support/test-world.ts'
import { webhookIn } from './support/webhook.ts'

const PATIENT = { within: 60_000 }

const canary = (name: string): string => `c4n4ry-${name}-${'x'.repeat(7)}"&<ö`
const simple = (name: string): string => `c4n4ry-${name}-${'z'.repeat(9)}`

const PLAIN = { username: canary('plain-user'), password: canary('plain') }
const SEALED = { username: canary('sealed-user'), password: canary('sealed') }
/** In places where no secret belongs. */
const MISPLACED = simple('misplaced')
const URL_PASSWORD = simple('url')
const ROTATED = canary('rotated')
const OLDER = canary('older')
const WRONG = canary('wrong')
const TAMPERED = canary('tampered')
const CLEAR = canary('clear')
const BINDING = canary('binding')
const DENIED = canary('denied')
const UNREAD = canary('unread')
const OTHERS = [ROTATED, OLDER, WRONG, TAMPERED, CLEAR, BINDING, DENIED, UNREAD]

/** Everything that was said, by where. */
const SINKS = ['logs', 'events', 'resources', 'metrics', 'admission', 'command lines', 'files'] as const
type Sink = (typeof SINKS)[number]

describe.runIf(HAS.helm && hasSops)('after a story of secrets, well and badly used,', () => {
  const world = sharedWorld()
  const heard = Object.fromEntries(SINKS.map(sink => [sink, [] as Buffer[]])) as Record<Sink, Buffer[]>
  const keep = (sink: Sink, what: string | Buffer): void => void heard[sink].push(Buffer.from(what))
  const secrets = [...Object.values(PLAIN), ...Object.values(SEALED), ...OTHERS, MISPLACED, URL_PASSWORD]
  const identity = identityOf('alice')
  const it: { namespace: string; storeKey: string } = {} as never

  beforeAll(async () => {
    it.namespace = await world.freshNamespace()
    const operator = await wellAndBadly()
    it.storeKey = readFileSync(operator.keyFile, 'utf8').trim().split(':')[1]!
    await withoutRights()
    await withoutStore()
  }, 180_000)

  const apply = async (object: KubeObject): Promise<void> => {
    const { stdout, stderr } = await world.kubectl(['apply', '-f', '-'], JSON.stringify(object))
    keep('admission', stdout + stderr)
  }
  const plain = (name: string): KubeObject => credential(it.namespace, name, { secretRef: { name } })
  const inKey = (name: string): KubeObject =>
    credential(it.namespace, name, { secretRef: { name, key: 'values.yaml' } })
  const inString = (name: string, sops: string): KubeObject => credential(it.namespace, name, { sops })
  const holding = (name: string, data: Readonly<Record<string, string>>): KubeObject => secret(it.namespace, name, data)
  const settled = async (wanted: 'Current' | 'Failed', ...objects: readonly KubeObject[]): Promise<void> => {
    for (const object of objects) await world.settled(object, wanted, PATIENT)
  }

  async function wellAndBadly(): Promise<Operator> {
    const webhook = await webhookIn(world)
    const keys = keyFile(world, 'alice')
    const flags = [...webhook.flags, '--age-key-file', keys.file, '--watch-secrets', '--log-level', 'trace']
    const operator = await world.startOperator({ flags: [...flags, '--namespace', it.namespace] })
    await webhook.register(it.namespace, 'Ignore')

    const older = inString('sealed', sealed({ ...SEALED, password: OLDER }))
    await world.apply(holding('plain', PLAIN), holding('unread', { username: UNREAD, password: UNREAD }))
    for (const object of [plain('plain'), group(it.namespace, 'support')]) await apply(object)
    await apply(integration(it.namespace, 'jira', { credentials: ['plain', 'sealed'] }))
    // sops writes times in whole seconds.
    await sleep(1100)
    await apply(inString('sealed', sealed(SEALED)))
    await settled('Current', plain('plain'), older, integration(it.namespace, 'jira'))
    await world.patch('Secret', it.namespace, 'plain', { stringData: { password: ROTATED } })

    await world.apply(
      holding('surplus', { ...PLAIN, pasword: WRONG }),
      holding('lacking', { username: WRONG }),
      holding('unbound', { ...PLAIN, for: `{"name":"${BINDING}` }),
      holding('clear', { 'values.yaml': `username: u\npassword: ${CLEAR}\n` }),
      holding('broken', { 'values.yaml': `sops: {mac: ENC[${CLEAR}\n\t- ]` }),
    )
    const bad = [
      ...['surplus', 'lacking', 'unbound'].map(plain),
      ...['clear', 'broken'].map(inKey),
      inString('tampered', sealed({ username: 'u', password: TAMPERED }).replace('username', 'usernam')),
      inString('cut', sealed({ username: 'u', password: TAMPERED }).slice(0, 300)),
      inString('surplus-sealed', sealed({ username: 'u', password: 'p', token: WRONG })),
      inString('bound-elsewhere', sealed({ ...SEALED, for: { hosts: [], integrations: BINDING } })),
    ]
    for (const object of bad) await apply(object)
    await settled('Failed', ...bad)
    await apply(older)
    await settled('Failed', older)
    expect(await storedValues(world, operator, it.namespace, 'sealed')).toMatchObject(SEALED)

    // Secrets where none belong: a person's mistake, which nobody may repeat.
    await apply(inString('pasted', `username: u\npassword: ${MISPLACED}\n`))
    await apply(integration(it.namespace, 'pasted', { settings: { apiToken: MISPLACED } }))
    await apply(integration(it.namespace, 'pasted', { endpoint: `https://bot:${MISPLACED}@acme.example.net/` }))
    await apply(credential(it.namespace, 'pasted', { data: { password: MISPLACED }, secretRef: { name: 'x' } }))

    await ended(operator)
    return operator
  }

  /** An operator that may not read Secrets. */
  async function withoutRights(): Promise<void> {
    const own = await world.freshNamespace()
    await world.apply(holding('denied', { username: DENIED, password: DENIED }), plain('denied'))
    const roles = renderQuick({ watchNamespaces: [it.namespace] }, { namespace: own })
    const isOurs = ({ kind }: KubeObject): boolean => /Role(Binding)?$|^ServiceAccount$/.test(kind)
    await world.apply(...roles.filter(isOurs).map(withoutSecrets))
    const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${own}/tenon` })
    const flags = ['--namespace', it.namespace, '--log-level', 'trace']
    const operator = await world.startOperator({
      kubeconfig,
      leaseNamespace: own,
      flags: ['--lease-name', 'tenon', ...flags],
    })
    await settled('Failed', plain('denied'))
    const { status } = await world.read('Credential', it.namespace, 'denied')
    expect(condition({ status } as KubeObject, 'Stalled')).toMatchObject({ reason: 'AccessDenied' })
    await ended(operator)
  }

  function withoutSecrets(role: KubeObject): KubeObject {
    const rules = role['rules']?.filter(({ resources }: KubeObject) => !resources.includes('secrets'))
    return { ...role, ...(rules && { rules }) }
  }

  /** An operator whose store cannot be reached, or does not let it in. */
  async function withoutStore(): Promise<void> {
    const real = HAS.postgres ? [withPassword(await world.database())] : []
    for (const url of [`postgres://tenon:${URL_PASSWORD}@127.0.0.1:1/tenon`, ...real]) {
      const flags = ['--namespace', it.namespace, '--log-level', 'trace']
      const operator = await world.startOperator({ flags, env: { TENON_STORE: url } })
      await world.patch('Credential', it.namespace, 'plain', {
        metadata: { annotations: { 'tenon.dev/requestedAt': url.length.toString() } },
      })
      await eventually(() => expect(operator.output()).toMatch(/a batch failed/), PATIENT)
      await ended(operator)
    }
  }

  function withPassword(url: string): string {
    const changed = new URL(url)
    changed.username = 'nobody_of_this_name'
    changed.password = URL_PASSWORD
    return changed.href
  }

  async function ended(operator: Operator): Promise<void> {
    keep('metrics', await (await fetch(operator.metricsUrl)).text())
    keep('command lines', readFileSync(`/proc/${operator.pid}/cmdline`))
    await keepCluster()
    await operator.stop()
    keep('logs', operator.output())
    for (const file of readdirSync(operator.folder, { recursive: true, encoding: 'utf8' })) {
      const full = path.join(operator.folder, file)
      if (full !== operator.keyFile && statSync(full).isFile()) keep('files', readFileSync(full))
    }
  }

  async function keepCluster(): Promise<void> {
    const { items } = await world.client.get(pathOf('Event', it.namespace))
    keep('events', JSON.stringify(items))
    for (const kind of TENON_KINDS) {
      const all = await world.client.get(pathOf(kind, kind.startsWith('Cluster') ? undefined : it.namespace))
      // A spec is its author's.
      keep('resources', JSON.stringify(all.items.map(({ metadata, status }: KubeObject) => [metadata, status])))
    }
  }

  test.each<[Sink, readonly string[]]>([
    ['logs', ['sops-', 'AccessDenied', 'a batch failed', 'asked the API server']],
    ['events', ['credential-field-unknown', 'DecryptFailed', 'Created']],
    ['resources', ['credential-field-missing', 'binding-invalid', 'cluster-object-denied', 'store-']],
    ['metrics', ['controller_runtime_terminal_reconcile_errors_total{controller="credential"} ']],
    ['admission', ['denied the request', 'Warning: ', 'created']],
    ['command lines', ['--age-key-file', '--watch-secrets']],
    ['files', ['SQLite format 3']],
  ])('%s tell much, and no secret', (sink, expected) => {
    const dump = Buffer.concat(heard[sink])
    expect(expected.filter(text => !dump.includes(text))).toEqual([])
    for (const text of [...secrets, identity, it.storeKey]) {
      expect({ text, found: foundIn(dump, text) }).toEqual({ text, found: [] })
    }
  })
})
