import { addressOf, type Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { ResourceOf } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { isOf, type OutsideInput } from './input.ts'
import { finding, listed, without, type Said } from './say.ts'

type Consumer = ResourceOf<'consumer'>

/** The findings about which assistants and flows use which integrations. */
export function consumerFindings(input: OutsideInput): readonly ResourceFinding[] {
  return input.changes.flatMap(({ address, before, after }) => {
    const was = isOf(before, 'consumer') ? before : undefined
    const is = isOf(after, 'consumer') ? after : undefined
    if (was === undefined && is === undefined) return []
    return [gained(address, was, is), lost(address, was, is), becomes(address, was, is)].flatMap(said =>
      said === undefined ? [] : finding(said, input),
    )
  })
}

function gained(address: Address, was: Consumer | undefined, is: Consumer | undefined): Said | undefined {
  if (is === undefined) return undefined
  const names = without(is.spec.integrations, was?.spec.integrations ?? [])
  if (was !== undefined && names.length === 0) return undefined
  return {
    kind: 'consumer-changed',
    address,
    severity: names.length > 0 ? 'medium' : 'low',
    direction: names.length > 0 ? 'widens' : 'unclear',
    integrations: names.map(name => addressOf('integration', is.namespace, name)),
    summary:
      names.length === 0
        ? `${is.spec.type} ${nameIn(address)} is new, and uses nothing`
        : `${is.spec.type} ${nameIn(address)} ${was === undefined ? 'is new, and uses' : 'now uses'} ${listed(names)}`,
    before: was && listed(was.spec.integrations),
    after: listed(is.spec.integrations),
    facts: { gained: names, isNew: was === undefined },
    edits:
      was === undefined
        ? [{ side: 'after', address, path: [], edit: 'consumer created' }]
        : names.map(item => ({ side: 'after', address, path: PATH, item, edit: `integration ${item} added` })),
  }
}

const PATH = ['spec', 'integrations']

function lost(address: Address, was: Consumer | undefined, is: Consumer | undefined): Said | undefined {
  if (was === undefined) return undefined
  const names = without(was.spec.integrations, is?.spec.integrations ?? [])
  if (is !== undefined && names.length === 0) return undefined
  return {
    kind: 'consumer-changed',
    address,
    severity: 'low',
    direction: 'narrows',
    integrations: names.map(name => addressOf('integration', was.namespace, name)),
    summary:
      is === undefined
        ? `${was.spec.type} ${nameIn(address)} is deleted${names.length === 0 ? '' : `, which used ${listed(names)}`}`
        : `${was.spec.type} ${nameIn(address)} no longer uses ${listed(names)}`,
    before: listed(was.spec.integrations),
    after: is && listed(is.spec.integrations),
    facts: { lost: names, isGone: is === undefined },
    edits:
      is === undefined
        ? [{ side: 'before', address, path: [], edit: 'consumer deleted' }]
        : names.map(item => ({ side: 'before', address, path: PATH, item, edit: `integration ${item} removed` })),
  }
}

/** Another type or owner: who is behind the calls of its people. */
function becomes(address: Address, was: Consumer | undefined, is: Consumer | undefined): Said | undefined {
  if (was === undefined || is === undefined) return undefined
  const [before, after] = [was, is].map(({ spec }) => `${spec.type} of ${spec.owner ?? 'nobody'}`)
  if (before === after) return undefined
  return {
    kind: 'consumer-changed',
    address,
    severity: 'low',
    direction: 'unclear',
    integrations: is.spec.integrations.map(name => addressOf('integration', is.namespace, name)),
    summary: `consumer ${nameIn(address)} is the ${after} now`,
    before,
    after,
    facts: { before, after },
    edits: [
      {
        side: 'after',
        address,
        path: ['spec', was.spec.type === is.spec.type ? 'owner' : 'type'],
        edit: `${before} → ${after}`,
      },
    ],
  }
}
