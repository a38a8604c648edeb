import { describe, expect, test } from 'vitest'
import type { Resource, ResourceSpecs } from '../../../src/model/state.ts'
import { resource } from '../../support/resources.ts'
import { group, integration, judgement, service } from './change.ts'

// What a pull request writes of itself does not take it out of a guardrail's reach.

type Spec = Partial<ResourceSpecs['guardrail']>
type Integration = Partial<ResourceSpecs['integration']>

const STAFF = group('staff', ['ana@acme.example'])
const READ = { methods: ['get'], effect: 'allow' } as const
const PAY = { operations: ['pay'], effect: 'allow' } as const

function billing(permissions: NonNullable<Integration['permissions']>, more: Integration = {}, labels = {}): Resource {
  return named('billing', { permissions, ...more }, labels)
}

function named(name: string, more: Integration = {}, labels: Readonly<Record<string, string>> = {}): Resource {
  return integration(name, { access: { level: 'group', groups: ['staff'] }, permissions: [READ], ...more }, labels)
}

const PROD = { tier: 'prod' }
const ASKED: Spec = { rule: 'require-confirmation', parameters: { select: { writes: true } } }

describe('what a guardrail is about', () => {
  const before = [STAFF, billing([READ], {}, PROD)]
  const match = { labels: PROD }

  test('it is about still when the change takes the label away', async () => {
    for (const labels of [PROD, { tier: 'dev' }, {}]) {
      const said = await judgement({ before, after: [STAFF, billing([READ, PAY], {}, labels)] }, { ...ASKED, match })
      expect(said).toMatchObject({ before: 'holds', after: 'broken', violations: [{ findings: ['A1'] }] })
    }
  })

  test('it is about still when the change connects it to another service of the kind', async () => {
    const other = { ...service(), name: 'sandbox', address: 'clusterServiceDefinition/sandbox' as const }
    const after = billing([PAY], { service: { kind: 'ClusterServiceDefinition', name: 'sandbox' } })
    const said = await judgement(
      { before: [STAFF, other, billing([READ])], after: [STAFF, other, after] },
      { ...ASKED, match: { services: ['billing'] } },
    )
    expect(said.after).toBe('broken')
  })

  test('at-least does not count what left it', async () => {
    const atLeast: Spec = { rule: 'at-least', parameters: { min: 1 }, match }
    const said = await judgement({ before, after: [STAFF, billing([READ], {}, { tier: 'dev' })] }, atLeast)
    expect(said).toMatchObject({ before: 'holds', after: 'broken' })
  })

  test('what comes into it is as new as if it had been added', async () => {
    const said = await judgement(
      { before: [STAFF, billing([PAY])], after: [STAFF, billing([PAY], {}, PROD)] },
      { ...ASKED, match },
    )
    expect(said).toMatchObject({ before: 'holds', after: 'broken' })
  })

  test('a duty is about still what it was about', async () => {
    const other = { ...service(), name: 'sandbox', address: 'clusterServiceDefinition/sandbox' as const }
    const on = (name: string): Integration => ({ service: { kind: 'ClusterServiceDefinition', name } })
    const said = await judgement(
      {
        before: [STAFF, other, billing([READ]), named('crm', on('sandbox'))],
        after: [STAFF, other, billing([PAY], on('sandbox')), named('crm', on('sandbox'))],
      },
      {
        rule: 'separation-of-duties',
        parameters: { one: { services: ['billing'], select: { writes: true } }, other: { integrations: ['crm'] } },
      },
    )
    expect(said).toMatchObject({ before: 'holds', after: 'broken' })
  })
})

describe('data classes', () => {
  const PII = { dataClasses: ['pii'] }

  test('count though the change takes them away', async () => {
    const confirm: Spec = { rule: 'data-classes', parameters: { demand: 'confirm', classes: ['pii'] } }
    for (const more of [PII, {}]) {
      const change = { before: [STAFF, billing([], PII)], after: [STAFF, billing([READ], more)] }
      expect(await judgement(change, confirm)).toMatchObject({ before: 'holds', after: 'broken' })
    }
  })

  test('are forbidden though the change that enables the integration takes them away', async () => {
    const forbid: Spec = { rule: 'data-classes', parameters: { demand: 'forbid', classes: ['pii'] } }
    const change = { before: [STAFF, billing([], { ...PII, enabled: false })], after: [STAFF, billing([])] }
    expect(await judgement(change, forbid)).toMatchObject({ before: 'holds', after: 'broken' })
  })
})

describe('expressions', () => {
  const noWrites = (condition: string): Spec => ({
    validations: [{ expression: `!(${condition}) || finding.operations.writes == 0`, message: 'a write' }],
  })

  test.each([
    ['a label that goes', "has(integration.labels.tier) && integration.labels.tier == 'prod'", [PROD, {}]],
    ['another label', "integration.labels['tier'] == 'prod'", [PROD, { tier: 'dev' }]],
    ['a label that lets pass', '!has(integration.labels.exempt)', [{}, { exempt: 'yes' }]],
    ['the same labels', "integration.labels['tier'] == 'prod'", [PROD, PROD]],
  ])('are asked with %s', async (_name, condition, [was, is]) => {
    const change = { before: [STAFF, billing([READ], {}, was)], after: [STAFF, billing([READ, PAY], {}, is)] }
    const said = await judgement(change, noWrites(condition))
    expect(said).toMatchObject({ after: 'broken', violations: [{ message: 'a write' }] })
    expect(said.violations).toHaveLength(1)
  })

  test('are asked with a class that goes', async () => {
    const change = {
      before: [STAFF, billing([READ], { dataClasses: ['pii'] })],
      after: [STAFF, billing([READ, PAY])],
    }
    expect((await judgement(change, noWrites("'pii' in integration.dataClasses"))).after).toBe('broken')
  })

  test('that demand a label are kept by adding it', async () => {
    const owned: Spec = { validations: [{ expression: 'has(integration.labels.owner)' }] }
    const change = { before: [STAFF, billing([READ])], after: [STAFF, billing([READ], {}, { owner: 'ana' })] }
    expect(await judgement(change, owned)).toMatchObject({ after: 'holds', violations: [] })
  })
})

describe('what was broken before is old only where it was', () => {
  const ENDLESS = group('ext-x', ['eve@ext.example'])
  const forX = { access: { level: 'group', groups: ['ext-x'] } } as const
  const old = (title: string): Resource => named('old', { ...forX, title })

  test('a group without an end is given to another integration', async () => {
    const said = await judgement(
      { before: [ENDLESS, old('a')], after: [ENDLESS, old('b'), named('new', forX)] },
      { rule: 'external-groups-end', parameters: { days: 90, groups: ['ext-*'] } },
    )
    expect(said).toMatchObject({
      before: 'broken',
      after: 'broken',
      violations: [{ integrations: ['integration/acme/new'] }],
      brokenAlready: 1,
    })
  })

  test("somebody's own key is given to another integration", async () => {
    const key = resource('credential', 'bot', {
      account: { type: 'personal', owner: 'ana@acme.example', purpose: 'Bot' },
    })
    const uses = { credentials: ['bot'] }
    const said = await judgement(
      {
        before: [STAFF, key, named('old', { ...uses, title: 'a' }), named('new')],
        after: [STAFF, key, named('old', { ...uses, title: 'b' }), named('new', uses)],
      },
      { rule: 'no-personal-account' },
    )
    expect(said).toMatchObject({ after: 'broken', violations: [{ integrations: ['integration/acme/new'] }] })
  })

  test('a violation of more integrations is another one, for waivers', async () => {
    const fingerprint = async (names: readonly string[]): Promise<string> => {
      const said = await judgement(
        { before: [ENDLESS], after: [ENDLESS, ...names.map(name => named(name, forX))] },
        { rule: 'external-groups-end', parameters: { days: 90, groups: ['ext-*'] } },
      )
      return said.violations[0]!.fingerprint
    }
    expect(await fingerprint(['a', 'b'])).not.toBe(await fingerprint(['a']))
  })

  const KEY = resource('credential', 'bot', {})
  const elsewhere = (...credentials: readonly string[]): Resource =>
    billing([READ], { endpoint: 'https://other.example/v1', credentials })

  test.each([
    { name: 'a key is attached where the host was foreign already', was: [], is: ['bot'], after: 'broken' },
    { name: 'another key is', was: ['bot'], is: ['bot', 'two'], after: 'broken' },
    { name: 'all keys are taken away', was: ['bot'], is: [], after: 'broken-as-before' },
  ])('$name', async ({ was, is, after }) => {
    const keys = [STAFF, KEY, resource('credential', 'two', {})]
    const said = await judgement(
      { before: [...keys, elsewhere(...was)], after: [...keys, elsewhere(...is)] },
      { rule: 'same-destination', parameters: { hosts: ['billing.example'] } },
    )
    expect(said.violations.length).toBe(after === 'broken' ? 1 : 0)
    if (after === 'broken') expect(said.violations[0]!.message).toMatch(/sends its credential acme\/(bot|two) to other/)
  })
})

describe('an integration that moves to another namespace', () => {
  const moved = ({ kind, name, ...rest }: Resource): Resource =>
    ({ ...rest, kind, name, namespace: 'other', address: `${kind}/other/${name}` }) as Resource
  const before = [STAFF, billing([READ])]
  const never: Spec = { rule: 'never', parameters: { who: { groups: ['staff'] }, select: { writes: true } } }

  test('is judged as if it were still there', async () => {
    const said = await judgement({ before, after: [moved(STAFF), moved(billing([READ, PAY]))] }, never)
    expect(said).toMatchObject({ before: 'holds', after: 'broken' })
    expect(said.violations[0]).toMatchObject({
      message: 'ana@acme.example can call 1 write: pay on acme/billing (acme/billing is now other/billing)',
      line: { side: 'after', file: 'integration/other/billing.yaml' },
    })
  })

  test('by the groups of where it went', async () => {
    const after = [group('staff', []), moved(STAFF), moved(billing([PAY]))]
    expect((await judgement({ before, after }, { ...never, parameters: { select: { writes: true } } })).after).toBe(
      'broken',
    )
  })

  test('holds where it can do no more', async () => {
    const after = [moved(STAFF), moved(billing([READ]))]
    expect(await judgement({ before, after }, never)).toMatchObject({ after: 'holds', violations: [] })
  })

  test('counts where several are counted together', async () => {
    const after = [moved(group('staff', ['ana@acme.example', 'ben@acme.example'])), moved(billing([READ]))]
    expect((await judgement({ before, after }, { rule: 'at-most', parameters: { max: 1 } })).after).toBe('broken')
  })

  test('and one of another service, or whose name goes nowhere, is simply gone', async () => {
    const other = moved(billing([PAY], { service: { kind: 'ClusterServiceDefinition', name: 'crm' } }))
    for (const after of [[moved(STAFF), other], [moved(STAFF)]]) {
      expect((await judgement({ before, after }, never)).after).toBe('holds')
    }
  })
})

test('a rule about ids or tags selects nothing on a service that lists no operations; one about methods may', async () => {
  const unlisted = service('sha256:none')
  const change = {
    before: [STAFF, unlisted, billing([])],
    after: [STAFF, unlisted, billing([{ paths: ['/x'], effect: 'allow' }])],
  }
  for (const [select, after] of [
    [{ operations: ['pay'] }, 'holds'],
    [{ tags: ['payments'], writes: true }, 'holds'],
    [{ methods: ['post'] }, 'broken'],
    [{ writes: true }, 'broken'],
    [undefined, 'broken'],
  ] as const) {
    for (const rule of ['never', 'no-new-access'] as const) {
      const parameters = {
        ...(select !== undefined && { select }),
        ...(rule === 'never' && { who: { groups: ['staff'] } }),
      }
      expect((await judgement(change, { rule, parameters })).after).toBe(after)
    }
  }
})
