import { nearest } from '../../model/nearest.ts'
import { show } from '../openapi/fault.ts'
import { apply, applyInside, type Check, fault, type Run, type SettingsFault, type Slot, spend, trial } from './run.ts'
import type { Keyword, Site } from './site.ts'
import { isFields, subject } from './value.ts'

/** Keywords that apply other schemas (JSON Schema Core 2020-12, section 10), and those that depend on property names. */
export const APPLICATORS: Readonly<Record<string, Keyword>> = {
  properties: (argument, at) => {
    const slots = named(argument, at)
    at.check(
      members((name, value, run) => {
        const slot = slots.get(name)
        if (slot !== undefined) applyInside(slot, name, value, run)
      }),
    )
  },
  patternProperties: (argument, at) => {
    const slots = named(argument, at)
    const patterns = [...slots].map(([source, slot]) => ({ pattern: at.pattern(source, source), slot }))
    at.check(
      members((name, value, run) => {
        for (const { pattern, slot } of patterns)
          if (pattern?.test(name, run) === true) applyInside(slot, name, value, run)
      }),
    )
  },
  additionalProperties: (argument, at) => {
    const slot = at.sub(argument, [])
    const isKnown = knownNames(at)
    const names = Object.keys(isFields(at.schema['properties']) ? at.schema['properties'] : {})
    at.check(
      members((name, value, run) => {
        if (isKnown(name, run)) return
        if (argument === false) unknownSetting(name, names, run)
        else applyInside(slot, name, value, run)
      }),
    )
  },
  propertyNames: (argument, at) => {
    const slot = at.sub(argument, [])
    at.check(members((name, _, run) => applyInside(slot, name, name, run)))
  },
  required: (argument, at) => {
    const names = textList(argument, at)
    at.check((value, run) => missing(value, names, run))
  },
  dependentRequired: (argument, at) => {
    if (!isFields(argument)) return at.complain('must be an object')
    const lists = Object.entries(argument).map(([name, list]) => [name, textList(list, at)] as const)
    at.check((value, run) => {
      for (const [name, names] of lists) if (isFields(value) && Object.hasOwn(value, name)) missing(value, names, run)
    })
  },
  dependentSchemas: (argument, at) => {
    const slots = named(argument, at, 'same')
    at.check((value, run) => {
      for (const [name, slot] of slots) if (isFields(value) && Object.hasOwn(value, name)) apply(slot, value, run)
    })
  },
  items: (argument, at) => {
    const slot = at.sub(argument, [])
    const before = at.schema['prefixItems']
    const first = Array.isArray(before) ? before.length : 0
    at.check(
      items((index, value, run) => {
        if (index >= first) applyInside(slot, index, value, run)
      }),
    )
  },
  prefixItems: (argument, at) => {
    const slots = listed(argument, at)
    at.check(
      items((index, value, run) => {
        const slot = slots[index]
        if (slot !== undefined) applyInside(slot, index, value, run)
      }),
    )
  },
  allOf: (argument, at) => {
    const slots = listed(argument, at, 'same')
    at.check((value, run) => {
      for (const slot of slots) apply(slot, value, run)
    })
  },
  anyOf: (argument, at) => {
    const slots = listed(argument, at, 'same')
    at.check((value, run) => {
      const failures: (readonly SettingsFault[])[] = []
      for (const slot of slots) {
        const faults = trial(slot, value, run)
        if (faults.length === 0) return
        failures.push(faults)
      }
      noneFits(failures, run)
    })
  },
  oneOf: (argument, at) => {
    const slots = listed(argument, at, 'same')
    at.check((value, run) => {
      const results = slots.map(slot => trial(slot, value, run))
      const fitting = results.filter(faults => faults.length === 0).length
      if (fitting === 0) noneFits(results, run)
      if (fitting > 1)
        fault(run, () => ({ message: `${subject(run.path)} fits ${fitting} of the forms that exclude each other` }))
    })
  },
  not: (argument, at) => {
    const slot = at.sub(argument, [], 'same')
    at.check((value, run) => {
      if (trial(slot, value, run).length > 0) return
      fault(run, () => ({ message: `${subject(run.path)} has a form that is excluded` }))
    })
  },
  if: (argument, at) => {
    const condition = at.sub(argument, [], 'same')
    const then = at.neighbour('then')
    const otherwise = at.neighbour('else')
    at.check((value, run) => {
      const branch = trial(condition, value, run).length === 0 ? then : otherwise
      if (branch !== undefined) apply(branch, value, run)
    })
  },
  $ref: (argument, at) => {
    if (typeof argument !== 'string') return at.complain('must be text')
    at.refer(argument)
  },
  $defs: (argument, at) => void named(argument, at),
  definitions: (argument, at) => void named(argument, at),
}

/** `then` and `else`: without `if` these two say nothing, but are schemas all the same; with it, `if` has compiled them. */
export function besideIf(argument: unknown, at: Site): void {
  if (!Object.hasOwn(at.schema, 'if')) at.sub(argument, [])
}

function named(argument: unknown, at: Site, same?: 'same'): Map<string, Slot> {
  if (isFields(argument))
    return new Map(Object.keys(argument).map(name => [name, at.sub(argument[name], [name], same)]))
  at.complain('must be an object of schemas')
  return new Map()
}

function listed(argument: unknown, at: Site, same?: 'same'): Slot[] {
  if (Array.isArray(argument) && argument.length > 0)
    return argument.map((schema, index) => at.sub(schema, [index], same))
  at.complain('must be a list of schemas')
  return []
}

function textList(argument: unknown, at: Site): string[] {
  const texts = Array.isArray(argument) ? argument.filter(item => typeof item === 'string') : []
  if (!Array.isArray(argument) || texts.length < argument.length) at.complain('must be a list of names')
  return texts
}

function members(each: (name: string, value: unknown, run: Run) => void): Check {
  return (value, run) => {
    if (!isFields(value)) return
    for (const [name, member] of Object.entries(value)) {
      spend(run, 1)
      each(name, member, run)
    }
  }
}

function items(each: (index: number, value: unknown, run: Run) => void): Check {
  return (value, run) => {
    if (!Array.isArray(value)) return
    for (const [index, item] of value.entries()) {
      spend(run, 1)
      each(index, item, run)
    }
  }
}

function missing(value: unknown, names: readonly string[], run: Run): void {
  if (!isFields(value)) return
  spend(run, names.length)
  for (const name of names) {
    if (Object.hasOwn(value, name)) continue
    fault(run, () => ({ message: `${subject([...run.path, name])} is missing`, cure: 'Add it.' }))
  }
}

/** The names that `properties` and `patternProperties` beside it speak for. */
function knownNames(at: Site): (name: string, run: Run) => boolean {
  const { properties, patternProperties } = at.schema
  const patterns = isFields(patternProperties) ? Object.keys(patternProperties).map(source => at.pattern(source)) : []
  return (name, run) => {
    if (isFields(properties) && Object.hasOwn(properties, name)) return true
    return patterns.some(pattern => pattern?.test(name, run) === true)
  }
}

function unknownSetting(name: string, names: readonly string[], run: Run): void {
  fault(run, () => {
    // Comparing names is the dearest thing here: a thousand unknown ones are not worth it.
    spend(run, 10 * names.length)
    const near = nearest(name, names)
    const known = names.length === 0 ? 'Remove it.' : `Known are ${names.slice(0, 10).map(show).join(', ')}.`
    const cure = near === undefined ? known : `Did you mean ${show(near)}?`
    return { message: `${subject([...run.path, name])} is not a known setting`, cure, member: name, key: true }
  })
}

/** Says what is missing for the form that was most likely meant: the one whose complaints lie deepest. */
function noneFits(failures: readonly (readonly SettingsFault[])[], run: Run): void {
  const [best] = failures.toSorted((a, b) => depth(b) - depth(a) || a.length - b.length)
  const wanted = best?.[0]?.message
  fault(run, () => ({
    message: `${subject(run.path)} fits none of the ${failures.length} forms it may have`,
    ...(wanted !== undefined && { cure: `The nearest form says: ${wanted}.` }),
  }))
}

function depth(faults: readonly SettingsFault[]): number {
  return Math.max(...faults.slice(0, 10).map(({ path }) => path.length))
}
