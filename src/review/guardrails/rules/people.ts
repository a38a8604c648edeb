import { addBits, noBits, withoutBits, type Bits } from '../../../access/bits.ts'
import type { CompiledAccess } from '../../../access/compile.ts'
import type { Effects } from '../../../access/effects.ts'
import type { Principal } from '../../../model/effect.ts'
import type { GuardrailPeople, OperationSelection } from '../../../model/manifest.gen.ts'
import { judgeCells, type CellRule, type Looked } from '../cells.ts'
import type { Outcome } from '../breach.ts'
import { hasCompanies, isAmong, mayBeAmong, withGroups } from '../people.ts'
import { isAbout } from '../match.ts'
import { selectBits } from '../select.ts'
import type { Scope } from '../scene.ts'
import { allIdpGroups, type Subject } from '../subjects.ts'

/** What a rule about some people says of them. */
interface About {
  readonly who: GuardrailPeople | undefined
  readonly select: OperationSelection | undefined
  readonly effect: 'confirm' | 'allow' | undefined
  readonly ignoreUnknownMembers: boolean | undefined
}

/** The people of `who` can never call the selected operations. */
export function never(scope: Scope): Outcome {
  return judgeCells(scope, neverRule(aboutOf(scope)))
}

/** They are asked before each call. */
export function requireConfirmation(scope: Scope): Outcome {
  return judgeCells(scope, neverRule({ ...aboutOf(scope), effect: 'allow' }))
}

/** Nobody but them can call the selected operations. */
export function only(scope: Scope): Outcome {
  return judgeCells(scope, onlyRule(aboutOf(scope)))
}

/** What the parameters say of people and operations. */
export function aboutOf({ parameters }: Scope): About {
  const { who, select, effect, ignoreUnknownMembers } = parameters
  return { who, select, effect, ignoreUnknownMembers }
}

/** Whatever these people can do goes too far: certainly, and, unless that is ignored, because of unknown membership. */
export function neverRule({ who, select, effect, ignoreUnknownMembers }: About): CellRule {
  return {
    people: [who],
    condition: conditionOf(effect),
    certain: effect === 'allow' ? 1 : 2,
    beyond: (looked, subject) => {
      const selected = selectBits(looked.compiled.operations, select)
      const sets = (effects: Effects): readonly Bits[] => looked.standing.counted(effects, selected, effect)
      const certain = sets(certainEffects(looked, subject))
      if (ignoreUnknownMembers === true) return certain
      return [...certain, ...sets(possibleEffects(looked, subject))]
    },
  }
}

function certainEffects({ compiled, people, standing, nothing }: Looked, { person }: Subject): Effects {
  return isAmong(people[0], person) ? standing.effects(compiled, person) : nothing
}

/**
 * What these people can do at most, whichever groups of the identity provider they are in. More groups never take an
 * effect away, so that being in all of them is the worst case.
 */
function possibleEffects({ compiled, people, standing, nothing }: Looked, { kind, person }: Subject): Effects {
  const [named] = people
  if (kind === 'people' && isAmong(named, person)) {
    return standing.effects(compiled, withGroups(person, allIdpGroups(compiled)))
  }
  const isPossible = mayBeAmong(named, person) || (kind === 'idpGroup' && hasCompanies(named))
  return isPossible ? standing.effects(compiled, person) : nothing
}

/** Whatever others can do goes too far. Somebody whose membership is unknown is one of the others. */
export function onlyRule({ who, select, effect }: About): CellRule {
  return {
    people: [who],
    condition: conditionOf(effect),
    beyond: ({ compiled, people, standing, nothing }, { person }) => {
      const effects = isAmong(people[0], person) ? nothing : standing.effects(compiled, person)
      return standing.counted(effects, selectBits(compiled.operations, select), effect)
    },
  }
}

function conditionOf(effect: About['effect']): string {
  return effect === 'allow' ? ' without confirmation' : ''
}

/** No whole company can call a write without being asked. */
export function noUnconfirmedCompanyWrites(scope: Scope): Outcome {
  const select = { ...scope.parameters.select, writes: true }
  return judgeCells(scope, {
    people: [],
    condition: conditionOf('allow'),
    beyond: ({ compiled, standing, nothing }, { kind, person }) => {
      const effects = kind === 'company' ? standing.effects(compiled, person) : nothing
      return standing.counted(effects, selectBits(compiled.operations, select), 'allow')
    },
  })
}

/** Writes can be called only where a permission names them. */
export function namedWrites(scope: Scope): Outcome {
  const { effect = 'confirm' } = scope.parameters
  const select = { ...scope.parameters.select, writes: true }
  return judgeCells(scope, {
    people: [],
    condition: `${conditionOf(effect)} that no permission names`,
    beyond: (looked, { person }) => {
      const { compiled, standing } = looked
      const selected = selectBits(compiled.operations, select)
      const all = standing.counted(standing.effects(compiled, person), selected, effect)
      const named = standing.counted(standing.effects(withoutUnnamed(compiled, effect), person), selected, effect)
      return remembered(looked, [...all, ...named], () => all.map((bits, at) => withoutBits(bits, named[at]!)))
    },
  })
}

const narrowed = new WeakMap<CompiledAccess, Map<string, CompiledAccess>>()

/** The same access, with only those of its permissions that name what they give. */
function withoutUnnamed(compiled: CompiledAccess, effect: 'confirm' | 'allow'): CompiledAccess {
  let known = narrowed.get(compiled)
  if (known === undefined) narrowed.set(compiled, (known = new Map()))
  let made = known.get(effect)
  if (made === undefined) {
    const rules = compiled.rules.filter(
      rule =>
        rule.effect === 'deny' ||
        rule.permission.operations !== undefined ||
        (effect === 'allow' && rule.effect === 'confirm'),
    )
    known.set(effect, (made = { ...compiled, rules }))
  }
  return made
}

/** Nobody can call more than a ceiling gives them. */
export function ceiling(scope: Scope): Outcome {
  const entries = scope.parameters.ceiling ?? []
  return judgeCells(scope, {
    people: entries.map(({ who }) => who),
    condition: ' beyond the ceiling',
    beyond: (looked, { person }) => {
      const { compiled, standing } = looked
      const everything = selectBits(compiled.operations, undefined)
      const [any, unasked] = standing.counted(standing.effects(compiled, person), everything)
      const [callable, free] = ceilingFor(entries, looked, person)
      return remembered(looked, [any!, unasked!, callable!, free!], () => [
        withoutBits(any!, callable!),
        withoutBits(unasked!, free!),
      ])
    },
  })
}

/** What the entries give somebody at most: to be called at all, and without being asked. */
function ceilingFor(
  entries: NonNullable<Scope['parameters']['ceiling']>,
  { compiled, people, memory }: Looked,
  person: Principal,
): readonly Bits[] {
  const given = entries.filter((entry, index) => isAbout(entry, compiled.integration) && isAmong(people[index], person))
  const key = `ceiling ${given.map(entry => entries.indexOf(entry)).join(',')}`
  let room = memory.get(key)
  if (room === undefined) memory.set(key, (room = roomOf(given, compiled)))
  return room
}

function roomOf(given: NonNullable<Scope['parameters']['ceiling']>, compiled: CompiledAccess): readonly Bits[] {
  const [callable, free] = [noBits(compiled.operations.length), noBits(compiled.operations.length)]
  for (const entry of given) {
    const selected = selectBits(compiled.operations, entry.select)
    addBits(callable, selected)
    if (entry.effect === 'allow') addBits(free, selected)
  }
  return [callable, free]
}

/** What is made of some sets, once: people who stand alike get the same sets. */
function remembered({ memory, standing }: Looked, from: readonly Bits[], make: () => readonly Bits[]): readonly Bits[] {
  const key = from.map(standing.idOf).join(',')
  let made = memory.get(key)
  if (made === undefined) memory.set(key, (made = make()))
  return made
}
