import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Effect } from '../../../src/model/effect.ts'
import type { Judgement } from '../../../src/model/judgement.ts'
import type { GuardrailParameters, GuardrailPeople, OperationSelection } from '../../../src/model/manifest.gen.ts'
import type { Operation } from '../../../src/model/operation.ts'
import type { Resource } from '../../../src/model/state.ts'
import { judge } from '../../../src/review/guardrails/judge.ts'
import type { RuleName } from '../../../src/review/guardrails/rule-table.ts'
import { referenceEffect, referenceNamed, type World } from '../../access/reference.ts'
import { groups, integrations, table } from '../../access/worlds.ts'
import { guardrail, inputOf, service, statesOf, type Change } from './change.ts'
import {
  ATOMS,
  cellsOf,
  chosen,
  endpointIn,
  IDP,
  isAtLeast,
  keyOf,
  named,
  POSSIBLE,
  type Cell,
  type Side,
} from './reference.ts'

const RUNS = { numRuns: 40 }

interface Pair {
  readonly before: Side
  readonly after: Side
  readonly change: Change
  /** The operations before. */
  readonly earlier: readonly Operation[]
}

const some = <T>(values: readonly T[], maxLength = 3): fc.Arbitrary<T[]> =>
  fc.uniqueArray(fc.constantFrom(...values), { minLength: 1, maxLength })

const who: fc.Arbitrary<GuardrailPeople> = fc
  .record(
    {
      groups: some(['g0', 'g1', 'g2']),
      individuals: some(['ANA@acme.example', 'cyd@other.example', 'sub|42', 'zoe@acme.example']),
      companies: some(['acme.example', 'other.example']),
      idpGroups: some(IDP),
    },
    { requiredKeys: [] },
  )
  .filter(lists => Object.keys(lists).length > 0)

const select: fc.Arbitrary<OperationSelection> = fc
  .record(
    {
      writes: fc.boolean(),
      methods: some(['get', 'post', 'delete']),
      operations: some(
        Array.from({ length: 80 }, (_, number) => `o${number}`),
        40,
      ),
      tags: some(['read', 'write', 'admin']),
    },
    { requiredKeys: [] },
  )
  .filter(lists => Object.keys(lists).length > 0)

const optional = <T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> =>
  fc.option(arbitrary, { nil: undefined })
const effect = fc.constantFrom<'confirm' | 'allow' | undefined>('confirm', 'allow', undefined)

/** Two states of a few integrations, everything of them dirty; either side may lack some, and much may stay as it was. */
const pairs: fc.Arbitrary<Pair> = fc
  .tuple(groups, groups, table, table, fc.nat(3))
  .filter(([before, , earlier, later]) => {
    const sizes = [earlier.length, later.length]
    return before.size <= 5 && Math.min(...sizes) > 0 && earlier.length + later.length < 70
  })
  .map(([before, after, earlier, later, kept]) => {
    const [keepsGroups, keepsTable] = [(kept & 1) === 0, (kept & 2) === 0]
    return { before, after: keepsGroups ? before : after, earlier, later: keepsTable ? earlier : later }
  })
  .chain(sides =>
    fc
      .tuple(
        fc.array(integrations(sides.before), { minLength: 1, maxLength: 2 }),
        fc.array(integrations(sides.before), { minLength: 3, maxLength: 3 }),
        fc.array(fc.constantFrom('both', 'both', 'other', 'before', 'after'), { minLength: 3, maxLength: 3 }),
      )
      .map(([made, others, kept]) => {
        const was = made.flatMap((each, index) => (kept[index] === 'after' ? [] : [narrowedWithin(each, index)]))
        const is = made.flatMap((each, index) => {
          if (kept[index] === 'before') return []
          return [narrowedWithin(kept[index] === 'other' ? others[index]! : each, index)]
        })
        return pairOf({ was, is, ...sides })
      }),
  )

interface Parts {
  readonly was: readonly World['integration'][]
  readonly is: readonly World['integration'][]
  readonly before: World['groups']
  readonly after: World['groups']
  readonly earlier: readonly Operation[]
  readonly later: readonly Operation[]
}

/** Narrowed to parts of its access, as every integration is that was checked. */
function narrowedWithin(made: World['integration'], index: number): World['integration'] {
  const name = `i${index}`
  const { access, permissions } = made.spec
  const list = ({ company: 'companies', group: 'groups', individual: 'individuals' } as const)[access.level]
  const all = new Set([...(access[list] ?? []), ...permissions.flatMap(permission => permission[list] ?? [])])
  return {
    ...made,
    name,
    address: `integration/acme/${name}`,
    spec: {
      ...made.spec,
      access: { ...access, [list]: [...all] },
      service: { kind: 'ClusterServiceDefinition', name: 'billing' },
    },
  }
}

function pairOf({ was, is, before, after, earlier, later }: Parts): Pair {
  const resources = (
    all: readonly World['integration'][],
    declared: World['groups'],
    side: string,
  ): readonly Resource[] => [
    service(`sha256:${side}`),
    ...declared.values(),
    ...all.map(each => ({ ...each, digest: side })),
  ]
  return {
    earlier,
    before: { worlds: was.map(each => ({ integration: each, operations: earlier, groups: before })) },
    after: { worlds: is.map(each => ({ integration: each, operations: later, groups: after })) },
    change: {
      before: resources(was, before, 'earlier'),
      after: resources(is, after, 'later'),
      tables: { 'sha256:earlier': earlier, 'sha256:later': later },
    },
  }
}

async function said({ change }: Pair, rule: RuleName, parameters: Record<string, unknown>): Promise<Judgement> {
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== undefined))
  const spec = { rule, ...(Object.keys(given).length > 0 && { parameters: given as GuardrailParameters }) }
  const [judgement] = await judge(statesOf({ ...change, guardrails: [guardrail(spec)] }))
  return judgement!
}

/** Broken cells by key, with how far each goes too far. */
type Broken = ReadonlyMap<string, Effect>

function brokenIn(side: Side, people: typeof ATOMS, isBroken: (cell: Cell) => boolean): Broken {
  return new Map(
    cellsOf(side, people)
      .filter(isBroken)
      .map(cell => [keyOf(cell), cell.effect]),
  )
}

interface Says {
  readonly before: string
  readonly after: string
  readonly isNew: boolean
}

function saysOf({ before, after, violations }: Judgement): Says {
  return { before, after, isNew: violations.length > 0 }
}

function promised({ before, after }: { readonly before: Broken; readonly after: Broken }): Says {
  return {
    before: before.size > 0 ? 'broken' : 'holds',
    after: after.size > 0 ? 'broken' : 'holds',
    isNew: [...after].some(([key, is]) => !isAtLeast(before.get(key) ?? 'deny', is)),
  }
}

describe('a rule says what its promise says, cell by cell', () => {
  test('only', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, who, optional(select), effect, async (pair, people, chose, least) => {
        const broken = (side: Side): Broken =>
          brokenIn(side, ATOMS, cell => !named(people, cell.world, cell.person) && goes(cell, chose, least))
        const judgement = await said(pair, 'only', { who: people, select: chose, effect: least })
        expect(saysOf(judgement)).toEqual(promised({ before: broken(pair.before), after: broken(pair.after) }))
      }),
      RUNS,
    )
  })

  test('never, whoever is in which groups of the identity provider', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, who, optional(select), effect, async (pair, people, chose, least) => {
        const judgement = await said(pair, 'never', { who: people, select: chose, effect: least })
        const isBroken = (side: Side): boolean =>
          cellsOf(side, POSSIBLE).some(cell => named(people, cell.world, cell.person) && goes(cell, chose, least))
        expect(judgement.before).toBe(isBroken(pair.before) ? 'broken' : 'holds')
        expect(judgement.after).toBe(isBroken(pair.after) ? 'broken' : 'holds')
      }),
      RUNS,
    )
  })

  test('never, as far as is known', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, who, optional(select), effect, async (pair, people, chose, least) => {
        const parameters = { who: people, select: chose, effect: least, ignoreUnknownMembers: true }
        const broken = (side: Side): Broken =>
          brokenIn(side, ATOMS, cell => named(people, cell.world, cell.person) && goes(cell, chose, least))
        const judgement = await said(pair, 'never', parameters)
        expect(saysOf(judgement)).toEqual(promised({ before: broken(pair.before), after: broken(pair.after) }))
      }),
      RUNS,
    )
  })

  test('require-confirmation', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, optional(who), optional(select), async (pair, people, chose) => {
        const isBroken = (side: Side): boolean =>
          cellsOf(side, POSSIBLE).some(cell => named(people, cell.world, cell.person) && goes(cell, chose, 'allow'))
        const judgement = await said(pair, 'require-confirmation', { who: people, select: chose })
        expect(judgement.before).toBe(isBroken(pair.before) ? 'broken' : 'holds')
        expect(judgement.after).toBe(isBroken(pair.after) ? 'broken' : 'holds')
      }),
      RUNS,
    )
  })

  test('ceiling', async () => {
    const entry = fc
      .record({
        who: optional(who),
        select: optional(select),
        effect: fc.constantFrom<'confirm' | 'allow'>('confirm', 'allow'),
      })
      .map(each => Object.fromEntries(Object.entries(each).filter(([, value]) => value !== undefined)) as typeof each)
    await fc.assert(
      fc.asyncProperty(pairs, fc.array(entry, { minLength: 1, maxLength: 4 }), async (pair, entries) => {
        const broken = (side: Side): Broken =>
          brokenIn(side, ATOMS, ({ world, person, operation, effect: is }) => {
            const given = entries.filter(each => named(each.who, world, person) && chosen(each.select, operation))
            return is !== 'deny' && !given.some(each => isAtLeast(each.effect, is))
          })
        const judgement = await said(pair, 'ceiling', { ceiling: entries })
        expect(judgement.before).toBe(broken(pair.before).size > 0 ? 'broken' : 'holds')
        expect(judgement.after).toBe(broken(pair.after).size > 0 ? 'broken' : 'holds')
      }),
      RUNS,
    )
  })

  test('no-unconfirmed-company-writes', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, optional(select), async (pair, chose) => {
        const broken = (side: Side): Broken =>
          brokenIn(side, ATOMS, cell => {
            const isCompany = cell.person.id.startsWith('somebody@')
            return isCompany && chosen({ writes: true }, cell.operation) && goes(cell, withoutWrites(chose), 'allow')
          })
        const judgement = await said(pair, 'no-unconfirmed-company-writes', { select: chose })
        expect(saysOf(judgement)).toEqual(promised({ before: broken(pair.before), after: broken(pair.after) }))
      }),
      RUNS,
    )
  })

  test('separation-of-duties, whoever is in which groups of the identity provider', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, select, select, effect, async (pair, one, other, least) => {
        const judgement = await said(pair, 'separation-of-duties', {
          one: { select: one },
          other: { select: other },
          effect: least,
        })
        expect(judgement.before).toBe(doBoth(pair.before, POSSIBLE, [one, other], least) ? 'broken' : 'holds')
        expect(judgement.after).toBe(doBoth(pair.after, POSSIBLE, [one, other], least) ? 'broken' : 'holds')
      }),
      RUNS,
    )
  })

  test('separation-of-duties, as far as is known', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, select, select, effect, async (pair, one, other, least) => {
        const parameters = { one: { select: one }, other: { select: other }, effect: least, ignoreUnknownMembers: true }
        const judgement = await said(pair, 'separation-of-duties', parameters)
        expect(judgement.before).toBe(doBoth(pair.before, ATOMS, [one, other], least) ? 'broken' : 'holds')
        expect(judgement.after).toBe(doBoth(pair.after, ATOMS, [one, other], least) ? 'broken' : 'holds')
      }),
      RUNS,
    )
  })

  test('at-most and at-least', async () => {
    await fc.assert(
      fc.asyncProperty(
        pairs,
        optional(select),
        effect,
        fc.integer({ min: 0, max: 5 }),
        async (pair, chose, least, count) => {
          const can = (side: Side): { readonly known: number; readonly open: boolean } => {
            const going = cellsOf(side, ATOMS).filter(cell => goes(cell, chose, least))
            const known = going.filter(({ world, person }) => referenceNamed(world).includes(person.id))
            return {
              known: new Set(known.map(({ person }) => person.id)).size,
              open: going.some(({ person }) => person.id.startsWith('somebody')),
            }
          }
          const [was, is] = [can(pair.before), can(pair.after)]
          const most = await said(pair, 'at-most', { max: count, select: chose, effect: least })
          expect(most.before).toBe(was.open || was.known > count ? 'broken' : 'holds')
          expect(most.after).toBe(is.open || is.known > count ? 'broken' : 'holds')
          const fewest = await said(pair, 'at-least', { min: count + 1, select: chose, effect: least })
          expect(fewest.after).toBe(is.known > count ? 'holds' : 'broken')
        },
      ),
      RUNS,
    )
  })

  test('named-writes', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, effect, async (pair, least) => {
        const judgement = await said(pair, 'named-writes', { effect: least })
        for (const name of ['before', 'after'] as const) {
          const unnamed = cellsOf(pair[name], ATOMS).some(cell => {
            const isWrite = chosen({ writes: true }, cell.operation)
            return isWrite && goes(cell, undefined, least) && !isAtLeast(namedEffect(cell, least), cell.effect)
          })
          expect(judgement[name]).toBe(unnamed ? 'broken' : 'holds')
        }
      }),
      RUNS,
    )
  })

  test('no-new-access', async () => {
    await fc.assert(
      fc.asyncProperty(pairs, optional(select), effect, async (pair, chose, least = 'confirm') => {
        const parameters = { ...(chose && { select: chose }), effect: least }
        const [judgement] = await judge(
          inputOf({ ...pair.change, guardrails: [guardrail({ rule: 'no-new-access', parameters })] }),
        )
        const was = new Map(cellsOf(pair.before, ATOMS).map(cell => [keyOf(cell), cell]))
        const gained = cellsOf(pair.after, ATOMS).some(cell => {
          const endpoint = endpointIn(cell.world.operations, cell.operation)
          const earlier = pair.earlier.find(each => endpointIn(pair.earlier, each) === endpoint)
          // What an operation was called or tagged before the change counts too: else renaming it would hide it.
          const isChosen = [cell.operation, earlier].some(each => each !== undefined && chosen(chose, each))
          return (
            isChosen && goes(cell, undefined, least) && !isAtLeast(was.get(keyOf(cell))?.effect ?? 'deny', cell.effect)
          )
        })
        expect(judgement!.violations.length > 0).toBe(gained)
      }),
      { numRuns: 30 },
    )
  })
})

/** Whether a cell is one of those chosen, and its effect counts. */
function goes(
  { effect: is, operation }: Cell,
  chose: OperationSelection | undefined,
  least: Effect = 'confirm',
): boolean {
  return is !== 'deny' && isAtLeast(is, least) && chosen(chose, operation)
}

/** Whether somebody has a cell of each selection. */
function doBoth(
  side: Side,
  people: typeof ATOMS,
  duties: readonly OperationSelection[],
  least: Effect | undefined,
): boolean {
  return people.some(person => {
    const cells = cellsOf(side, [person])
    return duties.every(duty => cells.some(cell => goes(cell, duty, least)))
  })
}

/** What a cell would be if only permissions that name operations gave anything. */
function namedEffect({ world, person, operation }: Cell, least: Effect = 'confirm'): Effect {
  const permissions = world.integration.spec.permissions.filter(
    permission =>
      permission.effect === 'deny' ||
      permission.operations !== undefined ||
      (least === 'allow' && permission.effect === 'confirm'),
  )
  const spec = { ...world.integration.spec, permissions }
  return referenceEffect({ ...world, integration: { ...world.integration, spec } }, person, operation)
}

function withoutWrites(chose: OperationSelection | undefined): OperationSelection {
  const { writes: _writes, ...rest } = chose ?? {}
  return rest
}
