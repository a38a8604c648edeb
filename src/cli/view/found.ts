import type { Resource } from '../../model/state.ts'
import type { Found } from '../reading.ts'
import { visible } from '../style.ts'

/** Where a resource comes from, for machines: file and line, and in a store its owner and last update. */
export function provenance({ resource, stored }: Found): Record<string, unknown> {
  const { file, line } = resource.origin
  return {
    source: { file, line },
    ...(stored && {
      owner: stored.owner ?? null,
      updatedAt: stored.updatedAt,
      updatedBy: stored.updatedBy,
      commit: stored.commit ?? null,
    }),
  }
}

/** File and line of a resource, or of something inside it. */
export function originText({ origin }: Resource, line = origin.line): string {
  return visible(`${origin.file}:${line}`)
}
