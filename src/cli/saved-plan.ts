import { readFileSync } from 'node:fs'
import { WorldError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'
import { UsageError } from './exit.ts'
import type { PlanFlags } from './plan-options.ts'
import { FORMAT_VERSION, planJson } from './view/plan-json.ts'
import { toJson } from './view/json.ts'

/** The flags that decide what a plan does; `apply PLAN` uses those that were saved. */
const SHAPING = [
  'prune',
  'replace',
  'adopt',
  'acceptOlder',
  'force',
  'maxDeletes',
  'maxDeletePercent',
  'allowEmpty',
  'namespace',
  'selector',
] as const

type Shaping = Pick<PlanFlags, (typeof SHAPING)[number]>

/** What a saved plan has to say for an apply to recognise it. */
export interface SavedPlan {
  readonly digest: string
  readonly owner: string
  readonly verified: boolean
  readonly flags: Shaping
}

/** A plan as a file: what `-o json` shows and the flags that shaped it. It holds no secret. */
export function savedPlan(plan: Plan, flags: PlanFlags): string {
  return toJson({ ...planJson(plan, []), flags: Object.fromEntries(SHAPING.map(name => [name, flags[name]])) })
}

/** Reads a saved plan. Throws `WorldError` for a file that cannot be read, or that is none. */
export function readSavedPlan(file: string): SavedPlan {
  let parsed: unknown
  try {
    parsed = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw new WorldError('plan-unreadable', `"${file}" cannot be read as a saved plan`, {
      cure: 'Save one with `tenon plan --out FILE`.',
      cause,
    })
  }
  if (isSavedPlan(parsed)) return parsed
  throw new WorldError('plan-unreadable', `"${file}" is not a plan of this version of Tenon`, {
    cure: 'Save it again with `tenon plan --out FILE`.',
  })
}

function isSavedPlan(value: unknown): value is SavedPlan {
  if (typeof value !== 'object' || value === null) return false
  const { formatVersion, digest, owner, verified, flags } = value as Record<string, unknown>
  const isWhole = formatVersion === FORMAT_VERSION && typeof digest === 'string' && typeof verified === 'boolean'
  return isWhole && typeof owner === 'string' && typeof flags === 'object' && flags !== null && areFlags(flags)
}

/** A file may say anything: each flag has to be of the type that the command line would have given it. */
const IS: Readonly<Record<(typeof SHAPING)[number], (value: unknown) => boolean>> = {
  prune: isSwitch,
  allowEmpty: isSwitch,
  replace: isTexts,
  adopt: isTexts,
  acceptOlder: isTexts,
  namespace: isTexts,
  force: value => isTexts(value) && value.every(rule => rule === 'in-use' || rule === 'last-member'),
  maxDeletes: isCount,
  maxDeletePercent: isCount,
  selector: value => value === undefined || typeof value === 'string',
}

function areFlags(flags: object): boolean {
  return SHAPING.every(name => IS[name]((flags as Record<string, unknown>)[name]))
}

function isSwitch(value: unknown): boolean {
  return typeof value === 'boolean'
}

function isTexts(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every(item => typeof item === 'string')
}

function isCount(value: unknown): boolean {
  return value === undefined || (Number.isInteger(value) && Number(value) >= 0)
}

/** The flags of an apply with those of the saved plan. Throws `UsageError` where the caller asks for something else. */
export function withSavedFlags<T extends PlanFlags>(given: T, saved: SavedPlan): T {
  for (const name of SHAPING) {
    const [asked, planned] = [given[name], saved.flags[name]]
    if (isUnset(asked) || JSON.stringify(asked) === JSON.stringify(planned)) continue
    throw new UsageError(
      `--${name.replaceAll(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)} contradicts the saved plan, which was made without it`,
    )
  }
  if (given.owner !== undefined && given.owner !== saved.owner) {
    throw new UsageError(`--owner is "${given.owner}", and the saved plan was made for "${saved.owner}"`)
  }
  // Only what shapes a plan: a plan file says neither which store to write nor with which key, nor who applies.
  const shaping = Object.fromEntries(SHAPING.map(name => [name, saved.flags[name]]))
  return { ...given, ...shaping, owner: saved.owner }
}

function isUnset(value: unknown): boolean {
  return value === undefined || value === false || (Array.isArray(value) && value.length === 0)
}
