/** What a schema may demand of a value: the part of JSON Schema that `schemas/` uses, references inlined. */
export interface SchemaNode {
  readonly description?: string
  readonly type?: SchemaType
  readonly const?: string
  readonly enum?: readonly string[]
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly required?: readonly string[]
  readonly additionalProperties?: false | SchemaNode
  readonly propertyNames?: { readonly pattern: string }
  readonly minProperties?: number
  readonly maxProperties?: number
  readonly items?: SchemaNode
  readonly minItems?: number
  readonly maxItems?: number
  readonly uniqueItems?: boolean
  readonly minLength?: number
  readonly maxLength?: number
  readonly pattern?: string
  readonly minimum?: number
  readonly maximum?: number
  readonly allOf?: readonly Conditional[]
}

export type SchemaType = 'object' | 'array' | 'string' | 'boolean' | 'integer'

/** Fields that other fields demand or forbid: `if` compares fields with constants. */
export interface Conditional {
  readonly if: {
    readonly properties: Readonly<Record<string, { readonly const: string }>>
    readonly required: readonly string[]
  }
  readonly then?: Consequence
  readonly else?: Consequence
}

export interface Consequence {
  readonly required?: readonly string[]
  readonly properties?: Readonly<Record<string, false>>
}

/** A value as a map of fields, or `undefined`. */
export function asMap(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return isMap(value) ? value : undefined
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** The value of a field that a map has itself, or `undefined`. */
export function field(map: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(map, name) ? map[name] : undefined
}
