import { digestOf } from '../../model/digest.ts'
import type { Address } from '../../model/address.ts'
import type { AccessFinding, Finding, Line } from '../../model/finding.ts'
import type { Guardrail, Scene } from './scene.ts'
import { SIDES } from './scene.ts'

/** One way in which the state after a change breaks a guardrail. */
export type Breach = FreshBreach | OldBreach

/** What the change breaks. */
export interface FreshBreach {
  readonly isNew: true
  readonly message: string
  readonly findings: readonly string[]
  readonly integrations: readonly Address[]
  readonly witness: string | undefined
  readonly fingerprint: string
  readonly line: Line | undefined
}

/** What was broken in the same way before: counted, and waived or not. */
export interface OldBreach {
  readonly isNew: false
  readonly integrations: readonly Address[]
  readonly fingerprint: () => string
}

/** What a rule says of a change. */
export interface Outcome {
  readonly before: 'holds' | 'broken' | 'not-judged'
  readonly breaches: readonly Breach[]
}

/** A name for a breach that is the same for the same facts, whatever files and lines say them. */
export function breachFingerprint({ address }: Guardrail, facts: unknown): string {
  return digestOf({ guardrail: address, facts })
}

/** The access findings about one integration. */
export function accessFindings(scene: Scene, integration: Address): readonly (AccessFinding & Finding)[] {
  return byIntegration(scene).get(integration) ?? []
}

type Index = ReadonlyMap<Address, readonly (AccessFinding & Finding)[]>
const indexes = new WeakMap<Scene, Index>()

function byIntegration(scene: Scene): Index {
  const known = indexes.get(scene)
  if (known !== undefined) return known
  const index = new Map<Address, (AccessFinding & Finding)[]>()
  for (const finding of scene.input.findings) {
    if (finding.kind !== 'access') continue
    for (const integration of finding.integrations) {
      const list = index.get(integration)
      if (list === undefined) index.set(integration, [finding])
      else list.push(finding)
    }
  }
  indexes.set(scene, index)
  return index
}

/** The first line that made one of these findings what it is. */
export function lineOfFindings(findings: readonly Finding[]): Line | undefined {
  for (const { because } of findings) {
    const cause = because[0]?.causes[0]
    if (cause !== undefined) return { side: cause.side, file: cause.file, line: cause.line }
  }
  return undefined
}

/** The line of a resource, on the side on which it exists; the later one where it does on both. */
export function lineOfResource(
  scene: Scene,
  address: Address,
  path: readonly (string | number)[] = [],
): Line | undefined {
  for (const side of SIDES.toReversed()) {
    const there = side === 'after' ? (scene.moves.get(address) ?? address) : address
    if (scene.input[side].find(there) !== undefined) return scene.input.lineOf(side, there, { path })
  }
  return undefined
}
