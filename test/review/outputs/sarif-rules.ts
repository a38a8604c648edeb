/** What SARIF 2.1.0 and GitHub ask of the parts that we write, apart from the code that writes them. */
import { expect } from 'vitest'

interface Log {
  readonly version: string
  readonly $schema: string
  readonly runs: readonly Run[]
}
interface Message {
  readonly text: string
}
interface Run {
  readonly tool: {
    readonly driver: {
      readonly name: string
      readonly rules: readonly { readonly id: string; readonly shortDescription: Message; readonly help: Message }[]
    }
  }
  readonly invocations: readonly {
    readonly executionSuccessful: boolean
    readonly toolExecutionNotifications: readonly { readonly message: Message }[]
  }[]
  readonly columnKind: string
  readonly automationDetails: { readonly id: string }
  readonly results: readonly Result[]
}
interface Location {
  readonly id?: number
  readonly message?: Message
  readonly physicalLocation?: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: string }
    readonly region?: { readonly startLine: number }
  }
  readonly logicalLocations?: readonly { readonly fullyQualifiedName: string; readonly kind: string }[]
}
export interface Result {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: string
  readonly message: Message
  readonly locations: readonly Location[]
  readonly relatedLocations: readonly Location[]
  readonly partialFingerprints: Readonly<Record<string, string>>
}

/** The properties of each object that we write: the schema of SARIF allows no others. */
const KEYS = {
  log: ['$schema', 'runs', 'version'],
  run: ['automationDetails', 'columnKind', 'invocations', 'properties', 'results', 'tool'],
  driver: ['informationUri', 'name', 'rules', 'version'],
  rule: ['fullDescription', 'help', 'id', 'name', 'shortDescription'],
  result: 'level locations message partialFingerprints properties relatedLocations ruleId ruleIndex'.split(' '),
  location: ['id', 'logicalLocations', 'message', 'physicalLocation'],
  physicalLocation: ['artifactLocation', 'region'],
  artifactLocation: ['uri', 'uriBaseId'],
}

function expectKeys(kind: keyof typeof KEYS, value: object): void {
  expect(Object.keys(value).filter(key => !KEYS[kind].includes(key))).toEqual([])
}

/** Fails where a log is not what the specification and GitHub ask for; gives back its results. */
export function expectSarif(value: unknown): readonly Result[] {
  const log = value as Log
  expectKeys('log', log)
  expect(log.version).toBe('2.1.0')
  expect(log.runs).toHaveLength(1)
  const [run] = log.runs as readonly [Run]
  expectKeys('run', run)
  expectKeys('driver', run.tool.driver)
  expect(run.columnKind).toBe('utf16CodeUnits')
  expect(run.invocations.map(({ executionSuccessful }) => executionSuccessful)).toEqual([true])
  const { rules } = run.tool.driver
  for (const rule of rules) {
    expectKeys('rule', rule)
    expect(rule.shortDescription.text.length * rule.help.text.length).toBeGreaterThan(0)
  }
  expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
  expect(run.results.length).toBeLessThanOrEqual(5000)
  for (const result of run.results) {
    expectKeys('result', result)
    expect(rules[result.ruleIndex]?.id).toBe(result.ruleId)
    expect(['error', 'warning', 'note']).toContain(result.level)
    expectMessage(result.message)
    expect(result.partialFingerprints['primaryLocationLineHash']).toMatch(/^[0-9a-f]{16}:1$/)
    expect(result.locations).toHaveLength(1)
    expect(result.locations[0]!.physicalLocation?.region).toBeDefined()
    for (const location of [...result.locations, ...result.relatedLocations]) expectLocation(location)
    expect(result.relatedLocations.map(({ id }) => id)).toEqual(
      result.relatedLocations.map((_location, index) => index + 1),
    )
  }
  return run.results
}

/** Plain text in which no name is a link or a placeholder. */
function expectMessage({ text }: Message): void {
  expect(text.length).toBeGreaterThan(0)
  expect(text).not.toMatch(/(?<!\\)\]\(/)
  expect(text).not.toMatch(/(?<!\{)\{\d+\}(?!\})/)
  expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}]/u)
}

function expectLocation(location: Location): void {
  expectKeys('location', location)
  const { physicalLocation, message } = location
  if (message !== undefined) expectMessage(message)
  if (physicalLocation === undefined) return
  expectKeys('physicalLocation', physicalLocation)
  expectKeys('artifactLocation', physicalLocation.artifactLocation)
  // RFC 3986: nothing but these, and percent signs that begin an escape.
  expect(physicalLocation.artifactLocation.uri).toMatch(/^(?:[\w.~!$&'()*+,;=:@/-]|%[0-9A-F]{2})+$/)
  if (physicalLocation.region !== undefined) expect(physicalLocation.region.startLine).toBeGreaterThanOrEqual(1)
}
