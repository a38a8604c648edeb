import { isDeepStrictEqual } from 'node:util'
import type { FieldChange } from '../model/plan.ts'

/**
 * The fields in which two JSON values differ, by JSON Pointer below `path` (RFC 6901), in document order. A list of plain
 * values is one field; in a list of objects, equal ends are set aside and the rest is compared item by item.
 */
export function fieldChanges(before: unknown, after: unknown, path = ''): readonly FieldChange[] {
  if (before === after) return []
  if (isRecord(before) && isRecord(after)) return recordChanges(before, after, path)
  if (isObjects(before) && isObjects(after)) return listChanges(before, after, path)
  if (isDeepStrictEqual(before, after)) return []
  return [{ path, ...(before !== undefined && { before }), ...(after !== undefined && { after }) }]
}

type Fields = Readonly<Record<string, unknown>>

function recordChanges(before: Fields, after: Fields, path: string): readonly FieldChange[] {
  const keys = new Set([...Object.keys(before), ...Object.keys(after)])
  return [...keys].flatMap(key => fieldChanges(own(before, key), own(after, key), `${path}/${escaped(key)}`))
}

/** A key may be called like something that every object inherits. */
function own(fields: Fields, key: string): unknown {
  return Object.hasOwn(fields, key) ? fields[key] : undefined
}

function listChanges(before: readonly Fields[], after: readonly Fields[], path: string): readonly FieldChange[] {
  let start = 0
  const shorter = Math.min(before.length, after.length)
  while (start < shorter && isDeepStrictEqual(before[start], after[start])) start++
  let end = 0
  while (end < shorter - start && isDeepStrictEqual(before.at(-1 - end), after.at(-1 - end))) end++
  const longer = Math.max(before.length, after.length) - end
  const changes: FieldChange[] = []
  for (let index = start; index < longer; index++) {
    const old = index < before.length - end ? before[index] : undefined
    const now = index < after.length - end ? after[index] : undefined
    changes.push(...fieldChanges(old, now, `${path}/${index}`))
  }
  return changes
}

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isObjects(value: unknown): value is readonly Fields[] {
  return Array.isArray(value) && value.some(isRecord)
}

function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1')
}
