import type { ResourceFinding } from '../../model/finding.ts'
import { acceptanceFindings } from './acceptance.ts'
import { consumerFindings } from './consumers.ts'
import { createdFindings } from './created.ts'
import { credentialFindings } from './credentials.ts'
import { destinationFindings } from './destinations.ts'
import { endFindings } from './ends.ts'
import { futureFindings } from './future.ts'
import { guardrailFindings } from './guardrails.ts'
import { guardFindings } from './guards.ts'
import type { OutsideInput } from './input.ts'
import { integrationFindings } from './integrations.ts'
import { lifecycleFindings } from './lifecycle.ts'
import { operationFindings } from './operations.ts'
import { secretFindings } from './secrets.ts'
import { serviceFindings } from './services.ts'
import { unlistedFindings } from './unlisted.ts'

export type { GuardSettings } from './input.ts'

type Family = (input: OutsideInput) => readonly ResourceFinding[]

/** Each looks at one side of what a change does beside the cells of access. */
const FAMILIES: readonly Family[] = [
  destinationFindings,
  credentialFindings,
  secretFindings,
  integrationFindings,
  unlistedFindings,
  serviceFindings,
  operationFindings,
  acceptanceFindings,
  futureFindings,
  endFindings,
  createdFindings,
  lifecycleFindings,
  consumerFindings,
  guardrailFindings,
  guardFindings,
]

/** Everything that a change widens, narrows or hides without any cell saying so. */
export function resourceFindings(input: OutsideInput): readonly ResourceFinding[] {
  return FAMILIES.flatMap(family => family(input))
}
