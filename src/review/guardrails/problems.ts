import type { Address } from '../../model/address.ts'
import type { Problem } from '../../model/diagnostic.ts'
import type { Manifest } from '../../model/manifest.ts'
import type { Desired, State } from '../../model/state.ts'
import { checkGuardrail } from './check.ts'
import type { GuardrailProblem } from './problem.ts'
import { guardrailWarnings } from './warnings.ts'

/** What is wrong with the guardrails among the manifests, beyond what their schema says. */
export function guardrailProblems(manifests: readonly Manifest[]): readonly Problem[] {
  return manifests.flatMap(manifest =>
    manifest.kind === 'guardrail'
      ? checkGuardrail(manifest.spec).map(problem => placed(manifest, problem, 'error'))
      : [],
  )
}

/** The names in the guardrails among the manifests that nothing in the state that they declare is called. */
export function unknownNames(
  manifests: readonly Manifest[],
  { state, tables }: Pick<Desired, 'state' | 'tables'>,
  catalogue: State,
): readonly Problem[] {
  const world = {
    resources: state.values(),
    find: (address: Address) => state.get(address) ?? catalogue.get(address),
    table: (digest: string) => tables.get(digest),
  }
  const guardrails = manifests.filter(manifest => manifest.kind === 'guardrail')
  const byAddress = new Map(guardrails.map(manifest => [manifest.address, manifest]))
  return guardrailWarnings(guardrails, world).map(({ address, ...said }) =>
    placed(byAddress.get(address)!, said, 'warning'),
  )
}

function placed({ place }: Manifest, { path, ...said }: GuardrailProblem, severity: Problem['severity']): Problem {
  return { severity, ...said, place: { ...place, path: [...place.path, ...path] } }
}
