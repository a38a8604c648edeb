import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { accessSteps, compareAccess, type AccessStep } from '../../src/access/compare.ts'
import { compile } from '../../src/access/compile.ts'
import { decide, effectOf, type Decision } from '../../src/access/decide.ts'
import { describeReason } from '../../src/access/describe.ts'
import { groupResolver } from '../../src/access/groups.ts'
import { summarise } from '../../src/access/summary.ts'
import { stranger } from '../../src/access/people.ts'
import { whoCan } from '../../src/access/who.ts'
import { EFFECTS, principal, type Effect } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import { compiled } from './facts.ts'
import {
  referenceEffect,
  referenceEndpoints,
  referenceMembers,
  referenceNamed,
  type Person,
  type World,
} from './reference.ts'
import { everybody, IDP_CHOICES, neighbours, world, worldPair } from './worlds.ts'

test('a decision, its fast form and the reference agree on every cell', () => {
  fc.assert(
    fc.property(world, facts => {
      const access = compiled(facts)
      const cells = [...facts.operations.entries()].flatMap(([index, operation]) =>
        everybody(IDP_CHOICES).map(person => ({ index, operation, person })),
      )
      const differing = cells.filter(({ index, operation, person }) => {
        const expected = referenceEffect(facts, person, operation)
        return effectOf(access, person, index) !== expected || decide(access, person, index).effect !== expected
      })
      expect(differing).toEqual([])
    }),
    { numRuns: 300 },
  )
})

test('the reasons bear the decision: each that decides says so, and they come first', () => {
  fc.assert(
    fc.property(world, facts => {
      for (const { effect, reasons } of decisionsIn(facts)) {
        const deciding = reasons.filter(({ decides }) => decides)
        expect(deciding.length).toBeGreaterThan(0)
        expect(reasons.slice(0, deciding.length)).toEqual(deciding)
        expect(new Set(deciding.map(reason => (reason.kind === 'rule' ? reason.effect : 'deny')))).toEqual(
          new Set([effect]),
        )
      }
    }),
    { numRuns: 60 },
  )
})

test('every reason is one sentence, and where something is unknown it names what', () => {
  fc.assert(
    fc.property(world, facts => {
      for (const reason of decisionsIn(facts).flatMap(({ reasons }) => reasons)) {
        const sentence = describeReason(reason)
        expect(sentence).toMatch(/^[^\n]+[^.\n]$/)
        const doubt = 'link' in reason && reason.link?.kind === 'unknown' ? reason.link : undefined
        expect(doubt?.idpGroups.length === 0 && doubt.undeclared.length === 0).toBe(false)
        for (const name of [...(doubt?.idpGroups ?? []), ...(doubt?.undeclared ?? [])]) expect(sentence).toContain(name)
      }
    }),
    { numRuns: 60 },
  )
})

function decisionsIn(facts: World): readonly Decision[] {
  const access = compiled(facts)
  return [...facts.operations.keys()].flatMap(index =>
    everybody([[], ['okta:a']]).map(person => decide(access, person, index)),
  )
}

test('who-can equals the decision for everybody known, and its bounds hold for everybody unknown', () => {
  fc.assert(
    fc.property(world, facts => {
      const access = compiled(facts)
      for (const [index, operation] of facts.operations.entries()) {
        const { people, open } = whoCan(access, index)
        const listed = new Map(people.map(({ id, effect }) => [id, effect]))
        expect(listed.size).toBe(people.length)
        const companies = new Map(open.flatMap(set => (set.kind === 'company' ? [[set.name, set.effect]] : [])))
        for (const person of everybody()) {
          const effect = listed.get(person.id) ?? companies.get(person.company ?? '') ?? 'deny'
          expect([person.id, effect]).toEqual([person.id, referenceEffect(facts, person, operation)])
        }
        for (const set of open) {
          if (set.kind !== 'idpGroup') continue
          const effects = IDP_SUBSETS.filter(choice => choice.includes(set.name)).map(choice =>
            EFFECTS.indexOf(referenceEffect(facts, stranger(undefined, choice), operation)),
          )
          expect([set.atLeast, set.atMost]).toEqual([EFFECTS[Math.min(...effects)], EFFECTS[Math.max(...effects)]])
        }
      }
    }),
    { numRuns: 150 },
  )
})

const IDP_SUBSETS = Array.from({ length: 8 }, (_, bits) =>
  ['okta:a', 'okta:b', 'okta:c'].filter((_name, number) => (bits & (1 << number)) !== 0),
)

test('the difference of two states, expanded, is the cell by cell difference of the reference', () => {
  fc.assert(
    fc.property(worldPair, ([before, after]) => {
      const updated = accessSteps(compiled(before), compiled(after)).flatMap(cellsOf)
      expect(updated.toSorted()).toEqual(differingCells(before, after))
      const created = accessSteps(undefined, compiled(after)).flatMap(cellsOf)
      expect(created.toSorted()).toEqual(differingCells(undefined, after))
      const deleted = accessSteps(compiled(before), undefined).flatMap(cellsOf)
      expect(deleted.toSorted()).toEqual(differingCells(before, undefined))
    }),
    { numRuns: 300 },
  )
})

test('integrations that share what was read of two states say what each says alone', () => {
  fc.assert(
    fc.property(neighbours, ({ before, after, integrations: many, tables }) => {
      const [was, is] = [before, after].map(groups => groupResolver(name => groups.get(name)))
      const [earlier, later] = tables
      for (const made of many) {
        const sides = [
          { integration: made, operations: earlier, groups: before },
          { integration: made, operations: later, groups: before },
          { integration: made, operations: later, groups: after },
        ] as const
        const shared = [
          compile({ integration: made, operations: earlier, group: was!.lookup }, was),
          compile({ integration: made, operations: later, group: was!.lookup }, was),
          compile({ integration: made, operations: later, group: is!.lookup }, is),
        ] as const
        for (const [from, to] of [
          [0, 1],
          [1, 2],
          [0, 2],
          [2, 0],
        ] as const) {
          const alone = accessSteps(compiled(sides[from]), compiled(sides[to]))
          expect(accessSteps(shared[from], shared[to])).toEqual(alone)
        }
        expect(accessSteps(undefined, shared[2])).toEqual(accessSteps(undefined, compiled(sides[2])))
        expect(accessSteps(shared[0], undefined)).toEqual(accessSteps(compiled(sides[0]), undefined))
        expect(summarise(shared[2])).toEqual(summarise(compiled(sides[2])))
      }
    }),
    { numRuns: 100 },
  )
})

test('a set of people goes by the name of groups only if it is just these, whichever side one looks at', () => {
  fc.assert(
    fc.property(worldPair, ([before, after]) => {
      const called = accessSteps(compiled(before), compiled(after)).flatMap(({ who }) =>
        who.kind === 'people' && /^groups? g/.test(who.name) ? [who] : [],
      )
      // Beyond three, a name does not list all groups.
      for (const { name, people } of called.filter(({ name: text }) => !/ and \d+ others?$/.test(text))) {
        const [listed = '', without = '', others = ''] = name.split(/ without | and \d+ others?: /)
        const isBut = name.includes(' without ')
        const groups = listed.match(/\bg\d+/g) ?? []
        const exceptions = new Set(peopleIn(without + others))
        const declaring = [before, after].filter(side => groups.some(group => side.groups.has(group)))
        expect(declaring.length).toBeGreaterThan(0)
        for (const side of declaring) {
          const members = referenceMembers(side, groups)
          const meant = isBut ? members.filter(person => !exceptions.has(person)) : [...members, ...exceptions]
          expect([name, [...new Set(meant)].toSorted()]).toEqual([name, people])
        }
      }
    }),
    { numRuns: 300 },
  )
})

function peopleIn(text: string): readonly string[] {
  return text.split(/, | and /).filter(person => person !== '')
}

test('nothing differs from itself, and backwards is the opposite of forwards', () => {
  fc.assert(
    fc.property(worldPair, ([before, after]) => {
      expect(compareAccess(compiled(before), compiled(before))).toEqual([])
      const forwards = accessSteps(compiled(before), compiled(after)).map(step => cellsOf(step))
      const backwards = accessSteps(compiled(after), compiled(before)).map(step => cellsOf(opposite(step)))
      expect(new Set(backwards.flat())).toEqual(new Set(forwards.flat()))
    }),
    { numRuns: 150 },
  )
})

test('the same states give the same words in the same order, however the facts were read', () => {
  fc.assert(
    fc.property(worldPair, ([before, after]) => {
      const once = compareAccess(compiled(before), compiled(after))
      const shared = compiled(after)
      for (const group of [...after.groups.keys()].toReversed()) shared.groups.lookup(group)
      expect(compareAccess(compiled(before), shared)).toEqual(once)
      const ranks = once.map(step => EFFECTS.indexOf(step.after) > EFFECTS.indexOf(step.before))
      expect(ranks).toEqual(ranks.toSorted((a, b) => Number(b) - Number(a)))
    }),
    { numRuns: 100 },
  )
})

test('a summary counts what the reference says', () => {
  fc.assert(
    fc.property(world, facts => {
      const { operations, effects } = summarise(compiled(facts))
      expect(operations).toBe(facts.operations.length)
      const subjects: readonly Person[] = [
        ...everybody(),
        ...['acme.example', 'other.example', 'nobody.example'].map(company => stranger(company, [])),
        stranger(undefined, ['okta:a', 'okta:b', 'okta:c']),
      ]
      const best = facts.operations.map(operation =>
        Math.max(...subjects.map(person => EFFECTS.indexOf(referenceEffect(facts, person, operation)))),
      )
      const count = (effect: Effect): number => best.filter(each => EFFECTS[each] === effect).length
      expect(effects).toEqual({ allow: count('allow'), confirm: count('confirm'), deny: count('deny') })
    }),
    { numRuns: 150 },
  )
})

function differingCells(before: World | undefined, after: World | undefined): readonly string[] {
  const named = new Set([before, after].flatMap(facts => (facts === undefined ? [] : referenceNamed(facts))))
  const subjects = [
    ...[...named].map(id => ({ key: `people ${id}`, person: principal(id) })),
    ...companiesIn(before, after).map(name => ({ key: `company ${name}`, person: stranger(name, []) })),
    ...['okta:a', 'okta:b', 'okta:c'].map(name => ({ key: `idpGroup ${name}`, person: stranger(undefined, [name]) })),
  ]
  const [was = [], is = []] = [before, after].map(facts => (facts === undefined ? [] : referenceEndpoints(facts)))
  const places = [...new Set([...was, ...is])].map(endpoint => ({
    endpoint,
    was: before?.operations[was.indexOf(endpoint)],
    is: after?.operations[is.indexOf(endpoint)],
  }))
  const cells = subjects.flatMap(({ key, person }) =>
    places.flatMap(place => {
      const effects = [effectIn(before, person, place.was), effectIn(after, person, place.is)] as const
      return effects[0] === effects[1] ? [] : [`${key} ${place.endpoint} ${effects.join(' ')}`]
    }),
  )
  return cells.toSorted()
}

function effectIn(facts: World | undefined, person: Person, operation: Operation | undefined): Effect {
  return facts === undefined || operation === undefined ? 'deny' : referenceEffect(facts, person, operation)
}

function companiesIn(before: World | undefined, after: World | undefined): readonly string[] {
  const sides = [before, after].flatMap(facts => (facts === undefined ? [] : [facts.integration.spec]))
  return [
    ...new Set(
      sides.flatMap(({ access, permissions }) => [access, ...permissions].flatMap(each => each.companies ?? [])),
    ),
  ]
}

function cellsOf({ who, operations, before, after }: AccessStep): string[] {
  const keys = who.kind === 'people' ? who.people.map(id => `people ${id}`) : [`${who.kind} ${who.name}`]
  return keys.flatMap(key => operations.map(operation => `${key} ${operation.key} ${before} ${after}`))
}

function opposite(step: AccessStep): AccessStep {
  return { ...step, before: step.after, after: step.before }
}
