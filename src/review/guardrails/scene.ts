import { compiler, type World } from '../../access/consequences.ts'
import type { CompiledAccess } from '../../access/compile.ts'
import type { Address, Kind } from '../../model/address.ts'
import type { Finding, LineOf, SideName } from '../../model/finding.ts'
import type { Changed } from '../../model/review.ts'
import type { ResourceOf } from '../../model/state.ts'
import { listed } from './unlisted.ts'
import { matchesIntegration } from './match.ts'

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
}

/** A change, made ready to be judged. */
export function sceneOf(input: JudgeInput): Scene {
  return { input, before: sideOf('before', input.before), after: sideOf('after', input.after) }
}

/** Beyond so many integrations, compiled access is forgotten and made again when needed. */
const MAX_COMPILED = 3000

function sideOf(name: SideName, world: World): Side {
  const compile = compiler(world)
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

/** The integration on one side, if it is there and the guardrail is about it. */
export function matched(scope: Scope, side: Side, address: Address): ResourceOf<'integration'> | undefined {
  const found = side.world.find(address)
  if (found?.kind !== 'integration' || found.namespace !== scope.guardrail.namespace) return undefined
  return matchesIntegration(scope.guardrail.spec.match, found) ? found : undefined
}

/** The compiled access of an integration on one side, if it is there and the guardrail is about it. */
export function matchedAccess(scope: Scope, side: Side, address: Address): CompiledAccess | undefined {
  return matched(scope, side, address) === undefined ? undefined : side.compiled(address)
}

/** All integrations of the guardrail's namespace on one side that it is about. */
export function allMatched(scope: Scope, side: Side): readonly ResourceOf<'integration'>[] {
  const { scene, guardrail } = scope
  const addresses = scene.input.integrations(side.name, guardrail.namespace)
  return addresses.flatMap(address => matched(scope, side, address) ?? [])
}

/** The changed resources of one kind in the guardrail's namespace. */
export function changedOf({ scene, guardrail }: Scope, kind: Kind): readonly Address[] {
  return scene.input.changes
    .filter(({ address }) => address.startsWith(`${kind}/`) && isIn(address, guardrail.namespace))
    .map(({ address }) => address)
}
