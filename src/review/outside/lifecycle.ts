import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { AccessSpec } from '../../model/manifest.gen.ts'
import type { Changed } from '../../model/review.ts'
import type { ResourceOf } from '../../model/state.ts'
import { nameIn } from '../describe.ts'
import { substanceDigest } from '../substance.ts'
import { credentialsOf, edited, isOf, usersOf, type OutsideInput } from './input.ts'
import { sentTo } from './places.ts'
import { called, finding, listed, type Said } from './say.ts'

type Integration = ResourceOf<'integration'>

/** The findings about what comes, what goes, and what is made anew, each with what uses it. */
export function lifecycleFindings(input: OutsideInput): readonly ResourceFinding[] {
  return [
    ...input.changes.flatMap(change => created(change, input) ?? deleted(change, input) ?? []),
    ...edited(input, 'integration').flatMap(({ before, after }) => replaced(before, after, input) ?? []),
  ]
}

function created({ address, before, after }: Changed, input: OutsideInput): ResourceFinding | undefined {
  if (before !== undefined || !isOf(after, 'integration')) return undefined
  const credentials = credentialsOf(input.after, after)
  const places = [undefined, ...credentials].flatMap(credential => sentTo(input.after, after, credential))
  const hosts = [...new Set(places.map(({ host }) => host))].toSorted()
  const admins = credentials.filter(({ spec }) => spec.account?.adminLevel === true)
  const names = after.spec.credentials
  return finding(
    {
      kind: 'integration-created',
      address,
      severity: admins.length > 0 ? 'high' : 'low',
      direction: 'unclear',
      integrations: [address],
      summary: `integration ${nameIn(address)} is new: ${keys(names, admins.length > 0)}, to ${listed(hosts, 'no known host')}`,
      after: `for ${audience(after.spec.access)}`,
      facts: {
        credentials: names,
        hosts,
        administrators: admins.map(({ name }) => name),
        service: after.spec.service,
        spec: substanceDigest(after),
      },
      edits: [{ side: 'after', address, path: [], edit: 'integration created' }],
    },
    input,
  )
}

function keys(names: readonly string[], hasAdministrator: boolean): string {
  if (names.length === 0) return 'it signs in with nothing'
  return `it signs in with ${listed(names)}${hasAdministrator ? ', with administrator rights' : ''}`
}

/** An integration, or anything else: consumers and guardrails have findings of their own. */
function deleted({ address, before, after }: Changed, input: OutsideInput): ResourceFinding | undefined {
  if (before === undefined || after !== undefined || OTHERS.has(before.kind)) return undefined
  const users = input.usedBy('before', address)
  const said = isOf(before, 'integration') ? integrationDeleted(before, users, input) : resourceDeleted(address, users)
  const edits = [{ side: 'before', address, path: [], edit: 'deleted' }] as const
  return finding(
    { ...said, address, direction: 'unclear', before: `used by ${listed(users.map(called), 'nothing')}`, edits },
    input,
  )
}

type Deleted = Pick<Said, 'kind' | 'severity' | 'integrations' | 'summary' | 'facts'>

function resourceDeleted(address: Address, users: readonly Address[]): Deleted {
  return {
    kind: 'resource-deleted',
    severity: 'low',
    integrations: usersOf('integration', users),
    summary: `${called(address)} is deleted${usedBy(users)}`,
    facts: { users },
  }
}

function integrationDeleted(
  { address, spec }: Integration,
  users: readonly Address[],
  { after }: OutsideInput,
): Deleted {
  const stays = spec.deletionPolicy === 'Orphan'
  const isUsed = users.some(user => after.find(user) !== undefined)
  return {
    kind: 'integration-deleted',
    severity: stays || isUsed ? 'medium' : 'low',
    integrations: [address],
    summary: `${called(address)} ${stays ? ORPHANED : 'is deleted'}${usedBy(users)}`,
    facts: { users, deletionPolicy: spec.deletionPolicy },
  }
}

const OTHERS: ReadonlySet<string> = new Set(['consumer', 'guardrail'])
const ORPHANED = 'is no longer declared, and stays in the store, where it goes on answering (deletionPolicy Orphan)'

function usedBy(users: readonly Address[]): string {
  return users.length === 0 ? '' : `, used by ${listed(users.map(called))}`
}

/** Access cannot change: the integration is deleted and created again. */
function replaced(before: Integration, after: Integration, input: OutsideInput): ResourceFinding | undefined {
  if (isDeepStrictEqual(before.spec.access, after.spec.access)) return undefined
  const { address } = after
  const consumers = usersOf('consumer', [...input.usedBy('before', address), ...input.usedBy('after', address)])
  return finding(
    {
      kind: 'integration-replaced',
      address,
      severity: consumers.length > 0 ? 'medium' : 'low',
      direction: 'unclear',
      integrations: [address],
      summary: `integration ${nameIn(address)} is replaced, for access cannot change${usedBy(consumers)}`,
      before: `for ${audience(before.spec.access)}`,
      after: `for ${audience(after.spec.access)}`,
      facts: { before: before.spec.access, after: after.spec.access, consumers },
      edits: [
        {
          side: 'after',
          address,
          path: ['spec', 'access'],
          edit: `access ${audience(before.spec.access)} → ${audience(after.spec.access)}`,
        },
      ],
    },
    input,
  )
}

/** Whom an access is for, in words. */
export function audience({ level, companies, groups, individuals }: AccessSpec): string {
  const names = companies ?? groups ?? individuals ?? []
  const noun = { company: ['company', 'companies'], group: ['group', 'groups'], individual: ['', ''] }[level]
  return `${names.length === 1 ? noun[0] : noun[1]} ${listed(names)}`.trim()
}
