import type { Address } from '../../model/address.ts'
import type { ResourceFinding, ReviewedOperation } from '../../model/finding.ts'
import { isWrite } from '../../model/operation.ts'
import { selected, selectorIndex, SELECTORS, type Selector } from '../../model/selector.ts'
import { nameIn } from '../describe.ts'
import { endpoint, movedIn, newIn, renamedIn, revisedServices, type Revised } from '../services.ts'
import { integrationAt, integrationsUsing, operationsOf, serviceOf, usersOf, type OutsideInput } from './input.ts'
import { counted, finding, listed, type Edit, type Said } from './say.ts'

/** The findings about operations that are called otherwise, are somewhere else, are new, or are named in vain. */
export function operationFindings(input: OutsideInput): readonly ResourceFinding[] {
  return revisedServices(input).flatMap(revised =>
    [...renamed(revised), ...moved(revised), ...waiting(revised), ...deadSelectors(revised, input)].map(said =>
      finding({ integrations: integrationsUsing(input, revised.service), ...said }, input),
    ),
  )
}

function documentOf(address: Address, edit: string): readonly Edit[] {
  return [{ side: 'after', address, path: ['spec', 'openapi'], edit }]
}

function renamed({ service, operations }: Revised): readonly Said[] {
  const found = renamedIn(operations)
  if (found.length === 0) return []
  const names = found.map(({ before, after }) => `${before!.id} is now ${after!.id}`)
  return [
    {
      kind: 'operation-renamed',
      address: service,
      severity: 'low',
      direction: 'unclear',
      summary: `service ${nameIn(service)}: ${counted(found.length, 'operation')} under another name: ${listed(names)}`,
      before: listed(found.map(({ before }) => before!.id)),
      after: listed(found.map(({ after }) => after!.id)),
      facts: { renamed: found.map(({ key, before, after }) => [key, before!.id, after!.id]) },
      edits: documentOf(service, `${counted(found.length, 'operation')} renamed`),
    },
  ]
}

function moved({ service, operations }: Revised): readonly Said[] {
  const found = movedIn(operations)
  if (found.length === 0) return []
  const names = found.map(({ is }) => `${is.after!.id} is now ${endpoint(is.after!)}`)
  return [
    {
      kind: 'operation-moved',
      address: service,
      severity: found.some(({ was, is }) => isWrite(is.after!) && !isWrite(was.before!)) ? 'medium' : 'low',
      direction: 'unclear',
      summary: `service ${nameIn(service)}: ${counted(found.length, 'operation')} at another method or path: ${listed(names)}`,
      before: listed(found.map(({ was }) => endpoint(was.before!))),
      after: listed(found.map(({ is }) => endpoint(is.after!))),
      facts: { moved: found.map(({ was, is }) => [is.after!.id, was.key, is.key]) },
      edits: documentOf(service, `${counted(found.length, 'operation')} moved`),
    },
  ]
}

function waiting({ service, operations }: Revised): readonly Said[] {
  const found: readonly ReviewedOperation[] = newIn(operations)
  if (found.length === 0) return []
  const ids = found.map(({ after }) => after!.id)
  const writes = found.filter(({ after }) => isWrite(after!)).length
  const [are, stay] = found.length === 1 ? ['is', 'stays'] : ['are', 'stay']
  return [
    {
      kind: 'operations-new',
      address: service,
      severity: 'low',
      direction: 'unclear',
      summary: `service ${nameIn(service)}: ${counted(found.length, 'operation')} ${are} new and ${stay} denied until named or accepted: ${listed(ids)}`,
      after: `${counted(writes, 'write')}, ${counted(found.length - writes, 'read')}`,
      facts: { operations: found.map(({ key }) => key) },
      edits: documentOf(service, `${counted(found.length, 'operation')} added`),
    },
  ]
}

interface Dead {
  readonly selector: Selector
  readonly value: string
  readonly guards: boolean
  readonly edits: Edit[]
}

/** Entries of selectors that named something before, and name nothing any more; equal ones of many integrations together. */
function deadSelectors(revised: Revised, input: OutsideInput): readonly Said[] {
  const { service, before, after } = revised
  if (before === undefined) return []
  const [was, is] = [operationsOf(input.before, before), operationsOf(input.after, after)].map(selectorIndex)
  const isDead = remembered(
    (selector, value) => selected(was!, selector, value).length > 0 && selected(is!, selector, value).length === 0,
  )
  const dead = new Map<string, Dead>()
  for (const entry of entriesNaming(service, isDead, input)) {
    const { selector, value, guards, edit } = entry
    const key = JSON.stringify([selector, value, guards])
    const known = dead.get(key)
    if (known === undefined) dead.set(key, { selector, value, guards, edits: [edit] })
    else known.edits.push(edit)
  }
  return [...dead.values()].map(each => deadSelector(service, each))
}

interface Entry extends Omit<Dead, 'edits'> {
  readonly edit: Edit
}

type Asked = (selector: Selector, value: string) => boolean

/** Thousands of permissions have the same few entries. */
function remembered(ask: Asked): Asked {
  const answers = new Map<string, boolean>()
  return (selector, value) => {
    const key = `${selector} ${value}`
    const answer = answers.get(key) ?? ask(selector, value)
    answers.set(key, answer)
    return answer
  }
}

/** Every entry of a selector that names nothing any more, in the integrations that connect to a service on both sides. */
function entriesNaming(service: Address, isDead: Asked, input: OutsideInput): readonly Entry[] {
  return usersOf('integration', input.usedBy('after', service)).flatMap(address => {
    const [earlier, integration] = [integrationAt(input.before, address), integrationAt(input.after, address)]
    if (integration === undefined || earlier === undefined || serviceOf(input.before, earlier)?.address !== service)
      return []
    return integration.spec.permissions.flatMap((permission, index) =>
      SELECTORS.flatMap(selector =>
        (permission[selector] ?? []).filter(value => isDead(selector, value)).map(value => ({ selector, value })),
      ).map(({ selector, value }) => ({
        selector,
        value,
        guards: permission.effect !== 'allow',
        edit: {
          side: 'after',
          address,
          path: ['spec', 'permissions', index, selector],
          item: value,
          edit: `permission ${index + 1} names ${value}`,
        },
      })),
    )
  })
}

const NOUNS = { methods: 'method', operations: 'operation', tags: 'tag', paths: 'path' } as const satisfies Record<
  Selector,
  string
>

function deadSelector(service: Address, { selector, value, guards, edits }: Dead): Said {
  const integrations = usersOf(
    'integration',
    edits.map(({ address }) => address),
  )
  const lost = guards ? ', and so what it denied or let people confirm' : ''
  return {
    kind: 'selector-dead',
    address: integrations[0]!,
    severity: guards ? 'medium' : 'low',
    direction: 'unclear',
    integrations,
    summary: `${NOUNS[selector]} ${value} names nothing of service ${nameIn(service)} any more${lost}, on ${listed(integrations.map(nameIn))}`,
    before: `${NOUNS[selector]} ${value}`,
    after: 'nothing',
    facts: { service, selector, value, guards, integrations },
    edits,
  }
}
