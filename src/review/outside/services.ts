import { isDeepStrictEqual } from 'node:util'
import type { World } from '../../access/consequences.ts'
import type { Address } from '../../model/address.ts'
import type { ResourceFinding } from '../../model/finding.ts'
import type { AuthSpec } from '../../model/manifest.gen.ts'
import { nameIn } from '../describe.ts'
import {
  credentialsOf,
  editedServices,
  integrationAt,
  integrationsUsing,
  type OutsideInput,
  type Service,
} from './input.ts'
import { finding, listed, without, type Said } from './say.ts'

/** A service that was edited, and the integrations that connect to it. */
interface Seen {
  readonly address: Address
  readonly before: Service['spec']
  readonly after: Service['spec']
  readonly users: readonly Address[]
  readonly input: OutsideInput
}

type Rule = (seen: Seen) => readonly Said[]

/** What no cell shows of a service; where its credentials are sent is told for its integrations. */
const RULES: readonly Rule[] = [placement, scopes, waysToSignIn, entry]

/** The findings about how services take credentials, and about the rest of their catalogue entries. */
export function serviceFindings(input: OutsideInput): readonly ResourceFinding[] {
  return editedServices(input).flatMap(({ address, before, after }) => {
    const seen = { address, before: before.spec, after: after.spec, users: integrationsUsing(input, address), input }
    return RULES.flatMap(rule => rule(seen)).map(said => finding(said, input))
  })
}

interface Placed {
  readonly index: number
  readonly auth: AuthSpec
}

/** The ways of one type on both sides, in pairs; what has no counterpart is another rule's. */
function pairs({ before, after }: Seen, type: AuthSpec['type']): readonly (readonly [Placed, Placed])[] {
  const of = (spec: Service['spec']): readonly Placed[] =>
    spec.auth.map((auth, index) => ({ auth, index })).filter(({ auth }) => auth.type === type)
  const [was, is] = [of(before), of(after)]
  // Ways that stayed as they are, except for wording, pair with themselves; the others in their order.
  const left = was.filter(({ auth }) => !is.some(each => same(each.auth, auth)))
  const come = is.filter(({ auth }) => !was.some(each => same(each.auth, auth)))
  return left.slice(0, come.length).map((each, position) => [each, come[position]!])
}

function same(a: AuthSpec, b: AuthSpec): boolean {
  return isDeepStrictEqual({ ...a, description: '' }, { ...b, description: '' })
}

/** How many see a key: a header is for the service, a cookie is kept by programs between, a query is in every log. */
const SEEN_BY = { header: 0, cookie: 1, query: 2 } as const
const SEVERITY = ['low', 'medium', 'high'] as const

function placement(seen: Seen): readonly Said[] {
  return pairs(seen, 'apiKey').flatMap(([was, is]) => {
    const [before, after] = [was.auth, is.auth].map(carriedBy)
    if (before === after) return []
    const step = SEEN_BY[is.auth.in ?? 'header'] - SEEN_BY[was.auth.in ?? 'header']
    const integrations = signingIn('apiKey', seen)
    return {
      kind: 'auth-placement-changed',
      address: seen.address,
      severity: step > 0 && integrations.length > 0 ? SEVERITY[SEEN_BY[is.auth.in ?? 'header']] : 'low',
      direction: step > 0 ? 'widens' : step < 0 ? 'narrows' : 'unclear',
      integrations,
      summary: `service ${nameIn(seen.address)} takes its API key ${after}, not ${before}`,
      before,
      after,
      facts: { before, after },
      edits: [{ side: 'after', address: seen.address, path: ['spec', 'auth', is.index], edit: `${before} → ${after}` }],
    } satisfies Said
  })
}

function carriedBy({ in: place = 'header', name, prefix }: AuthSpec): string {
  const named = name === undefined ? `in a ${place}` : `in the ${place} ${name}`
  return prefix === undefined ? named : `${named}, after ${JSON.stringify(prefix)}`
}

/** The integrations that sign in this way, after the change or before it. */
function signingIn(type: AuthSpec['type'], { users, input }: Seen): readonly Address[] {
  const does = (world: World, address: Address): boolean => {
    const integration = integrationAt(world, address)
    return integration !== undefined && credentialsOf(world, integration).some(({ spec }) => spec.type === type)
  }
  return users.filter(address => does(input.before, address) || does(input.after, address))
}

function scopes(seen: Seen): readonly Said[] {
  return pairs(seen, 'oauth2').flatMap(([was, is]) => {
    const [before, after] = [was, is].map(({ auth }) => Object.keys(auth.scopes ?? {}).toSorted())
    const [added, removed] = [without(after!, before!), without(before!, after!)]
    const about = {
      address: seen.address,
      integrations: signingIn('oauth2', seen),
      before: listed(before!),
      after: listed(after!),
    }
    const at = (side: 'before' | 'after', index: number, edit: string): Said['edits'] => [
      { side, address: seen.address, path: ['spec', 'auth', index, 'scopes'], edit },
    ]
    const name = nameIn(seen.address)
    const said: Said[] = []
    if (added.length > 0) {
      const summary = `service ${name} may be asked for more: ${listed(added)}`
      const edits = at('after', is.index, `scopes added: ${listed(added)}`)
      said.push({
        ...about,
        kind: 'oauth-scopes-widened',
        severity: 'medium',
        direction: 'widens',
        summary,
        facts: { added },
        edits,
      })
    }
    if (removed.length > 0) {
      const summary = `service ${name} may be asked for less, without ${listed(removed)}`
      const edits = at('before', was.index, `scopes removed: ${listed(removed)}`)
      said.push({
        ...about,
        kind: 'oauth-scopes-narrowed',
        severity: 'low',
        direction: 'narrows',
        summary,
        facts: { removed },
        edits,
      })
    }
    return said
  })
}

/** A way to sign in that came or went, and who signs in: a person, or the service account. */
function waysToSignIn(seen: Seen): readonly Said[] {
  const [before, after] = [seen.before, seen.after].map(({ auth }) => auth.map(wayOf).toSorted())
  if (isDeepStrictEqual(before, after)) return []
  const [added, removed] = [without(after!, before!), without(before!, after!)]
  return [
    {
      kind: 'service-changed',
      address: seen.address,
      severity: 'low',
      direction: 'unclear',
      integrations: seen.users,
      summary: `service ${nameIn(seen.address)} takes other ways to sign in: ${listed(after!)}, not ${listed(before!)}`,
      before: listed(before!),
      after: listed(after!),
      facts: { added, removed },
      edits: [{ side: 'after', address: seen.address, path: ['spec', 'auth'], edit: 'ways to sign in' }],
    },
  ]
}

function wayOf({ type, flow }: AuthSpec): string {
  return flow === undefined ? type : `${type} ${flow}`
}

/** Fields of a catalogue entry that no other rule looks at; the type says what operations there are at all. */
const FIELDS = ['type', 'test', 'settingsSchema', 'displayName', 'description', 'category', 'docs'] as const

function entry({ address, before, after, users }: Seen): readonly Said[] {
  const fields = FIELDS.filter(field => !isDeepStrictEqual(before[field], after[field]))
  if (fields.length === 0) return []
  const isType = fields.includes('type')
  return [
    {
      kind: 'service-changed',
      address,
      severity: isType ? 'medium' : 'low',
      direction: 'unclear',
      integrations: users,
      summary: `service ${nameIn(address)} has another ${listed(fields)}`,
      before: isType ? before.type : undefined,
      after: isType ? after.type : undefined,
      facts: Object.fromEntries(fields.map(field => [field, [before[field] ?? null, after[field] ?? null]])),
      edits: fields.map(field => ({
        side: after[field] === undefined ? 'before' : 'after',
        address,
        path: ['spec', field],
        edit: `${field} changed`,
      })),
    },
  ]
}
