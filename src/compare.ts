import type { World } from './access/consequences.ts'
import { decode, type Decoded } from './decode/decode.ts'
import { lineFinder } from './decode/lines.ts'
import { lockLine } from './decode/lock-lines.ts'
import { openApiLine } from './decode/openapi-lines.ts'
import { locate } from './decode/positions.ts'
import { decodeSides } from './decode/sides.ts'
import type { Address } from './model/address.ts'
import type { Diagnostic, Problem } from './model/diagnostic.ts'
import type { Document } from './model/document.ts'
import type { LineOf, SideName } from './model/finding.ts'
import type { Manifest } from './model/manifest.ts'
import type { Changed, Review } from './model/review.ts'
import type { Sealed } from './model/sealed.ts'
import type { Desired, Resource, ResourceOf } from './model/state.ts'
import { MAX_DOCUMENT_BYTES } from './resolve/cluster.ts'
import type { ResolveContext } from './resolve/context.ts'
import { resolve } from './resolve/resolve.ts'
import { sealedOf } from './resolve/sealed.ts'
import { affectedIntegrations, changedResources, referrersIn } from './review/changed.ts'
import { guardrailProblems, unknownNames } from './review/guardrails/problems.ts'
import { judge } from './review/guardrails/judge.ts'
import type { GuardSettings } from './review/outside/outside.ts'
import { review } from './review/review.ts'

/** One state of the files, with everything that reading it needs from outside. */
export interface SideRun {
  readonly documents: readonly Document[]
  /** Problems that the source found before anything could be decoded. */
  readonly problems: readonly Problem[]
  readonly defaultNamespace: string
  readonly context: Omit<ResolveContext, 'store' | 'invalid' | 'blind'>
  readonly guards: GuardSettings
}

/** Two states of the files. */
export interface CompareRun {
  readonly before: SideRun
  readonly after: SideRun
  readonly strict: boolean
  /** The day for which everything holds, `YYYY-MM-DD`. */
  readonly asOf: string
  readonly say: (stage: string) => void
}

export type Reviewed =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'reviewed'
      readonly review: Review
      /** What is odd about the files after the change. */
      readonly diagnostics: readonly Diagnostic[]
      readonly documents: { readonly before: number; readonly after: number }
    }

/** Two states of the files in, everything that the change does out; nothing is decrypted, and no store is asked. */
export async function compare(run: CompareRun): Promise<Reviewed> {
  run.say('Reading both sides')
  const [decodedBefore, decodedAfter] = decodeBoth(run)
  // An export without values says nothing about them: then they are compared on neither side.
  const hasValues = ![run.before, run.after].some(({ context }) => context.isRedacted === true)
  const before = await resolveSide(run.before, decodedBefore, hasValues)
  run.say('Resolving the side after the change')
  const after = await resolveSide(run.after, decodedAfter, hasValues)
  const wrong = [...onlyIn(before, after).filter(isError).map(inBase), ...after.diagnostics.filter(isError)]
  if (wrong.length > 0) return { kind: 'invalid', diagnostics: wrong }

  run.say('Comparing who can do what')
  const changes = changedResources(before.desired.state, after.desired.state)
  const affected = affectedIntegrations(changes, [before.desired.state, after.desired.state])
  const usedBy = { before: referrersIn(before.desired.state), after: referrersIn(after.desired.state) }
  const tells = {
    before: await sealed(changes, 'before', before, run),
    after: await sealed(changes, 'after', after, run),
  }
  if (tells.after.diagnostics.some(isError)) return { kind: 'invalid', diagnostics: tells.after.diagnostics }
  const input = {
    changes,
    affected,
    before: worldOf(before, run.before, run.asOf),
    after: withOrphans(worldOf(after, run.after, run.asOf), before),
    sealed: { before: tells.before.found, after: tells.after.found },
    sameBytes: sameBytes(before, after),
    usedBy: (side: 'before' | 'after', address: Address) => usedBy[side](address),
    lineOf: lines(before, after, { run, openApi: await openApiTexts(changes, { before, after }, run) }),
    guards: { before: run.before.guards, after: run.after.guards },
    hasValues,
  }
  const reviewed = review(input)
  const judgements = await judge({
    ...input,
    ...reviewed,
    guardrails: { before: guardrails(before), after: guardrails(after) },
    integrations: (side, namespace) => integrationsOf(side === 'before' ? before : after, namespace),
    asOf: run.asOf,
  })
  return {
    kind: 'reviewed',
    review: { ...reviewed, judgements },
    diagnostics: after.diagnostics,
    documents: { before: decodedBefore.documents, after: decodedAfter.documents },
  }
}

interface ResolvedSide {
  readonly manifests: readonly Manifest[]
  readonly desired: Desired
  readonly diagnostics: readonly Diagnostic[]
}

type DecodedSide = Decoded & { readonly problems: readonly Problem[] }

/** Documents that are the same on both sides are decoded once. */
function decodeBoth({ before, after, strict }: CompareRun): readonly [DecodedSide, DecodedSide] {
  const problems = { before: [...before.problems], after: [...after.problems] }
  const report = {
    before: (problem: Problem) => void problems.before.push(problem),
    after: (problem: Problem) => void problems.after.push(problem),
  }
  const options = { before: { ...before, strict }, after: { ...after, strict } }
  const [was, is] =
    before.defaultNamespace === after.defaultNamespace
      ? decodeSides(before.documents, after.documents, options.after, [report.before, report.after])
      : [decode(before.documents, options.before, report.before), decode(after.documents, options.after, report.after)]
  return [
    { ...was, problems: problems.before },
    { ...is, problems: problems.after },
  ]
}

async function resolveSide(
  side: SideRun,
  { manifests, invalid, problems }: DecodedSide,
  hasValues: boolean,
): Promise<ResolvedSide> {
  const found = [...problems]
  const context = { ...side.context, invalid, store: undefined, blind: hasValues }
  const desired = await resolve(manifests, context, problem => found.push(problem))
  found.push(...guardrailProblems(manifests))
  // Where documents are wrong, what they declare is not there.
  if (!found.some(isError)) found.push(...unknownNames(manifests, desired, side.context.catalogue))
  return { manifests, desired, diagnostics: locate(found) }
}

function isError({ severity }: Pick<Diagnostic, 'severity'>): boolean {
  return severity === 'error'
}

/** What is wrong on one side and not in the same words on the other: a mistake that stays is told once. */
function onlyIn(one: ResolvedSide, other: ResolvedSide): readonly Diagnostic[] {
  const told = new Set(other.diagnostics.map(diagnostic => JSON.stringify(diagnostic)))
  return one.diagnostics.filter(diagnostic => !told.has(JSON.stringify(diagnostic)))
}

function inBase(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, message: `before the change: ${diagnostic.message}` }
}

function worldOf({ desired }: ResolvedSide, { context }: SideRun, asOf: string): World {
  return {
    find: address => desired.state.get(address) ?? context.catalogue.get(address),
    table: digest => desired.tables.get(digest),
    asOf,
  }
}

/** An integration that is orphaned loses its document and stays: it goes on answering as before. */
function withOrphans(world: World, before: ResolvedSide): World {
  return {
    ...world,
    find: address => {
      const found = world.find(address)
      const was = found === undefined ? before.desired.state.get(address) : undefined
      return was?.kind === 'integration' && was.spec.deletionPolicy === 'Orphan' ? was : found
    },
  }
}

/** Only credentials whose bytes differ are looked at. */
async function sealed(
  changes: readonly Changed[],
  name: 'before' | 'after',
  side: ResolvedSide,
  run: CompareRun,
): Promise<{ readonly found: ReadonlyMap<Address, Sealed>; readonly diagnostics: readonly Diagnostic[] }> {
  const byAddress = new Map(side.manifests.map(manifest => [manifest.address, manifest]))
  const found = new Map<Address, Sealed>()
  const problems: Problem[] = []
  for (const { address } of run[name].context.isRedacted === true ? [] : changes) {
    const manifest = byAddress.get(address)
    if (manifest?.kind !== 'credential') continue
    const tells = await sealedOf(manifest, run[name].context, problem => problems.push(problem))
    if (tells !== undefined) found.set(address, tells)
  }
  return { found, diagnostics: locate(problems) }
}

/** The credentials before the change whose values stood in the very bytes that those of one after it stand in. */
function sameBytes(before: ResolvedSide, after: ResolvedSide): (credential: Address) => readonly Address[] {
  const bySource = new Map<string, Address[]>()
  for (const { address, secret } of before.desired.state.values()) {
    if (secret === undefined) continue
    const others = bySource.get(secret.source)
    if (others === undefined) bySource.set(secret.source, [address])
    else others.push(address)
  }
  return credential => bySource.get(after.desired.state.get(credential)?.secret?.source ?? '') ?? []
}

/** The text of a document that a service names, and where it stands. */
interface OpenApiText {
  readonly file: string
  readonly text: string
}

type OpenApiTexts = Readonly<Record<SideName, ReadonlyMap<Address, OpenApiText>>>

/** The OpenAPI files of services that changed: their lines are what an author edited. */
async function openApiTexts(
  changes: readonly Changed[],
  sides: Readonly<Record<SideName, ResolvedSide>>,
  run: CompareRun,
): Promise<OpenApiTexts> {
  const texts = { before: new Map<Address, OpenApiText>(), after: new Map<Address, OpenApiText>() }
  const changed = new Set(changes.map(({ address }) => address))
  for (const name of ['before', 'after'] as const) {
    for (const { address, spec, place } of sides[name].manifests) {
      const file = changed.has(address) && 'openapi' in spec ? spec.openapi?.file : undefined
      if (file === undefined) continue
      const read = await run[name].context.readBeside(place.document, file, MAX_DOCUMENT_BYTES)
      if (read.kind === 'read') texts[name].set(address, { file: read.file, text: Buffer.from(read.bytes).toString() })
    }
  }
  return texts
}

function lines(
  before: ResolvedSide,
  after: ResolvedSide,
  { run, openApi }: { readonly run: CompareRun; readonly openApi: OpenApiTexts },
): LineOf {
  const finders = { before: lineFinder(before.manifests), after: lineFinder(after.manifests) }
  return (side, address, at) => {
    const isLock = at.path[1] === 'acceptedOperations'
    const locked = isLock ? lockLine(run[side].context.lock, address, at.item) : undefined
    const document = at.path[1] === 'openapi' && at.item !== undefined ? openApi[side].get(address) : undefined
    if (document !== undefined) return { side, file: document.file, line: openApiLine(document.text, at.item!) }
    const found = locked ?? finders[side](address, at)
    if (found !== undefined) return { side, ...found }
    const { file, line } = (side === 'before' ? before : after).desired.state.get(address)?.origin ?? NOWHERE
    return { side, file, line }
  }
}

/** A resource that no document of this side declares: one that ships with the program. */
const NOWHERE: Pick<Resource['origin'], 'file' | 'line'> = { file: 'catalogue', line: 1 }

function guardrails({ desired }: ResolvedSide): readonly ResourceOf<'guardrail'>[] {
  return [...desired.state.values()].filter(resource => resource.kind === 'guardrail')
}

function integrationsOf({ desired }: ResolvedSide, namespace: string | undefined): readonly Address[] {
  return [...desired.state.values()]
    .filter(resource => resource.kind === 'integration' && resource.namespace === namespace)
    .map(({ address }) => address)
}
