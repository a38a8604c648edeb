import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'

export interface Auth {
  readonly type: string
  readonly flow?: string
  readonly in?: string
  readonly authorizationUrl?: string
  readonly tokenUrl?: string
  readonly scopes?: Readonly<Record<string, string>>
}

export interface Setting {
  readonly type?: string
  readonly title?: string
  readonly description?: string
  readonly additionalProperties?: boolean
  readonly properties?: Readonly<Record<string, Setting>>
  readonly default?: unknown
}

export interface Definition {
  readonly kind: string
  readonly metadata: { readonly name: string }
  readonly spec: {
    readonly displayName: string
    readonly description: string
    readonly category: string
    readonly type: string
    readonly endpoint?: string
    readonly docs?: string
    readonly template?: boolean
    readonly openapi?: { readonly file: string }
    readonly operations?: readonly { readonly id: string; readonly method: string; readonly path: string }[]
    readonly auth: readonly Auth[]
    readonly settingsSchema?: Setting
    readonly test?: { readonly method: string; readonly path: string }
  }
}

interface Parameter {
  readonly name: string
  readonly in: string
  readonly required?: boolean
}

type Security = readonly Readonly<Record<string, readonly string[]>>[]

interface DocumentOperation {
  readonly operationId: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security?: Security
  readonly parameters?: readonly Parameter[]
}

/** The methods of a path item. */
const HTTP = ['get', 'put', 'post', 'delete', 'options', 'head', 'patch', 'trace'] as const

type PathItem = { readonly parameters?: readonly Parameter[] } & {
  readonly [method in (typeof HTTP)[number]]?: DocumentOperation
}

export interface ApiDocument {
  readonly openapi: string
  readonly info: { readonly title: string; readonly description: string }
  readonly servers?: readonly { readonly url: string }[]
  readonly tags: readonly { readonly name: string; readonly description: string }[]
  readonly security?: Security
  readonly paths: Readonly<Record<string, PathItem>>
  readonly components: {
    readonly securitySchemes: Readonly<
      Record<
        string,
        {
          readonly type: string
          readonly scheme?: string
          readonly flows?: Readonly<Record<string, { readonly scopes: Readonly<Record<string, string>> }>>
        }
      >
    >
  }
}

/** One method of a document, with the parameters and security it inherits. */
export interface Operation {
  readonly id: string
  readonly method: string
  readonly path: string
  readonly summary: string
  readonly tags: readonly string[]
  readonly security: Security
  readonly parameters: readonly Parameter[]
}

const ROOT = path.join(import.meta.dirname, '../../src/catalogue')

/** What lies in the folder of the catalogue (less what is generated from it), or in that of one service, sorted by name. */
export function entries(name = ''): string[] {
  return readdirSync(path.join(ROOT, name))
    .filter(entry => !entry.includes('.gen.'))
    .toSorted()
}

export function text(name: string, file: string): string {
  return readFileSync(path.join(ROOT, name, file), 'utf8')
}

/** The services whose definition is there, sorted by name. */
export function readServices(): { name: string; definition: Definition }[] {
  const names = entries().filter(name => entries(name).includes('service.yaml'))
  return names.map(name => {
    const definition: Definition = read(name, 'service.yaml')
    return { name, definition }
  })
}

/** The OpenAPI document of a service, or nothing where it has none. */
export function readApi(name: string, definition: Definition): { api: ApiDocument; operations: Operation[] }[] {
  const file = definition.spec.openapi?.file
  if (file === undefined) return []
  const api: ApiDocument = read(name, file)
  return [{ api, operations: operationsOf(api) }]
}

/** The values of a YAML file, as whatever type the caller expects: that they are of it is what the tests find out. */
function read(name: string, file: string): ReturnType<typeof parse> {
  try {
    return parse(text(name, file))
  } catch (cause) {
    throw new Error(`${name}/${file} is not YAML`, { cause })
  }
}

function operationsOf(api: ApiDocument): Operation[] {
  return Object.entries(api.paths).flatMap(([template, item]) =>
    HTTP.flatMap(method => {
      const operation = item[method]
      if (operation === undefined) return []
      const { operationId: id, summary, tags } = operation
      const security = operation.security ?? api.security ?? []
      const parameters = [...(item.parameters ?? []), ...(operation.parameters ?? [])]
      return [{ id, method, path: template, summary, tags, security, parameters }]
    }),
  )
}
