/** A custom resource with the status that a run gave it. */
import { customResource, type CustomResource } from '../../src/operator/custom-resource.ts'
import type { Result } from '../../src/operator/result.ts'
import { statusAfter } from '../../src/operator/status.ts'
import { shown, type Shown } from './custom-resources.ts'

interface Observed extends Shown {
  /** Of the run before, of the same generation. */
  readonly result?: Result | undefined
}

/** An integration as it is before its first run, or after one. */
export function resource({ result, ...more }: Observed = {}): CustomResource {
  const fresh = customResource('integration', shown('jira', { status: { observedGeneration: -1 }, ...more }))
  if (result === undefined) return fresh
  return withStatus(fresh, statusAfter(fresh, result, undefined, '2026-11-01T12:00:00Z'))
}

/** The resource once a status was written. */
export function withStatus({ object, ...rest }: CustomResource, status: object): CustomResource {
  return { ...rest, object: { ...object, status: { ...status } } }
}
