import type { GuardrailMatch } from '../../model/manifest.gen.ts'
import type { ResourceOf } from '../../model/state.ts'

/** Whether a name is like a pattern in which `*` stands for any characters. Takes time linear in both. */
export function isLike(name: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.split('*')
  if (rest.length === 0) return name === pattern
  if (!name.startsWith(first)) return false
  const last = rest.pop()!
  let at = first.length
  for (const piece of rest) {
    const found = name.indexOf(piece, at)
    if (found === -1) return false
    at = found + piece.length
  }
  return name.length - last.length >= at && name.endsWith(last)
}

/** Whether a name is like one of some patterns; without patterns every name is. */
export function isLikeAny(name: string, patterns: readonly string[] | undefined): boolean {
  return patterns === undefined || patterns.some(pattern => isLike(name, pattern))
}

/** Whether an integration is one of those that a guardrail is about. */
export function matchesIntegration(match: GuardrailMatch | undefined, integration: ResourceOf<'integration'>): boolean {
  if (match === undefined) return true
  if (!isAbout(match, integration)) return false
  const { labels } = integration
  return Object.entries(match.labels ?? {}).every(([key, value]) => Object.hasOwn(labels, key) && labels[key] === value)
}

/** What says which integrations a part of a rule is about. */
export type Part = Pick<GuardrailMatch, 'integrations' | 'services'>

/** Whether a part of a rule is about an integration. */
export function isAbout({ integrations, services }: Part, { name, spec }: ResourceOf<'integration'>): boolean {
  return isLikeAny(name, integrations) && (services === undefined || services.includes(spec.service.name))
}
