import { TRANSITIONS } from './effects.ts'
import type { AccessStep } from './compare.ts'

/** As `TRANSITIONS`; then open sets and larger ones first; then by code unit of the names. */
export function inOrder(a: AccessStep, b: AccessStep): number {
  return (
    rank(a) - rank(b) ||
    size(b) - size(a) ||
    b.operations.length - a.operations.length ||
    byCodeUnit(a.who.name, b.who.name) ||
    byText(a, b)
  )
}

function rank({ before, after }: AccessStep): number {
  return TRANSITIONS.findIndex(step => step.before === before && step.after === after)
}

function size({ who }: AccessStep): number {
  return who.kind === 'people' ? who.people.length : Number.MAX_SAFE_INTEGER
}

/** Reached by few: other people of the same number may have the same first three, and so may other operations. */
function byText(a: AccessStep, b: AccessStep): number {
  return a.operations === b.operations && a.who === b.who ? 0 : byCodeUnit(textOf(a), textOf(b))
}

function textOf({ who, operations }: AccessStep): string {
  return JSON.stringify([who.kind, who.kind === 'people' ? who.people : [], operations.map(({ key }) => key)])
}

function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
