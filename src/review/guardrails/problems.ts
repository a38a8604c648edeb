import type { Problem } from '../../model/diagnostic.ts'
import type { Manifest } from '../../model/manifest.ts'
import { checkGuardrail } from './check.ts'

/** What is wrong with the guardrails among the manifests, beyond what their schema says. */
export function guardrailProblems(manifests: readonly Manifest[]): readonly Problem[] {
  return manifests.flatMap(manifest => {
    if (manifest.kind !== 'guardrail') return []
    return checkGuardrail(manifest.spec).map(({ path, ...said }) => ({
      severity: 'error' as const,
      ...said,
      place: { ...manifest.place, path: [...manifest.place.path, ...path] },
    }))
  })
}
