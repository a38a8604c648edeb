import { isWhole } from './compose.ts'
import type { Found } from './findings.ts'
import { asMap, field } from './schema.ts'
import { shownPath } from './shown.ts'

type Map = Readonly<Record<string, unknown>>

/** The list of each level of access: in `access` it names who has access, in a permission it narrows it. */
const LISTS = { company: 'companies', group: 'groups', individual: 'individuals' } as const
type Level = keyof typeof LISTS
const LEVELS: readonly Level[] = ['company', 'group', 'individual']

const SELECTORS = ['methods', 'operations', 'tags', 'paths']

/** What an integration says of its access and permissions in itself: one level, and at least one selector each. */
export function checkAccess(spec: Map, found: Found): void {
  const access = asMap(field(spec, 'access'))
  const level = access === undefined ? undefined : levelOf(access)
  if (access !== undefined && level !== undefined) checkMembers(access, level, found)
  const permissions = field(spec, 'permissions')
  if (!Array.isArray(permissions)) return
  for (const [index, item] of permissions.entries()) {
    const permission = asMap(item)
    if (permission === undefined) continue
    checkSelectors(permission, index, found)
    if (level !== undefined) checkNarrowing(permission, { index, level }, found)
  }
}

function levelOf(access: Map): Level | undefined {
  return LEVELS.find(level => level === field(access, 'level'))
}

function foreignLists(map: Map, level: Level): Level[] {
  return LEVELS.filter(other => other !== level && Object.hasOwn(map, LISTS[other]))
}

function checkMembers(access: Map, level: Level, found: Found): void {
  const foreign = foreignLists(access, level)
  const own = LISTS[level]
  for (const other of foreign) {
    const list = LISTS[other]
    const keep = Object.hasOwn(access, own) ? `Keep ${own} here` : `Write level: ${other}, or list ${own} instead`
    found(() => ({
      code: 'access-level-mixed',
      message: `access has level ${level} and lists ${list}; one integration has one level`,
      cure: `${keep}; for access on both levels create a second integration on the same service.`,
      path: ['spec', 'access', list],
      key: true,
    }))
  }
  if (foreign.length > 0 || Object.hasOwn(access, own) || !isWhole(access)) return
  found(() => ({
    code: 'access-members-missing',
    message: `access has level ${level} and lists no ${own}`,
    cure: `Add "${own}" with one or more entries.`,
    path: ['spec', 'access', own],
    key: true,
  }))
}

function checkSelectors(permission: Map, index: number, found: Found): void {
  if (!isWhole(permission) || SELECTORS.some(name => Object.hasOwn(permission, name))) return
  const path = ['spec', 'permissions', index]
  found(() => ({
    code: 'permission-without-selector',
    message: `${shownPath(path)} selects no operations`,
    cure: 'Add methods, operations, tags or paths; paths: ["/**"] selects everything.',
    path,
  }))
}

function checkNarrowing(permission: Map, at: { readonly index: number; readonly level: Level }, found: Found): void {
  const { index, level } = at
  for (const other of foreignLists(permission, level)) {
    const list = LISTS[other]
    found(() => ({
      code: 'narrowing-level-mixed',
      message: `spec.permissions[${index}] is narrowed to ${list}, but access has level ${level}`,
      cure: `Narrow it to ${LISTS[level]} of the access, or create a second integration for access by ${other}.`,
      path: ['spec', 'permissions', index, list],
      key: true,
    }))
  }
}
