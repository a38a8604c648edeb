import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import { LOCK_FILE } from '../../model/lock.ts'
import { acceptanceKey, accepting } from '../../model/operation.ts'
import { nameIn } from '../describe.ts'
import { asService, editedServices, integrationsUsing, operationsOf, type OutsideInput, type Service } from './input.ts'
import { counted, finding, listed, type Edit, type Said } from './say.ts'

/** The findings about what services and lock files accept beside the operations that there are. */
export function acceptanceFindings(input: OutsideInput): readonly ResourceFinding[] {
  const said = [...editedServices(input).flatMap(edited => ofService(edited, input)), ...ahead(input)]
  return said.map(each => finding({ integrations: integrationsUsing(input, each.address), ...each }, input))
}

type Edited = ReturnType<typeof editedServices>[number]

const PATH = ['spec', 'acceptedOperations']

function ofService({ address, before, after }: Edited, input: OutsideInput): readonly Said[] {
  const [held, holds] = [holdsBack(before, input.before), holdsBack(after, input.after)]
  if (held && !holds) return listGone({ address, before, after }, input)
  const { acceptedOperations: was = [] } = before.spec
  const { acceptedOperations: is = [] } = after.spec
  if (!held) return after.spec.acceptedOperations === undefined ? [] : [listComes(address, is)]
  const added = unknown(is, [...was, ...acceptedIn(input.before, before)])
  const removed = unknown(was, [...is, ...acceptedIn(input.after, after)])
  return [
    ...(added.length === 0 ? [] : [inAdvance(address, added)]),
    ...(removed.length === 0 ? [] : [withdrawn(address, removed)]),
  ]
}

/** Whether operations that a service adds wait until accepted, as far as the service itself says. */
function holdsBack({ spec }: Service, world: OutsideInput['before']): boolean {
  return spec.acceptedOperations !== undefined || operationsOf(world, { spec }).some(({ isNew }) => isNew)
}

/** Where only the table told that a list is there, a lock file may have been what held operations back. */
function listGone({ address, before }: Edited, { guards }: OutsideInput): readonly Said[] {
  const isOwn = before.spec.acceptedOperations !== undefined
  if (!isOwn && guards.before.lock !== undefined) return []
  const isLocked = guards.after.lock?.has(address) === true
  const said: Said = {
    kind: isOwn ? 'acceptance-changed' : 'lock-changed',
    address,
    severity: isLocked ? 'low' : 'high',
    direction: isLocked ? 'unclear' : 'widens',
    summary: isLocked
      ? `service ${nameIn(address)} leaves it to ${LOCK_FILE} what is accepted`
      : `service ${nameIn(address)} no longer lists what is accepted: operations that it adds are covered by broad permissions at once`,
    before: 'lists what is accepted',
    after: isLocked ? LOCK_FILE : 'everything is accepted',
    facts: { isGone: true },
    edits: [{ side: 'before', address, path: PATH, edit: 'accepted operations removed' }],
  }
  return [said]
}

function listComes(address: Address, others: readonly string[]): Said {
  return {
    kind: 'acceptance-changed',
    address,
    severity: 'low',
    direction: 'narrows',
    summary: `service ${nameIn(address)} lists what is accepted: operations that it adds stay denied until somebody accepts them`,
    after: others.length === 0 ? 'lists what is accepted' : `accepts in advance: ${listed(others)}`,
    facts: { isGone: false, added: others },
    edits: [{ side: 'after', address, path: PATH, edit: 'accepted operations added' }],
  }
}

function inAdvance(address: Address, added: readonly string[]): Said {
  return {
    kind: 'acceptance-changed',
    address,
    severity: 'medium',
    direction: 'widens',
    summary: accepts(address, added),
    after: listed(added),
    facts: { added },
    edits: added.map(item => ({ side: 'after', address, path: PATH, item, edit: `${item} accepted` }) satisfies Edit),
  }
}

function accepts(address: Address, added: readonly string[]): string {
  const [are, they] = added.length === 1 ? ['is', 'it is'] : ['are', 'they are']
  return `${counted(added.length, 'operation')} of service ${nameIn(address)} ${are} accepted before ${they} there: ${listed(added)}`
}

function withdrawn(address: Address, removed: readonly string[]): Said {
  return {
    kind: 'acceptance-changed',
    address,
    severity: 'low',
    direction: 'narrows',
    summary: `service ${nameIn(address)} no longer accepts in advance: ${listed(removed)}`,
    before: listed(removed),
    facts: { removed },
    edits: removed.map(item => ({ side: 'before', address, path: PATH, item, edit: `${item} removed` }) satisfies Edit),
  }
}

/** Entries of lock files that were added, and that no operation of their service has. */
function ahead(input: OutsideInput): readonly Said[] {
  const [was, is] = [input.guards.before.lock, input.guards.after.lock]
  if (was === undefined || is === undefined) return []
  return [...is]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([address, keys]) => {
      const earlier = was.get(address) ?? []
      if (isDeepStrictEqual(earlier, keys)) return []
      const operations = operationsOf(input.after, asService(input.after.find(address))).map(acceptanceKey)
      const added = unknown(keys, [...earlier, ...operations])
      return added.length === 0 ? [] : [inLock(address, added)]
    })
}

function inLock(address: Address, added: readonly string[]): Said {
  const summary = `${LOCK_FILE}: ${accepts(address, added)}`
  return { ...inAdvance(address, added), kind: 'lock-changed', summary, edits: [] }
}

function acceptedIn(world: OutsideInput['before'], service: Service): readonly string[] {
  return operationsOf(world, service)
    .filter(({ isNew }) => isNew !== true)
    .map(acceptanceKey)
}

/** Entries that stand for nothing among others. */
function unknown(entries: readonly string[], others: readonly string[]): readonly string[] {
  const known = new Set(others.map(accepting))
  return entries.filter(entry => !known.has(accepting(entry)))
}
