import type { Operation } from '../model/operation.ts'
import { reached, selectorIndex } from '../model/selector.ts'
import type { Permission, ResourceOf } from '../model/state.ts'
import { audience, type Audience } from './audience.ts'
import { bitsOf, type Bits } from './bits.ts'
import { groupResolver, type GroupLookup, type GroupResolver } from './groups.ts'
import type { Rule } from './rule.ts'

/** All that decisions about one integration depend on. */
export interface AccessFacts {
  readonly integration: ResourceOf<'integration'>
  /** The operation table of its service. Hand the same array to integrations of one service: they share its index. */
  readonly operations: readonly Operation[]
  /** The AccessGroups of the integration's namespace. */
  readonly group: GroupLookup
}

/** An integration ready for decisions. */
export interface CompiledAccess {
  readonly integration: ResourceOf<'integration'>
  readonly operations: readonly Operation[]
  readonly groups: GroupResolver
  readonly access: Audience
  /** In the order of the permissions. */
  readonly rules: readonly Rule[]
}

const NOBODY: Audience = { companies: [], individuals: new Set(), groups: [] }

/**
 * Prepares one integration for decisions. Where many integrations of one namespace are compiled from one state, a
 * shared `groups` resolver reads each group once; without it, every call reads the groups that it needs.
 */
export function compile(facts: AccessFacts, groups: GroupResolver = groupResolver(facts.group)): CompiledAccess {
  const { integration, operations } = facts
  const { access, permissions } = integration.spec
  return {
    integration,
    operations,
    groups,
    access: audience(access, groups) ?? NOBODY,
    rules: permissions.map(permission => ({
      effect: permission.effect,
      operations: operationBits(operations, permission),
      narrowing: audience(permission, groups),
      permission,
    })),
  }
}

// Selections are shared by permissions of equal text, and so are their bits.
const bitsOfSelection = new WeakMap<readonly number[], Bits>()

function operationBits(operations: readonly Operation[], permission: Permission): Bits {
  const positions = reached(selectorIndex(operations), permission)
  const known = bitsOfSelection.get(positions)
  if (known !== undefined) return known
  const bits = bitsOf(positions, operations.length)
  bitsOfSelection.set(positions, bits)
  return bits
}
