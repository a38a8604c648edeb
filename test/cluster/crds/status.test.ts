/** The status of every kind, and what kubectl shows. */
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import type { KindName } from '../../../src/model/address.ts'
import { APPLY_PATCH, MERGE_PATCH, type KubeObject } from '../support/client.ts'
import { CRD_FOLDER, crdNames } from '../support/crds.ts'
import { pathOfObject } from '../support/objects.ts'
import { must } from '../support/run.ts'
import { sharedWorld } from '../support/test-world.ts'
import { KINDS, object, TRY } from './objects.ts'
import { SPECS } from './specs.ts'

const world = sharedWorld()

describe('status', () => {
  const condition = {
    type: 'Ready',
    status: 'True',
    reason: 'Succeeded',
    message: 'Applied.',
    observedGeneration: 1,
    lastTransitionTime: '2026-10-01T00:00:00Z',
  }

  async function created(kind: KindName, namespace: string): Promise<KubeObject> {
    const given = object(kind, SPECS[kind], namespace, `${namespace}-a`)
    await world.apply(given)
    return world.client.get(pathOfObject(given))
  }

  test.each(KINDS)('of a new %s says that nobody has looked at it', async kind => {
    expect((await created(kind, await world.freshNamespace())).status).toEqual({ observedGeneration: -1 })
  })

  test('is not written with the object, nor the object with it', async () => {
    const namespace = await world.freshNamespace()
    const given = await created('Consumer', namespace)
    const at = pathOfObject(given)
    await world.client.patch(at, { status: { observedGeneration: 7 } })
    const updated = await world.client.patch(`${at}/status`, {
      spec: { displayName: 'x' },
      status: { observedGeneration: 1 },
    })
    expect(updated.status).toEqual({ observedGeneration: 1 })
    expect(updated.spec).toEqual(SPECS.Consumer)
    expect(updated.metadata.generation).toBe(given.metadata.generation)
  })

  test('merges conditions by their type', async () => {
    const namespace = await world.freshNamespace()
    const at = `${pathOfObject(await created('Credential', namespace))}/status`
    const by = async (manager: string, type: string): Promise<KubeObject> => {
      const status = { conditions: [{ ...condition, type }] }
      const { spec: _spec, ...given } = object('Credential', {}, namespace, `${namespace}-a`)
      return world.client.patch(`${at}?fieldManager=${manager}`, { ...given, status }, APPLY_PATCH)
    }
    await by('one', 'Ready')
    const { status } = await by('two', 'RotationDue')
    expect(status.conditions.map(({ type }: KubeObject) => type)).toEqual(['Ready', 'RotationDue'])
  })

  test.each([
    { name: 'a reason that is a sentence', status: { conditions: [{ ...condition, reason: 'It went well.' }] } },
    { name: 'a condition without a message', status: { conditions: [{ ...condition, message: undefined }] } },
    { name: 'a condition twice', status: { conditions: [condition, condition] } },
    { name: 'an unknown state', status: { conditions: [{ ...condition, status: 'Maybe' }] } },
    { name: 'a generation before all', status: { observedGeneration: -2 } },
    { name: 'a warning without a code', status: { warnings: [{ message: 'a' }] } },
  ])('with $name is refused', async ({ status }) => {
    const at = pathOfObject(await created('Consumer', await world.freshNamespace()))
    expect((await world.client.ask('PATCH', `${at}/status?${TRY}`, { status }, MERGE_PATCH)).status).toBe(422)
  })

  const SERVICE = { operations: { total: 4 }, referencedBy: ['integration/acme/a'] }
  const FULL: Readonly<Record<KindName, KubeObject>> = {
    ClusterServiceDefinition: SERVICE,
    ServiceDefinition: SERVICE,
    AccessGroup: { people: 3, unknownPeople: false, referencedBy: ['integration/acme/a'] },
    Credential: { fields: ['apiKey'], referencedBy: ['integration/acme/a'] },
    Integration: {
      operations: { total: 4, allow: 1, confirm: 2, deny: 1 },
      people: 3,
      unknownPeople: true,
      referencedBy: ['consumer/acme/helpdesk'],
    },
    Consumer: {},
    Guardrail: {},
  }
  test.each([
    ['ClusterServiceDefinition', 'openapi 4', ''],
    ['ServiceDefinition', 'openapi 4', ''],
    ['AccessGroup', '3', ''],
    ['Credential', 'billing apiKey', 'company True'],
    ['Integration', 'billing group', '1 2'],
    ['Consumer', 'assistant', ''],
    ['Guardrail', 'ceiling', 'security@acme.example'],
  ] as const)('of a whole %s is kept, and shown by kubectl get', async (kind, columns, wideColumns) => {
    const namespace = await world.freshNamespace()
    const given = await created(kind, namespace)
    const status = {
      observedGeneration: 1,
      conditions: [condition, { ...condition, type: 'RotationDue' }],
      lastHandledReconcileAt: '2026-10-01',
      lastAppliedRevision: 12,
      warnings: [{ code: 'rotation-due', message: 'Rotate it.' }],
      ...FULL[kind],
    }
    const kept = await world.client.patch(`${pathOfObject(given)}/status?fieldValidation=Strict`, { status })
    expect(kept.status).toEqual(status)
    const shown = async (...more: readonly string[]): Promise<string> => {
      const what = [`${kind.toLowerCase()}s.tenon.dev`, given.metadata.name, '-n', namespace]
      return must(await world.kubectl(['get', ...what, '--no-headers', ...more])).replaceAll(/\s+/g, ' ')
    }
    const line = [given.metadata.name, 'True', 'Applied.', columns].join(' ')
    expect(await shown()).toMatch(new RegExp(`^${line} \\d+s $`))
    expect(await shown('-o', 'wide')).toMatch(new RegExp(`^${[line, wideColumns].join(' ').trim()} \\d+s $`))
  })
})

describe('names', () => {
  test.each([
    ['csvcdef', 'clusterservicedefinitions'],
    ['svcdef', 'servicedefinitions'],
    ['agrp', 'accessgroups'],
    ['tcred', 'credentials'],
    ['intg', 'integrations'],
    ['cons', 'consumers'],
  ])('%s is short for %s', async (short, plural) => {
    must(await world.kubectl(['get', short, '-A']))
    const { resources } = await world.client.get('/apis/tenon.dev/v1alpha1')
    const found: KubeObject = resources.find(({ name }: KubeObject) => name === plural)
    expect(found).toMatchObject({ shortNames: [short], categories: ['tenon'] })
  })

  test('kubectl get tenon shows all kinds of a namespace', async () => {
    const namespace = await world.freshNamespace()
    await world.apply(
      object('Consumer', SPECS.Consumer, namespace),
      object('AccessGroup', SPECS.AccessGroup, namespace),
    )
    const shown = must(await world.kubectl(['get', 'tenon', '-n', namespace, '-o', 'name']))
    expect(shown).toContain('consumer.tenon.dev/tried')
    expect(shown).toContain('accessgroup.tenon.dev/tried')
  })

  test('kubectl explain describes the fields', async () => {
    const said = must(
      await world.kubectl(['explain', 'integration.spec.access.level', '--api-version=tenon.dev/v1alpha1']),
    )
    expect(said).toContain('levels never mix inside one integration')
  })

  test('kubectl takes the definitions by client-side apply too', async () => {
    for (const name of crdNames()) {
      const file = path.join(CRD_FOLDER, `${name}.yaml`)
      const { code, stderr } = await world.kubectl(['apply', '--dry-run=server', '--validate=strict', '-f', file])
      expect(code, stderr).toBe(0)
    }
  })
})
