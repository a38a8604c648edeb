/** What the operator says of resources: each row of the status table, and each reason. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { EXAMPLES } from '../support/tenon.ts'
import type { KubeObject } from './support/client.ts'
import { kstatus } from './support/kstatus.ts'
import { pathOf } from './support/objects.ts'
import type { Operator } from './support/operator.ts'
import { condition, consumer, credential, group, integration, secret } from './support/samples.ts'
import type { StatusWatch } from './support/status-watch.ts'
import {
  annotate,
  change,
  eventsOf,
  messageOf,
  onStore,
  ready,
  reconcileNow,
  retried,
  says,
  shows,
  stalled,
} from './support/stories.ts'
import { sharedWorld } from './support/test-world.ts'

const world = sharedWorld()
const it: { statuses: StatusWatch; operator: Operator } = {} as never

beforeAll(async () => {
  it.statuses = await world.watchStatuses()
  it.operator = await world.startOperator({ flags: ['--interval', '1h'] })
})

/** Nothing that a terminal would obey, and nothing that nobody reads to its end. */
function expectPlain(status: unknown): void {
  const texts = JSON.stringify(status, (_, value: unknown) => (typeof value === 'string' ? shownAs(value) : value))
  expect(texts).not.toContain('UNPLAIN')
}

function shownAs(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return /[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/.test(text) || text.length > 4096
    ? 'UNPLAIN'
    : text
}

const PERMISSIONS = [
  { methods: ['get'], effect: 'allow' },
  { operations: ['createIssue'], effect: 'confirm' },
]

describe('a resource is', () => {
  test('in progress before an operator has seen it', async () => {
    const namespace = await world.freshNamespace()
    const made = await world.client.post(`${pathOf('AccessGroup', namespace)}?dryRun=All`, group(namespace, 'unseen'))
    expect(made.status).toEqual({ observedGeneration: -1 })
    expect(kstatus(made)).toBe('InProgress')
  })

  test('done when the store has what it asks for', async () => {
    const namespace = await world.freshNamespace()
    const [support, jira, desk] = [
      group(namespace, 'support'),
      integration(namespace, 'jira'),
      consumer(namespace, 'desk', ['jira']),
    ]
    // What refers comes first.
    await world.apply(desk, jira, support)
    await ready(world, support, jira, desk)
    await shows(world, jira, found => {
      expect(found.status).toMatchObject({
        people: 2,
        unknownPeople: false,
        referencedBy: [`consumer/${namespace}/desk`],
      })
      expect(found.status.lastAppliedRevision).toBeGreaterThan(0)
    })
    await shows(world, support, found =>
      expect(found.status).toMatchObject({ people: 2, referencedBy: [`integration/${namespace}/jira`] }),
    )
    expect(await eventsOf(world, namespace, 'jira')).toContainEqual('Normal Applied: Created')
  })

  test('ValidationFailed until somebody corrects it', async () => {
    const namespace = await world.freshNamespace()
    const jira = integration(namespace, 'jira', { permissions: [{ operations: ['createIsue'], effect: 'allow' }] })
    await world.apply(group(namespace, 'support'), jira)
    const found = await says(world, jira, stalled('ValidationFailed'))
    expect(messageOf(found)).toBe(
      'unknown-operation: no operation of the service has the id "createIsue". Did you mean "createIssue"?',
    )
    expect(found['status'].observedGeneration).toBe(found['metadata'].generation)
    expect(await eventsOf(world, namespace, 'jira')).toContainEqual(expect.stringContaining('Warning ValidationFailed'))
    await change(world, jira, { spec: { permissions: PERMISSIONS } })
    await ready(world, jira)
  })

  test('DependencyNotReady until what it needs is there, and done soon after that', async () => {
    const namespace = await world.freshNamespace()
    const [jira, desk] = [integration(namespace, 'jira'), consumer(namespace, 'desk', ['jira'])]
    await world.apply(desk, jira)
    const waiting = await says(world, jira, retried('DependencyNotReady'))
    expect(messageOf(waiting)).toContain('names AccessGroup "support"')
    expect(waiting['status'].observedGeneration).toBe(-1)
    await says(world, desk, retried('DependencyNotReady'))
    await world.apply(group(namespace, 'support'))
    await ready(world, jira, desk)
  })

  test('GuardRefused while a group that gives access would lose its last member', async () => {
    const namespace = await world.freshNamespace()
    const [support, jira] = [group(namespace, 'support'), integration(namespace, 'jira')]
    await world.apply(support, jira)
    await ready(world, jira)
    await change(world, support, { spec: { members: [] } })
    const found = await says(world, support, stalled('GuardRefused'))
    expect(messageOf(found)).toMatch(/^last-member: .*tenon\.dev\/force: last-member\.$/)
    expect(found['status'].people).toBe(2)
    await annotate(world, support, { force: 'last-member' })
    await shows(world, jira, ({ status }) => expect(status.people).toBe(0))
    await ready(world, support, jira)
  })

  test('in Conflict with a row that Git owns, until it is taken over', async () => {
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support', { displayName: 'Of Git' })
    await onStore(world, it.operator, ['apply', '--yes', '--owner', 'git:acme/integrations'], [support])
    const mine = group(namespace, 'support', { displayName: 'Of the cluster' })
    await world.apply(mine, integration(namespace, 'jira'))
    const found = await says(world, mine, stalled('Conflict'))
    expect(messageOf(found)).toContain('belongs to git:acme/integrations')
    expect(messageOf(found)).toContain('tenon.dev/adopt: "true"')
    // What only refers to it does not mind whose it is.
    await ready(world, integration(namespace, 'jira'))
    await annotate(world, mine, { adopt: 'true' })
    await ready(world, mine)
    const { stdout } = await onStore(world, it.operator, ['export', '--kind', 'accessGroup', '--namespace', namespace])
    expect(stdout).toContain('Of the cluster')
  })

  test('DecryptFailed where no key opens its values', async () => {
    const namespace = await world.freshNamespace()
    const sops = readFileSync(path.join(EXAMPLES, 'acme/credentials/billing-bot.sops.yaml'), 'utf8')
    const bot = credential(namespace, 'bot', { sops })
    await world.apply(bot)
    const found = await says(world, bot, stalled('DecryptFailed'))
    expect(messageOf(found)).toContain('sops-no-matching-identity')
  })

  test('Drifted where it is only looked at and the store differs', async () => {
    const namespace = await world.freshNamespace()
    const support = group(namespace, 'support', { mode: 'Observe' })
    await world.apply(support)
    const found = await says(world, support, stalled('Drifted'))
    expect(messageOf(found)).toContain('a run would create it')
    expect(found['metadata'].finalizers).toBeUndefined()
  })
})

describe('what is wrong with one resource', () => {
  test('holds up nobody who is applied together with it', async () => {
    const namespace = await world.freshNamespace()
    const good = Array.from({ length: 30 }, (_, index) => integration(namespace, `good-${index}`))
    const bad = Array.from({ length: 10 }, (_, index) => [
      integration(namespace, `invalid-${index}`, {
        permissions: [{ tags: ['x'], operations: ['no'], effect: 'deny' }],
      }),
      integration(namespace, `lonely-${index}`, { access: { level: 'group', groups: ['nobody'] } }),
    ]).flat()
    const mixed = bad.flatMap((one, index) => [one, good[index] ?? one])
    await Promise.all([...mixed, ...good, group(namespace, 'support')].map(async one => world.apply(one)))
    expect(await ready(world, ...good)).toHaveLength(good.length)
    for (const one of bad) {
      const reason = one['metadata'].name.startsWith('invalid')
        ? stalled('ValidationFailed')
        : retried('DependencyNotReady')
      await says(world, one, reason)
    }
  })

  test('is said in a message that is short, and that no terminal obeys', async () => {
    const namespace = await world.freshNamespace()
    const odd = `o${'\u001B[31m\u202E\u200B\u0007'.repeat(10)}`
    const paths = Object.fromEntries(
      Array.from({ length: 60 }, (_, index) => [
        `/${odd}${index}`,
        { get: { operationId: 'same', tags: [odd], parameters: [{ $ref: `file:///${odd}` }], responses: {} } },
      ]),
    )
    const document = JSON.stringify({ openapi: '3.1.0', info: { title: odd, version: odd }, paths })
    await world.apply({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'odd', namespace },
      data: { odd: document },
    })
    const service = ownService(namespace, { type: 'openapi', openapi: { configMapRef: { name: 'odd', key: 'odd' } } })
    await world.apply(service)
    const failed = await says(world, service, stalled('ValidationFailed'))
    expect(messageOf(failed)).toContain('openapi-duplicate-operation')
    const long = 'n'.repeat(253)
    const many = consumer(
      namespace,
      'many',
      Array.from({ length: 90 }, (_, index) => `${index}-${long.slice(4)}`),
    )
    await world.apply(many)
    const found = await says(world, many, retried('DependencyNotReady'))
    expect(messageOf(found)).toMatch(/ 85 more problems\.$/)
    expect(messageOf(found).length).toBeLessThan(4096)
  })
})

describe('the facts of a status', () => {
  const OPERATIONS = ['read', 'list', 'write', 'refund', 'drop']
  const PEOPLE = ['ana@acme.example', 'ben@acme.example', 'cleo@acme.example']

  test('are what the decisions of tenon can add up to', async () => {
    const namespace = await world.freshNamespace()
    const service = ownService(namespace, { operations: OPERATIONS.map(id => ({ id, method: 'get', path: `/${id}` })) })
    const groups = [
      group(namespace, 'support', { members: PEOPLE.slice(0, 2), groups: ['night'], idpGroups: ['okta:support'] }),
      group(namespace, 'night', { members: PEOPLE.slice(1) }),
    ]
    const own = integration(namespace, 'own', {
      service: { kind: 'ServiceDefinition', name: 'own' },
      endpoint: undefined,
      permissions: [
        { operations: ['read', 'drop'], effect: 'allow' },
        { operations: ['write', 'refund'], effect: 'allow', groups: ['night'] },
        { operations: ['refund', 'list'], effect: 'confirm' },
        { operations: ['drop'], effect: 'deny' },
      ],
    })
    await world.apply(own, service, ...groups)
    await ready(world, own, service, ...groups)

    const best = await Promise.all(OPERATIONS.map(async operation => bestEffect(namespace, operation)))
    const counted = Object.fromEntries(
      ['allow', 'confirm', 'deny'].map(effect => [effect, best.filter(one => one === effect).length]),
    )
    expect(counted).toEqual({ allow: 2, confirm: 2, deny: 1 })
    const { status } = await world.read('Integration', namespace, 'own')
    expect(status).toMatchObject({ operations: { total: 5, ...counted }, people: 3, unknownPeople: true })
    expect((await world.read('ServiceDefinition', namespace, 'own')).status).toMatchObject({
      operations: { total: 5 },
      referencedBy: [`integration/${namespace}/own`],
    })
    expect((await world.read('AccessGroup', namespace, 'night')).status).toMatchObject({
      people: 2,
      unknownPeople: false,
      referencedBy: [`accessGroup/${namespace}/support`, `integration/${namespace}/own`],
    })
  })

  /** The most that any of these people may do. */
  async function bestEffect(namespace: string, operation: string): Promise<string> {
    const effects = await Promise.all(
      PEOPLE.map(async person => {
        const { stdout } = await onStore(world, it.operator, [
          'can',
          person,
          operation,
          `${namespace}/own`,
          '-o',
          'json',
        ])
        return (JSON.parse(stdout) as { effect: string }).effect
      }),
    )
    return ['allow', 'confirm', 'deny'].find(effect => effects.includes(effect))!
  }

  test('are warnings that no condition states', async () => {
    const namespace = await world.freshNamespace()
    const permissions = [...PERMISSIONS, { tags: ['isues'], effect: 'deny' }]
    const jira = integration(namespace, 'jira', { permissions })
    const bot = credential(namespace, 'bot', {
      secretRef: { name: 'bot' },
      account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Test.', systems: ['jira'] },
      rotation: { every: '30d', lastRotated: '2020-01-01', expires: '2020-02-01' },
    })
    await world.apply(secret(namespace, 'bot', { username: 'ana', password: 'none' }), bot)
    await world.apply(jira, group(namespace, 'support'))
    await ready(world, jira, bot)
    const { status } = await world.read('Integration', namespace, 'jira')
    expect(status.warnings).toMatchObject([{ code: 'selector-matches-nothing' }])
    const found = await world.read('Credential', namespace, 'bot')
    expect(['RotationDue', 'Expired', 'PersonalAccount'].map(type => condition(found, type)?.['status'])).toEqual([
      'True',
      'True',
      'True',
    ])
    expect(found.status).not.toHaveProperty('warnings')
    await change(world, bot, { spec: { rotation: { lastRotated: '2999-01-01', expires: null } } })
    await shows(world, bot, now => {
      expect(condition(now, 'RotationDue')).toBeUndefined()
      expect(condition(now, 'Expired')).toBeUndefined()
      expect(condition(now, 'PersonalAccount')?.['status']).toBe('True')
    })
  })
})

function ownService(namespace: string, spec: object): KubeObject {
  return {
    apiVersion: 'tenon.dev/v1alpha1',
    kind: 'ServiceDefinition',
    metadata: { name: 'own', namespace },
    spec: {
      displayName: 'Own',
      description: 'A service of a test.',
      type: 'http',
      endpoint: 'https://own.acme.example',
      auth: [{ type: 'bearer' }],
      ...spec,
    },
  }
}

test('a resource whose Secret may not be read says AccessDenied, and is done once it may', async () => {
  const namespace = await world.freshNamespace()
  const bot = credential(namespace, 'bot', { secretRef: { name: 'bot' } })
  await world.apply(...rightsWithoutSecrets(namespace), secret(namespace, 'bot', { username: 'bot', password: 'none' }))
  const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${namespace}/tenon` })
  await it.operator.stop()
  await world.startOperator({ kubeconfig, flags: ['--namespace', namespace] })
  await world.apply(bot)
  const found = await says(world, bot, stalled('AccessDenied'))
  expect(messageOf(found)).toContain(`"system:serviceaccount:${namespace}:tenon" cannot get resource "secrets"`)
  await world.apply(...roleFor(namespace, 'secrets', [{ apiGroups: [''], resources: ['secrets'], verbs: ['get'] }]))
  await reconcileNow(world, bot)
  await ready(world, bot)
  expect((await world.read('Credential', namespace, 'bot')).status.fields).toEqual(['password', 'username'])
})

/** Everything that an operator of one namespace needs, but for the Secrets in it. */
function rightsWithoutSecrets(namespace: string): readonly KubeObject[] {
  const kinds = ['accessgroups', 'consumers', 'credentials', 'guardrails', 'integrations', 'servicedefinitions']
  return roleFor(namespace, 'kinds', [
    { apiGroups: ['tenon.dev'], resources: kinds, verbs: ['get', 'list', 'watch', 'patch'] },
    { apiGroups: ['tenon.dev'], resources: kinds.map(kind => `${kind}/status`), verbs: ['patch'] },
    { apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list', 'watch'] },
    { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] },
  ])
}

function roleFor(namespace: string, name: string, rules: readonly object[]): readonly KubeObject[] {
  const apiVersion = 'rbac.authorization.k8s.io/v1'
  const metadata = { name, namespace }
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name }
  const subjects = [{ kind: 'ServiceAccount', name: 'tenon', namespace }]
  return [
    { apiVersion, kind: 'Role', metadata, rules },
    { apiVersion, kind: 'RoleBinding', metadata, roleRef, subjects },
  ]
}

test('none of these statuses breaks the contract, or is for anything but reading', () => {
  expect(it.statuses.faults()).toEqual([])
  expect(it.statuses.writes.length).toBeGreaterThan(0)
  for (const { object } of it.statuses.writes) expectPlain(object['status'])
})
