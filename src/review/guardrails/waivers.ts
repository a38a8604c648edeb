import type { Violation, WaiverUse } from '../../model/judgement.ts'
import type { WaiverSpec } from '../../model/manifest.gen.ts'
import { nameIn } from '../describe.ts'
import type { Breach } from './breach.ts'
import { isLikeAny } from './match.ts'

/** A breach with the waiver that lets it pass, if one does. */
export interface Weighed {
  readonly breach: Breach
  readonly waivedBy: string | undefined
}

/** What waivers make of breaches, and of what use each of them was. One that has ended counts no more. */
export function weigh(
  breaches: readonly Breach[],
  waivers: readonly WaiverSpec[],
  asOf: string,
): { readonly weighed: readonly Weighed[]; readonly waivers: readonly WaiverUse[] } {
  const inForce = waivers.filter(waiver => !isOver(waiver, asOf))
  const used = new Set<string>()
  const weighed = breaches.map(breach => {
    const fitting = inForce.filter(waiver => waives(waiver, breach))
    for (const { id } of fitting) used.add(id)
    return { breach, waivedBy: fitting[0]?.id }
  })
  return { weighed, waivers: waivers.map(waiver => useOf(waiver, { asOf, used })) }
}

function isOver({ expires }: WaiverSpec, asOf: string): boolean {
  return expires < asOf
}

/** A waiver for integrations covers a breach that is about these and no others. */
function waives({ integrations, fingerprints }: WaiverSpec, breach: Breach): boolean {
  // One that does not say what it is about would waive everything.
  if (integrations === undefined && fingerprints === undefined) return false
  if (fingerprints !== undefined && !fingerprints.includes(fingerprintOf(breach))) return false
  if (integrations === undefined) return true
  return (
    breach.integrations.length > 0 &&
    breach.integrations.every(address => isLikeAny(inNamespace(address), integrations))
  )
}

function fingerprintOf({ fingerprint }: Breach): string {
  return typeof fingerprint === 'string' ? fingerprint : fingerprint()
}

/** The name of an integration within its namespace. */
function inNamespace(address: string): string {
  return nameIn(nameIn(address))
}

function useOf(
  { id, owner, reason, expires }: WaiverSpec,
  { asOf, used }: { readonly asOf: string; readonly used: ReadonlySet<string> },
): WaiverUse {
  const state = expires < asOf ? 'expired' : used.has(id) ? 'used' : 'unused'
  return { id, owner, reason, expires, state }
}

/** What a change breaks, as a report shows it. */
export function violationsIn(weighed: readonly Weighed[]): readonly Violation[] {
  return weighed.flatMap(({ breach, waivedBy }) => {
    if (!breach.isNew) return []
    const { message, findings, integrations, witness, fingerprint, line } = breach
    return [{ message, findings, integrations, witness, fingerprint, waivedBy, line }]
  })
}
