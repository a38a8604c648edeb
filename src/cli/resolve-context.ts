import type { ReadBeside } from '../model/document.ts'
import type { ConfigDocument } from '../model/manifest.gen.ts'
import type { ResolveContext } from '../resolve/context.ts'
import type { OpenApiReader } from '../resolve/openapi/operations.ts'
import { catalogue } from '../source/catalogue.ts'

/** Where the files of one side or source are, and what its flags and its `tenon.yaml` say. */
interface Given {
  readonly readBeside: ReadBeside
  readonly openApi: OpenApiReader
  readonly allowEndpoint: readonly string[]
  readonly requireBinding?: boolean
  readonly config: ConfigDocument
  /** `YYYY-MM-DD` */
  readonly today: string
}

/** What resolving needs from outside, with what the program brings along. */
export function resolveContext(given: Given): Omit<ResolveContext, 'store' | 'invalid'> {
  const { readBeside, openApi, allowEndpoint, requireBinding = false, config, today } = given
  const shipped = catalogue()
  return {
    catalogue: shipped.state,
    tables: shipped.tables,
    templates: shipped.templates,
    readBeside,
    openApi,
    allowedEndpoints: new Set(allowEndpoint.map(host => host.toLowerCase())),
    requireBinding: requireBinding || (config.credentials?.requireBinding ?? false),
    today,
  }
}
