type Fields = Readonly<Record<string, unknown>>

/** One setting of a service, as its schema describes it. */
export interface Setting {
  readonly name: string
  /** The types that it may have, or the values to choose from. */
  readonly type: string
  readonly required: boolean
  readonly title?: string
  readonly description?: string
  readonly default?: unknown
}

/** The settings that a `settingsSchema` names at its top level; what a schema says in other ways is left out. */
export function settingsOf(schema: unknown): readonly Setting[] {
  const { properties, required } = fields(schema)
  const needed = Array.isArray(required) ? required : []
  return Object.entries(fields(properties)).map(([name, property]) =>
    setting(name, fields(property), needed.includes(name)),
  )
}

function setting(name: string, property: Fields, required: boolean): Setting {
  const { title, description, default: initial } = property
  return {
    name,
    type: typeText(property),
    required,
    ...(typeof title === 'string' && { title }),
    ...(typeof description === 'string' && { description }),
    ...(initial !== undefined && { default: initial }),
  }
}

function fields(value: unknown): Fields {
  return isFields(value) ? value : {}
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function typeText(property: Fields): string {
  const { enum: choices, const: only, type } = property
  if (only !== undefined) return JSON.stringify(only)
  if (Array.isArray(choices))
    return choices.map(choice => (typeof choice === 'string' ? choice : JSON.stringify(choice))).join(' | ')
  if (typeof type === 'string') return type
  return Array.isArray(type) ? type.join(' | ') : 'any'
}

/** A value for each required setting, as far as its schema suggests one; a text to replace otherwise. */
export function startingSettings(schema: unknown): Fields {
  const { properties, required } = fields(schema)
  const names = (Array.isArray(required) ? required : []).filter(name => typeof name === 'string')
  return Object.fromEntries(names.map(name => [name, startingValue(fields(fields(properties)[name]))]))
}

function startingValue(property: Fields): unknown {
  const { const: only, default: initial, examples, enum: choices, type, minimum } = property
  const suggested = [only, initial, first(examples), first(choices)].find(value => value !== undefined)
  if (suggested !== undefined) return suggested
  if (type === 'boolean') return false
  if (type === 'integer' || type === 'number') return typeof minimum === 'number' ? minimum : 0
  if (type === 'array') return []
  return type === 'object' ? {} : 'CHANGE-ME'
}

function first(list: unknown): unknown {
  return Array.isArray(list) ? list[0] : undefined
}
