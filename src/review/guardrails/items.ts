import type { Address } from '../../model/address.ts'
import { breachFingerprint, lineOfResource, type Breach, type Outcome } from './breach.ts'
import { SIDES, type Scope, type Side } from './scene.ts'

/** A resource that breaks a rule about what resources say. */
export interface Item {
  readonly address: Address
  /** In which way it breaks the rule; the same way again is not new. */
  readonly way: string
  /** How far it goes, where one can go further in the same way. */
  readonly degree?: number
  readonly message: string
  /** The integrations that it concerns. */
  readonly integrations: readonly Address[]
  /** Where it stands in the document. */
  readonly path: readonly (string | number)[]
}

/**
 * Judges a rule about what resources say, from what breaks it on each side. What was broken before is old only for the
 * integrations that it concerned before: for any other it is as new as they are to it.
 */
export function judgeItems(scope: Scope, itemsOf: (side: Side) => readonly Item[]): Outcome {
  const [before = [], after = []] = SIDES.map(name => itemsOf(scope.scene[name]))
  const earlier = new Map(before.map(item => [keyOf(item), item]))
  const breaches = after.flatMap(item => {
    const was = earlier.get(keyOf(item))
    if (was === undefined || (item.degree ?? 0) > (was.degree ?? 0)) return [breachOf(scope, item, true)]
    const known = new Set(was.integrations)
    const { old = [], fresh = [] } = Object.groupBy(item.integrations, each => (known.has(each) ? 'old' : 'fresh'))
    if (fresh.length === 0) return [breachOf(scope, item, false)]
    const ofFresh = breachOf(scope, { ...item, integrations: fresh }, true)
    return old.length === 0 ? [ofFresh] : [ofFresh, breachOf(scope, { ...item, integrations: old }, false)]
  })
  return { before: before.length > 0 ? 'broken' : 'holds', breaches }
}

function keyOf({ address, way }: Item): string {
  return `${address} ${way}`
}

function breachOf(scope: Scope, item: Item, isNew: boolean): Breach {
  const { address, way, degree, message, integrations, path } = item
  const fingerprint = breachFingerprint(scope.guardrail, { address, way, degree: degree ?? 0, integrations })
  if (!isNew) return { isNew, integrations, fingerprint: () => fingerprint }
  return {
    isNew,
    message,
    findings: findingsAbout(scope, address),
    integrations,
    witness: undefined,
    fingerprint,
    line: lineOfResource(scope.scene, address, path),
  }
}

/** The findings about one resource itself. */
function findingsAbout({ scene }: Scope, address: Address): readonly string[] {
  return scene.input.findings.filter(each => each.kind !== 'access' && each.address === address).map(({ id }) => id)
}
