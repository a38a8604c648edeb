import { compiler, type World } from '../../access/consequences.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import type { Address, Kind } from '../../model/address.ts'
import type { Finding, LineOf, SideName } from '../../model/finding.ts'
import type { Changed } from '../../model/review.ts'
import type { ResourceOf } from '../../model/state.ts'
import { isAbout, matchesIntegration, type Part } from './match.ts'
import { movesIn, worldAround, worldOfMoved, type Moves } from './moves.ts'
import { listed } from './unlisted.ts'

export type Guardrail = ResourceOf<'guardrail'>
export type Parameters = NonNullable<Guardrail['spec']['parameters']>

/** A change with everything that guardrails are judged by. */
export interface JudgeInput {
  readonly before: World
  readonly after: World
  readonly guardrails: { readonly before: readonly Guardrail[]; readonly after: readonly Guardrail[] }
  readonly changes: readonly Changed[]
  /** The integrations whose decisions the change may touch. */
  readonly affected: readonly Address[]
  readonly findings: readonly Finding[]
  /** All integrations of a namespace, for rules about several together. */
  readonly integrations: (side: SideName, namespace: string | undefined) => readonly Address[]
  /** `YYYY-MM-DD` */
  readonly asOf: string
  readonly lineOf: LineOf
}

/** One state, with compiled access that is made once for all guardrails. */
export interface Side {
  readonly name: SideName
  readonly world: World
  readonly compiled: (address: Address) => CompiledAccess | undefined
}

export const SIDES = ['before', 'after'] as const

/** What all guardrails of one change are judged over. */
export interface Scene {
  readonly input: JudgeInput
  readonly before: Side
  readonly after: Side
  /** Where integrations went that left their namespace: they are judged as if they were still there. */
  readonly moves: Moves
}

/** A change, made ready to be judged. */
export function sceneOf(input: JudgeInput): Scene {
  const moves = movesIn(input.changes)
  const compile = compiler(input.after)
  const after = sideOf('after', worldOfMoved(input.after, moves), address => {
    const to = moves.get(address)
    return to === undefined ? compile(address) : compiler(worldAround([address, to], input))(address)
  })
  return { input, before: sideOf('before', input.before, compiler(input.before)), after, moves }
}

/** Beyond so many integrations, compiled access is forgotten and made again when needed. */
const MAX_COMPILED = 3000

function sideOf(name: SideName, world: World, compile: Side['compiled']): Side {
  const known = new Map<Address, CompiledAccess | undefined>()
  return {
    name,
    world,
    compiled: address => {
      if (known.has(address)) return known.get(address)
      if (known.size >= MAX_COMPILED) known.clear()
      const compiled = listedOrNone(compile(address))
      known.set(address, compiled)
      return compiled
    },
  }
}

function listedOrNone(compiled: CompiledAccess | undefined): CompiledAccess | undefined {
  return compiled === undefined ? undefined : listed(compiled)
}

/** One guardrail in a scene: it sees its own namespace only, and of it the integrations that it matches. */
export interface Scope {
  readonly scene: Scene
  readonly guardrail: Guardrail
  readonly parameters: Parameters
}

const NO_PARAMETERS: Parameters = {}

/** A guardrail's view of a scene. */
export function scopeOf(scene: Scene, guardrail: Guardrail): Scope {
  return { scene, guardrail, parameters: guardrail.spec.parameters ?? NO_PARAMETERS }
}

/** The affected integrations of the guardrail's namespace, matched or not. */
export function affectedIn({ scene, guardrail }: Scope): readonly Address[] {
  return scene.input.affected.filter(address => isIn(address, guardrail.namespace))
}

function isIn(address: Address, namespace: string | undefined): boolean {
  return address.split('/', 2)[1] === namespace
}

/**
 * The integration on one side, if it is there and the guardrail is about it. One that it was about before the change it
 * is about after it as well: no change takes an integration out of its reach by what it writes.
 */
export function matched(scope: Scope, side: Side, address: Address): ResourceOf<'integration'> | undefined {
  const found = integrationIn(scope, side, address)
  if (found === undefined || isMatch(scope, found)) return found
  const was = side.name === 'after' ? integrationIn(scope, scope.scene.before, address) : undefined
  return was !== undefined && isMatch(scope, was) ? found : undefined
}

/** The same, if the guardrail is about what it says on that side itself. */
export function matchedByItself(scope: Scope, side: Side, address: Address): ResourceOf<'integration'> | undefined {
  const found = integrationIn(scope, side, address)
  return found !== undefined && isMatch(scope, found) ? found : undefined
}

function integrationIn(scope: Scope, side: Side, address: Address): ResourceOf<'integration'> | undefined {
  const found = side.world.find(address)
  return found?.kind === 'integration' && found.namespace === scope.guardrail.namespace ? found : undefined
}

function isMatch({ guardrail }: Scope, integration: ResourceOf<'integration'>): boolean {
  return matchesIntegration(guardrail.spec.match, integration)
}

/** Whether a part of a rule is about an integration, or was before the change. */
export function isAboutEver(scope: Scope, part: Part, integration: ResourceOf<'integration'>): boolean {
  const was = integrationIn(scope, scope.scene.before, integration.address)
  return isAbout(part, integration) || (was !== undefined && isAbout(part, was))
}

/** The compiled access of an integration on one side, if it is there and the guardrail is about it. */
export function matchedAccess(scope: Scope, side: Side, address: Address): CompiledAccess | undefined {
  return matched(scope, side, address) === undefined ? undefined : side.compiled(address)
}

/** All integrations of the guardrail's namespace on one side that it is about. */
export function allMatched(scope: Scope, side: Side): readonly ResourceOf<'integration'>[] {
  const { scene, guardrail } = scope
  const there = scene.input.integrations(side.name, guardrail.namespace)
  const gone =
    side.name === 'after' ? [...scene.moves.keys()].filter(address => isIn(address, guardrail.namespace)) : []
  return [...new Set([...there, ...gone])].flatMap(address => matched(scope, side, address) ?? [])
}

/** The changed resources of one kind in the guardrail's namespace. */
export function changedOf({ scene, guardrail }: Scope, kind: Kind): readonly Address[] {
  return scene.input.changes
    .filter(({ address }) => address.startsWith(`${kind}/`) && isIn(address, guardrail.namespace))
    .map(({ address }) => address)
}
