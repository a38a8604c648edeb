import { compile } from '../../access/compile.ts'
import { effectOf } from '../../access/decide.ts'
import { groupResolver, type GroupLookup } from '../../access/groups.ts'
import { inForce } from '../../access/in-force.ts'
import type { Effect, Principal } from '../../model/effect.ts'
import type { Operation } from '../../model/operation.ts'
import { serviceAddress } from '../../model/references.ts'
import type { Permission, ResourceOf } from '../../model/state.ts'
import { pick, pickAll, type Made } from './edits.ts'
import { pickGroup } from './groups.ts'
import { pickAccess } from './integration.ts'
import { slotsOf, type Namespace } from './namespace.ts'
import { pickOperation } from './operation.ts'
import type { Scope } from './scope.ts'
import { isPartOf } from './subject.ts'

/** The side after the change, whole. */
export const everything: Made = () => true

/** The effect for one person on the operations of a scope in a world where only some edits are made. */
export function effectIn(scope: Scope, person: Principal, chosen: Made, asOf = scope.subject.namespace.asOf): Effect {
  const { slots } = scope.subject
  const made: Made = edit => chosen(slots.whole.edit !== undefined && isPartOf(slots, edit) ? slots.whole.edit : edit)
  const integration = pickIntegration(scope, made)
  const operation = integration === undefined ? undefined : operationFor(integration, scope, made)
  if (integration === undefined || operation === undefined) return 'deny'
  const group = lookup(scope.subject.namespace, person.id, { made, asOf })
  const compiled = compile({ integration, operations: alone(operation), group }, groupResolver(group))
  return effectOf(compiled, person, 0)
}

/** The integration with no other permissions than those that bear on the operation. */
function pickIntegration(
  { subject: { slots }, permissions }: Scope,
  made: Made,
): ResourceOf<'integration'> | undefined {
  const integration = pick(slots.whole, made)
  if (integration === undefined) return undefined
  const { spec } = integration
  const picked: readonly Permission[] = pickAll(permissions, made)
  return {
    ...integration,
    spec: {
      ...spec,
      enabled: pick(slots.enabled, made) ?? spec.enabled,
      service: pick(slots.service, made) ?? spec.service,
      access: pickAccess(slots.access, made) ?? spec.access,
      permissions: picked,
    },
  }
}

function operationFor(
  { spec, namespace }: ResourceOf<'integration'>,
  { slots }: Scope,
  made: Made,
): Operation | undefined {
  const address = serviceAddress(spec.service, namespace)
  const found = slots.find(({ service }) => service.address === address)
  return found && pickOperation(found.operation, made)
}

function lookup(
  namespace: Namespace,
  person: string,
  { made, asOf }: { readonly made: Made; readonly asOf: string | undefined },
): GroupLookup {
  return name => {
    const group = pickGroup(slotsOf(namespace, name), person, made)
    return group && inForce(group, asOf)
  }
}

const tables = new WeakMap<Operation, readonly Operation[]>()

/** A table of one operation: the same array for the same operation, so that its index is made once. */
function alone(operation: Operation): readonly Operation[] {
  let table = tables.get(operation)
  if (table === undefined) tables.set(operation, (table = [operation]))
  return table
}
