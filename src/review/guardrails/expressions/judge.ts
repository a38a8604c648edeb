import { isDeepStrictEqual } from 'node:util'
import type { Address } from '../../../model/address.ts'
import type { Finding } from '../../../model/finding.ts'
import { namespaceOf } from '../../../model/address.ts'
import { breachFingerprint, lineOfFindings, lineOfResource, type FreshBreach, type Outcome } from '../breach.ts'
import { affectedIn, matched, SIDES, type Scene, type Scope } from '../scene.ts'
import { subjectOf, type Answer, type Facts, type Question, type Subject } from './evaluate.ts'
import { diffFacts, findingFacts, integrationFacts } from './facts.ts'
import type { Values } from './cost.ts'

/** What the expressions of one guardrail are asked, and what their answers are about. */
export interface Asked {
  readonly scope: Scope
  readonly question: Question
  readonly about: readonly About[]
}

interface About {
  readonly finding: Finding | undefined
  readonly integration: Address | undefined
  /** The position of the integration's facts. */
  readonly facts?: number
}

/** Facts about one namespace, shared by all its guardrails: they go to the other thread once. */
interface Shared {
  readonly facts: Facts
  readonly findings: ReadonlyMap<Finding, number>
  /** Where the facts of an integration stand: as it is, and, where it said something else of itself, as it was. */
  readonly integrations: ReadonlyMap<Address, readonly number[]>
}

/** Prepares the question that a guardrail's expressions answer. */
export function questionOf(scope: Scope): Asked {
  const { matchConditions, variables, validations, over } = scope.guardrail.spec
  const rule = {
    ...(over && { over }),
    ...(matchConditions && { matchConditions }),
    ...(variables && { variables }),
    ...(validations && { validations }),
  }
  const shared = sharedOf(scope)
  const about: readonly About[] =
    subjectOf(rule) === 'change'
      ? [{ finding: undefined, integration: undefined }]
      : [...shared.findings.keys()].flatMap(finding => aboutFinding(scope, finding, shared))
  const subjects = about.map(each => subject(each, shared))
  return { scope, question: { rule, subjects, facts: shared.facts }, about }
}

function subject({ finding, facts }: About, { findings }: Shared): Subject {
  return { finding: finding === undefined ? undefined : findings.get(finding), integration: facts }
}

/**
 * A finding is judged for each integration that it is about and the guardrail too; one about none, once. Where the change
 * edits labels or data classes, it is judged with both, so that no edit takes the rest of the change out of a rule; only
 * the finding about the edit itself is judged by what it makes.
 */
function aboutFinding(scope: Scope, finding: Finding, shared: Shared): readonly About[] {
  const { integrations } = finding
  if (integrations.length === 0) {
    return scope.guardrail.spec.match === undefined ? [{ finding, integration: undefined }] : []
  }
  return integrations.flatMap((integration): readonly About[] => {
    if (!SIDES.some(name => matched(scope, scope.scene[name], integration) !== undefined)) return []
    const facts = shared.integrations.get(integration) ?? []
    const [is, ...was] = facts
    if (is === undefined) return [{ finding, integration }]
    return [is, ...(isAboutLabels(finding) ? [] : was)].map(each => ({ finding, integration, facts: each }))
  })
}

function isAboutLabels(finding: Finding): boolean {
  if (finding.kind === 'data-classes-changed') return true
  const { labels } = finding.kind === 'settings-changed' ? finding.facts : {}
  return Array.isArray(labels) && labels.every(Array.isArray)
}

const known = new WeakMap<Scene, Map<string | undefined, Shared>>()

function sharedOf(scope: Scope): Shared {
  const { scene, guardrail } = scope
  let ofScene = known.get(scene)
  if (ofScene === undefined) known.set(scene, (ofScene = new Map()))
  let shared = ofScene.get(guardrail.namespace)
  if (shared === undefined) ofScene.set(guardrail.namespace, (shared = makeShared(scope)))
  return shared
}

function makeShared(scope: Scope): Shared {
  const { scene, guardrail } = scope
  const { findings: all, changes, asOf } = scene.input
  const findings = all.filter(finding => concerns(finding, guardrail.namespace))
  const own = changes.filter(({ address }) => namespaceOf(address) === guardrail.namespace)
  const addresses = [...new Set(findings.flatMap(({ integrations }) => integrations))]
  const found = addresses.flatMap(address => factsOf(scope, address).map(facts => ({ address, facts })))
  const positions = Map.groupBy(found.keys(), index => found[index]!.address)
  return {
    findings: new Map(findings.map((finding, index) => [finding, index])),
    integrations: positions,
    facts: {
      findings: findings.map(finding => findingFacts(finding, guardrail.namespace)),
      integrations: found.map(({ facts }) => facts),
      diff: diffFacts(findings, own),
      asOf,
    },
  }
}

/** As it is after the change, and then with the labels and data classes of before, where they were others. */
function factsOf({ scene }: Scope, address: Address): readonly Values[] {
  const [was, is] = SIDES.map(side => scene[side].world.find(address))
  const found = is ?? was
  if (found?.kind !== 'integration') return []
  const facts = integrationFacts(found)
  if (is === undefined || was?.kind !== 'integration') return [facts]
  const { labels, dataClasses } = integrationFacts(was)
  const before = { ...facts, labels, dataClasses }
  return isDeepStrictEqual(before, facts) ? [facts] : [facts, before]
}

/** Whether a finding belongs to a namespace; what belongs to none, such as a changed limit, concerns all. */
function concerns(finding: Finding, namespace: string | undefined): boolean {
  if (finding.integrations.some(address => namespaceOf(address) === namespace)) return true
  if (finding.integrations.length > 0 || finding.kind === 'access') return false
  const own = namespaceOf(finding.address)
  return own === undefined || own === namespace
}

/** What an answer means for the guardrail; `undefined` for one that failed. */
export function outcomeOf({ scope, about }: Asked, answer: Answer & { readonly kind: 'judged' }): Outcome {
  const breaches = answer.objections.map(({ subject: index, validation, message }) => {
    const { finding, integration } = about[index]!
    return finding === undefined
      ? ofChange(scope, validation, message)
      : ofFinding(scope, { finding, integration, validation, message })
  })
  return { before: 'not-judged', breaches: merged(breaches) }
}

function ofChange(scope: Scope, validation: number, message: string): FreshBreach {
  const { scene, guardrail } = scope
  const [first] = affectedIn(scope)
  const findings = scene.input.findings.filter(finding => concerns(finding, guardrail.namespace))
  return {
    isNew: true,
    message,
    findings: [],
    integrations: [],
    witness: undefined,
    fingerprint: breachFingerprint(guardrail, {
      validation,
      findings: findings.map(each => each.fingerprint).toSorted(),
    }),
    line: lineOfFindings(findings) ?? (first && lineOfResource(scene, first)),
  }
}

interface Objected {
  readonly finding: Finding
  readonly integration: Address | undefined
  readonly validation: number
  readonly message: string
}

function ofFinding(scope: Scope, { finding, integration, validation, message }: Objected): FreshBreach {
  return {
    isNew: true,
    message,
    findings: [finding.id],
    integrations: integration === undefined ? [] : [integration],
    witness: finding.kind === 'access' ? `${finding.witness.who} → ${finding.witness.operation.key}` : undefined,
    fingerprint: breachFingerprint(scope.guardrail, { validation, finding: finding.fingerprint }),
    line: lineOfFindings([finding]) ?? (integration && lineOfResource(scope.scene, integration)),
  }
}

/** The same said of one finding on several integrations is said once. */
function merged(breaches: readonly FreshBreach[]): readonly FreshBreach[] {
  const byText = Map.groupBy(breaches, ({ fingerprint, message }) => `${fingerprint} ${message}`)
  return [...byText.values()].map(same => {
    const integrations = [...new Set(same.flatMap(each => each.integrations))].toSorted()
    return Object.assign({}, same[0], { integrations })
  })
}
