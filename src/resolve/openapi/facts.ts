import { type Fields, fields, own, strings } from './fields.ts'
import type { Version } from './version.ts'

/** What a document says about the service as a whole. */
export interface Facts {
  readonly version: Version
  /** The first server's URL with the default of each variable, or scheme, host and base path of Swagger 2.0. */
  readonly server?: string
  /** The names of the security schemes, in document order. */
  readonly securitySchemes: readonly string[]
}

/** Reads server and security schemes; whatever is not written as the specification says is left out. */
export function factsOf(document: Fields, version: Version): Facts {
  const server = version === '2.0' ? hostOf(document) : serverOf(document)
  const holder = version === '2.0' ? document : fields(own(document, 'components'))
  const schemes = fields(own(holder, version === '2.0' ? 'securityDefinitions' : 'securitySchemes'))
  const securitySchemes = Object.keys(schemes).filter(name => !name.startsWith('x-'))
  return { version, ...(server !== undefined && { server }), securitySchemes }
}

function serverOf(document: Fields): string | undefined {
  const servers = own(document, 'servers')
  const first = fields(Array.isArray(servers) ? servers[0] : undefined)
  const variables = fields(own(first, 'variables'))
  return text(own(first, 'url'))?.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
    return text(own(fields(own(variables, name)), 'default')) ?? whole
  })
}

function hostOf(document: Fields): string | undefined {
  const host = text(own(document, 'host'))
  const base = text(own(document, 'basePath'))
  if (host === undefined) return base
  const listed = strings(own(document, 'schemes'))
  const scheme = listed.includes('https') ? 'https' : (listed[0] ?? 'https')
  return `${scheme}://${host}${base ?? ''}`
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined
}
