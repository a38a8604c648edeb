import { Environment } from '@marcbachmann/cel-js'
import { joined, linearMatch, parts } from './functions.ts'

/** What each object that expressions read has in it, by the type's name. The docs are made from this. */
export const OBJECTS = {
  Finding: {
    kind: 'string',
    transition: 'string',
    severity: 'string',
    direction: 'string',
    summary: 'string',
    address: 'string',
    principal: 'Principal',
    operations: 'Operations',
    integration: 'string',
    integrations: 'list<string>',
    before: 'string',
    after: 'string',
    until: 'string',
    causes: 'list<Cause>',
  },
  Principal: { kind: 'string', name: 'string', names: 'list<string>', size: 'int', external: 'bool' },
  Operations: {
    count: 'int',
    writes: 'int',
    new: 'int',
    names: 'list<string>',
    methods: 'list<string>',
    paths: 'list<string>',
    tags: 'list<string>',
  },
  Cause: { file: 'string', line: 'int', address: 'string', edit: 'string' },
  Integration: {
    name: 'string',
    title: 'string',
    service: 'string',
    accessLevel: 'string',
    enabled: 'bool',
    labels: 'map<string, string>',
    dataClasses: 'list<string>',
    credentials: 'list<string>',
  },
  Diff: {
    findings: 'int',
    widens: 'int',
    narrows: 'int',
    unclear: 'int',
    high: 'int',
    medium: 'int',
    low: 'int',
    changed: 'int',
    gaining: 'int',
    losing: 'int',
    removals: 'int',
    removed: 'list<string>',
    guardChanges: 'int',
  },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>

/** Entries of a list are told from maps by their class. */
class Cause {
  declare readonly file: string
  declare readonly line: bigint
  declare readonly address: string
  declare readonly edit: string
}

/** A cause as an entry of `finding.causes`. */
export function causeOf(facts: object): object {
  return Object.assign(new Cause(), facts)
}

const CLASSES: Readonly<Record<string, new () => object>> = { Cause }

/** What expressions may read; `finding` and `integration` only where they are evaluated for each finding. */
export const VARIABLES = {
  finding: 'Finding',
  integration: 'Integration',
  diff: 'Diff',
  asOf: 'string',
} as const

const LIMITS = { maxAstNodes: 500, maxDepth: 32, maxListElements: 100, maxMapEntries: 100, maxCallArguments: 4 }

/** The language as it is without variables: its types, and the functions that were made to end. */
function language(): Environment {
  const environment = new Environment({ limits: LIMITS })
    .registerFunction('string.linearMatch(string): bool', linearMatch)
    .registerFunction('list<string>.joined(): string', (texts: readonly string[]) => joined(texts, ''))
    .registerFunction('list<string>.joined(string): string', joined)
    .registerFunction('string.parts(string): list<string>', parts)
  // What an object holds has to be known before the object is.
  for (const [name, fields] of Object.entries(OBJECTS).toReversed()) {
    const ctor = CLASSES[name]
    environment.registerType(name, ctor === undefined ? { fields } : { ctor, fields })
  }
  return environment
}

/** The environment that expressions are checked and evaluated in, given the types of the variables named before. */
export function environmentOf(
  over: 'finding' | 'change',
  variables: Readonly<Record<string, string>> = {},
): Environment {
  const environment = language()
  environment.registerVariable('diff', VARIABLES.diff).registerVariable('asOf', VARIABLES.asOf)
  if (over === 'finding') {
    environment.registerVariable('finding', VARIABLES.finding).registerVariable('integration', VARIABLES.integration)
  }
  environment.registerType('Variables', { fields: variables }).registerVariable('variables', 'Variables')
  return environment
}
