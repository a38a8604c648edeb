import { expect } from 'vitest'
import { clusterSchema } from '../../../schemas/crds.ts'
import { KIND_FILES, loadSchema, type Schema } from '../../../schemas/load.ts'
import { API_VERSION, type KindName } from '../../../src/model/address.ts'
import type { Answer, Client, KubeObject } from '../support/client.ts'
import { pathOf } from '../support/objects.ts'
import type { Spec } from './specs.ts'

export const KINDS = KIND_FILES.map(file => loadSchema(file)['title'] as KindName)

/** Nothing is kept: objects are only tried. */
export const TRY = 'dryRun=All&fieldValidation=Strict'

export function object(kind: KindName, spec: Spec, namespace = 'default', name = 'tried'): KubeObject {
  const metadata = kind === 'ClusterServiceDefinition' ? { name } : { name, namespace }
  return { apiVersion: API_VERSION, kind, metadata, spec }
}

/** What the API server answers to a new object. */
export async function tried(client: Client, given: KubeObject, query = TRY): Promise<Answer> {
  return client.ask('POST', `${pathOf(given.kind, given.metadata.namespace)}?${query}`, given)
}

/** What a refusal says of each field. */
export function causes({ status, body }: Answer): readonly (readonly [field: string, message: string])[] {
  expect(status, body.message).toBe(422)
  return body.details.causes.map(({ field, message }: KubeObject) => [field, message])
}

/** The place of a field in its schema. */
export function placeOf(field: string): string {
  return field.replaceAll(/\[\d+\]/g, '[]')
}

/** What the definition of a kind demands of its spec. */
export function specSchema(kind: KindName): Schema {
  return (clusterSchema(KIND_FILES[KINDS.indexOf(kind)]!) as { properties: { spec: Schema } }).properties.spec
}
