import type {
  CeilingEntry,
  DutySpec,
  GuardrailParameters,
  GuardrailPeople,
  OperationSelection,
  WaiverSpec,
} from '../model/manifest.gen.ts'
import type { ManifestOf } from '../model/manifest.ts'
import type { ResourceSpecs } from '../model/state.ts'
import { declared, people, set } from './sets.ts'

/** A guardrail in its normal form. Expressions stay as they are written: only their own language says when two mean the same. */
export function normalGuardrail({ spec }: ManifestOf<'guardrail'>): ResourceSpecs['guardrail'] {
  const { over, match, parameters, ...rest } = declared(spec)
  return {
    ...rest,
    ...(over === 'change' && { over }),
    ...(match && { match: sets(match, ['integrations', 'services']) }),
    ...(parameters && { parameters: normalParameters(parameters) }),
    actions: spec.actions === undefined ? ['Deny'] : set(spec.actions),
    failurePolicy: spec.failurePolicy ?? 'Fail',
    waivers: (spec.waivers ?? []).map(waiver),
  }
}

function normalParameters(parameters: GuardrailParameters): GuardrailParameters {
  const { who, select, ceiling, one, other } = parameters
  return {
    ...sets(parameters, ['groups', 'classes', 'terms', 'hosts']),
    ...(who && { who: principals(who) }),
    ...(select && { select: selection(select) }),
    ...(ceiling && { ceiling: ceiling.map(entry) }),
    ...(one && { one: duty(one) }),
    ...(other && { other: duty(other) }),
  }
}

function entry(spec: CeilingEntry): CeilingEntry {
  return { ...duty(spec), ...(spec.who && { who: principals(spec.who) }) }
}

function duty<T extends DutySpec>(spec: T): T {
  return { ...sets(spec, ['integrations', 'services']), ...(spec.select && { select: selection(spec.select) }) }
}

function selection(spec: OperationSelection): OperationSelection {
  return sets(spec, ['methods', 'operations', 'tags', 'paths'])
}

function principals(spec: GuardrailPeople): GuardrailPeople {
  return {
    ...sets(spec, ['groups', 'companies', 'idpGroups']),
    ...(spec.individuals && { individuals: people(spec.individuals) }),
  }
}

function waiver(spec: WaiverSpec): WaiverSpec {
  return sets(spec, ['integrations', 'fingerprints'])
}

/** The same with these lists as sets, where they are given. */
function sets<T extends object, K extends keyof T>(
  spec: T & { readonly [P in K]?: readonly string[] },
  names: readonly K[],
): T {
  const given = names.filter(name => spec[name] !== undefined)
  return { ...spec, ...Object.fromEntries(given.map(name => [name, set(spec[name])])) }
}
