import { isEmpty } from '../../../access/bits.ts'
import { peopleIn } from '../../../access/people.ts'
import { EFFECTS, principal } from '../../../model/effect.ts'
import type { Address } from '../../../model/address.ts'
import type { AccessFinding, Finding } from '../../../model/finding.ts'
import {
  breachFingerprint,
  lineOfFindings,
  lineOfResource,
  type Breach,
  type FreshBreach,
  type Outcome,
} from '../breach.ts'
import { isAmong, peopleOf } from '../people.ts'
import { listText } from '../subjects.ts'
import { allMatched, changedOf, matched, SIDES, type Scope } from '../scene.ts'
import { standing } from '../standing.ts'
import { isSelected, needsDocument, selectBits } from '../select.ts'
import { sentElsewhere } from './integrations.ts'

/** The integrations of a finding that the guardrail is about, on either side. */
export function integrationsOf(scope: Scope, { integrations }: Pick<Finding, 'integrations'>): readonly Address[] {
  return integrations.filter(address => SIDES.some(name => matched(scope, scope.scene[name], address) !== undefined))
}

function judged(breaches: readonly Breach[]): Outcome {
  return { before: 'not-judged', breaches }
}

/** One breach for one finding. */
function breachOf(
  { guardrail, scene }: Scope,
  finding: Finding,
  facts: Pick<FreshBreach, 'message' | 'integrations' | 'witness'>,
): Breach {
  return {
    isNew: true,
    findings: [finding.id],
    fingerprint: breachFingerprint(guardrail, { finding: finding.fingerprint, integrations: facts.integrations }),
    line: lineOfFindings([finding]) ?? (facts.integrations[0] && lineOfResource(scene, facts.integrations[0])),
    ...facts,
  }
}

/** No credential is sent to another host, or to any but some. */
export function sameDestination(scope: Scope): Outcome {
  const { hosts } = scope.parameters
  if (hosts !== undefined) return sentElsewhere(scope, hosts)
  const moved = scope.scene.input.findings.filter(({ kind }) => kind === 'destination-changed')
  return judged(
    moved.flatMap(finding => {
      const integrations = integrationsOf(scope, finding)
      if (integrations.length === 0) return []
      return [breachOf(scope, finding, { message: finding.summary, integrations, witness: undefined })]
    }),
  )
}

/** Nobody can do more than before. */
export function noNewAccess(scope: Scope): Outcome {
  const breaches = scope.scene.input.findings.flatMap(finding => {
    const integrations = integrationsOf(scope, finding)
    if (integrations.length === 0 || !isNewAccess(scope, finding)) return []
    const witness = finding.kind === 'access' ? witnessText(finding) : undefined
    return [breachOf(scope, finding, { message: finding.summary, integrations, witness })]
  })
  return judged(breaches)
}

function isNewAccess(scope: Scope, finding: Finding): boolean {
  const { select, effect = 'confirm' } = scope.parameters
  // What permissions on such a service cover cannot be counted, so neither can it be ruled out.
  if (finding.kind === 'unlisted-permissions') return finding.direction !== 'narrows' && !needsDocument(select)
  if (finding.kind !== 'access') return false
  const widens = EFFECTS.indexOf(finding.after) > EFFECTS.indexOf(finding.before)
  if (!widens || (effect === 'allow' && finding.after !== 'allow')) return false
  const isAbout = finding.operations.some(({ before, after }) =>
    [before, after].some(operation => operation !== undefined && isSelected(operation, select)),
  )
  return isAbout && concerns(scope, finding)
}

/** Whether somebody of the rule's people, on either side, is among those of a finding. */
function concerns(scope: Scope, { who, integrations }: AccessFinding): boolean {
  const { who: named } = scope.parameters
  if (named === undefined) return true
  return SIDES.some(name => {
    const compiled = integrations.map(address => scope.scene[name].compiled(address)).find(each => each !== undefined)
    const people = compiled && peopleOf(named, compiled.groups)
    if (people === undefined) return false
    if (who.kind === 'people') return who.people.some(person => isAmong(people, principal(person)))
    // Whoever a set holds that is open here, some of the rule's people may be among them.
    return true
  })
}

function witnessText({ witness, before, after }: AccessFinding): string {
  return `${witness.who} → ${witness.operation.key}: ${before} → ${after}`
}

/** The change takes away no more than a share. */
export function maxRemoved(scope: Scope): Outcome {
  return scope.parameters.of === 'integrations' ? integrationsRemoved(scope) : peopleLosing(scope)
}

function integrationsRemoved(scope: Scope): Outcome {
  const { before, after } = scope.scene
  const all = allMatched(scope, before).filter(({ spec }) => spec.enabled)
  const changed = new Set(changedOf(scope, 'integration'))
  const gone = all.filter(({ address }) => {
    const left = changed.has(address) ? after.world.find(address) : before.world.find(address)
    return left?.kind !== 'integration' || !left.spec.enabled
  })
  const names = gone.map(({ name }) => name)
  return removed(scope, {
    lost: gone.length,
    total: all.length,
    message: `${gone.length} of ${all.length} integrations are deleted or disabled: ${listText(names, 'integration')}`,
    integrations: gone.map(({ address }) => address),
    findings: [],
    facts: names,
  })
}

function peopleLosing(scope: Scope): Outcome {
  const narrowing = scope.scene.input.findings.filter(
    (finding): finding is AccessFinding & Finding =>
      finding.kind === 'access' && finding.direction === 'narrows' && integrationsOf(scope, finding).length > 0,
  )
  if (narrowing.length === 0) return judged([])
  const losing = new Set(narrowing.flatMap(({ who }) => (who.kind === 'people' ? who.people : [])))
  const all = withAccess(scope)
  const people = [...losing].toSorted()
  return removed(scope, {
    lost: people.length,
    total: all.size,
    message: `${people.length} of ${all.size} people lose something: ${listText(people, 'person', 'people')}`,
    integrations: [...new Set(narrowing.flatMap(finding => integrationsOf(scope, finding)))].toSorted(),
    findings: narrowing,
    facts: people,
  })
}

/** The people known by name who could call anything before. */
function withAccess(scope: Scope): ReadonlySet<string> {
  const { before } = scope.scene
  const people = new Set<string>()
  for (const { address } of allMatched(scope, before)) {
    const compiled = before.compiled(address)
    if (compiled === undefined) continue
    const all = selectBits(compiled.operations, undefined)
    const found = standing()
    for (const person of peopleIn(compiled.access, compiled)) {
      if (people.has(person)) continue
      const [any] = found.counted(found.effects(compiled, principal(person)), all)
      if (!isEmpty(any!)) people.add(person)
    }
  }
  return people
}

interface Removed {
  readonly lost: number
  readonly total: number
  readonly message: string
  readonly integrations: readonly Address[]
  readonly findings: readonly Finding[]
  readonly facts: readonly string[]
}

function removed(scope: Scope, { lost, total, message, integrations, findings, facts }: Removed): Outcome {
  const { percent = 0 } = scope.parameters
  if (lost * 100 <= percent * total) return judged([])
  const [first] = integrations
  return judged([
    {
      isNew: true,
      message: `${message}, and at most ${percent} % may`,
      findings: findings.map(({ id }) => id),
      integrations,
      witness: undefined,
      fingerprint: breachFingerprint(scope.guardrail, { lost: facts }),
      line: lineOfFindings(findings) ?? (first && lineOfResource(scope.scene, first)),
    },
  ])
}
