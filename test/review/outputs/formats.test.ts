/** What programs read: each format keeps its own rules, whatever names there are. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reviewAnnotations } from '../../../src/cli/view/review/annotations.ts'
import { explainText } from '../../../src/cli/view/review/explain.ts'
import { reviewGitlab } from '../../../src/cli/view/review/gitlab.ts'
import { reviewFailureJson, reviewJson } from '../../../src/cli/view/review/json.ts'
import { reviewJunit } from '../../../src/cli/view/review/junit.ts'
import { reviewMarkdown } from '../../../src/cli/view/review/markdown.ts'
import { RULES } from '../../../src/cli/view/review/rules.ts'
import { reviewSarif } from '../../../src/cli/view/review/sarif.ts'
import { reviewText } from '../../../src/cli/view/review/text.ts'
import { toYaml } from '../../../src/decode/write.ts'
import { RESOURCE_FINDINGS } from '../../../src/model/finding.ts'
import type { ReviewReport } from '../../../src/model/review.ts'
import { parse } from 'yaml'
import { hostileReport, manyFindings } from './random.ts'
import { access, blockedBy, cause, each, judgement, operation, people, report, violation } from './reports.ts'
import { expectSarif } from './sarif-rules.ts'
import { STORIES } from './stories.ts'
import { readXml } from './xml.ts'

const SCHEMAS = path.join(import.meta.dirname, '../../../schemas')
const schemas = new Ajv2020({ strict: false, allErrors: true })
for (const file of readdirSync(SCHEMAS).filter(name => name.endsWith('.schema.json'))) {
  schemas.addSchema(JSON.parse(readFileSync(path.join(SCHEMAS, file), 'utf8')))
}
const plain = (_style: string, text: string): string => text
const reports = fc.oneof(
  hostileReport,
  fc.constantFrom(...Object.values(STORIES)).map(build => build()),
)

/** The value as JSON has it: without what is undefined. */
function asJson(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value))
}

describe('JSON', () => {
  const validate = schemas.getSchema('https://tenon.dev/schemas/review.schema.json')!
  const faults = (value: unknown): unknown => (validate(asJson(value)) ? [] : validate.errors)

  test('has its published shape, whatever is in it', () => {
    fc.assert(
      fc.property(reports, of => {
        expect(faults(reviewJson(of))).toEqual([])
      }),
    )
  })

  test('has it also where nothing could be compared, and is never green', () => {
    const failed = reviewFailureJson([{ code: 'no-such-revision', message: 'there is no "main"' }], [])
    expect(faults(failed)).toEqual([])
    expect(failed).toMatchObject({ complete: false, verdict: 'failed' })
    expect(faults({ ...failed, verdict: 'passed' })).not.toEqual([])
    expect(faults({ ...reviewJson(STORIES['nothing']!()), complete: false })).not.toEqual([])
    expect(faults({ ...reviewJson(STORIES['nothing']!()), more: 1 })).not.toEqual([])
  })

  test('knows every sort of finding', () => {
    const file = path.join(SCHEMAS, 'review.schema.json')
    const schema = JSON.parse(readFileSync(file, 'utf8')) as {
      $defs: { resource: { properties: { kind: { enum: string[] } } } }
    }
    expect(schema.$defs.resource.properties.kind.enum).toEqual([...RESOURCE_FINDINGS])
  })

  test('has everything: all findings, all people, all operations', () => {
    const of = report({ numbered: manyFindings(3000, 1) })
    const { findings } = reviewJson(of) as {
      findings: readonly { who?: { people: readonly string[]; count: number } }[]
    }
    expect(findings).toHaveLength(3000)
    const everybody = of.review.findings.flatMap(finding =>
      finding.kind === 'access' && finding.who.kind === 'people' ? finding.who.people : [],
    )
    expect(findings.flatMap(({ who }) => who?.people ?? [])).toEqual(everybody)
  })

  test('is the same in YAML', () => {
    for (const build of Object.values(STORIES))
      expect(parse(toYaml(reviewJson(build())))).toEqual(asJson(reviewJson(build())))
  })
})

/** The same value with the keys of every object in another order. */
function shuffled<T>(value: T): T {
  if (Array.isArray(value)) return value.map(shuffled) as T
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, entry]) => [key, shuffled(entry)]),
  ) as T
}

const OUTPUTS: Readonly<Record<string, (of: ReviewReport) => string>> = {
  json: of => JSON.stringify(reviewJson(of)),
  markdown: of => reviewMarkdown(of, { maxBytes: 60_000 }),
  sarif: of => JSON.stringify(reviewSarif(of)),
  gitlab: of => JSON.stringify(reviewGitlab(of)),
  annotations: reviewAnnotations,
  junit: reviewJunit,
  text: of => reviewText(of, plain),
  explain: of => of.review.findings.map(finding => explainText(of, finding, plain)).join(''),
}

test.each(Object.keys(OUTPUTS))('%s is the same however the facts lie in memory', name => {
  fc.assert(
    fc.property(reports, of => {
      expect(OUTPUTS[name]!(shuffled(of))).toBe(OUTPUTS[name]!(of))
    }),
  )
})

test.each(['markdown', 'gitlab', 'annotations', 'junit', 'text', 'explain'])('%s hides no character', name => {
  fc.assert(
    fc.property(reports, of => {
      expect(OUTPUTS[name]!(of).replaceAll('\n', '')).not.toMatch(
        /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u,
      )
    }),
  )
})

describe('SARIF', () => {
  test('keeps the rules of the format and of GitHub, whatever names there are', () => {
    fc.assert(
      fc.property(reports, of => {
        const found = of.review.findings.length
        expect(expectSarif(asJson(reviewSarif(of))).length).toBeGreaterThanOrEqual(found)
      }),
    )
  })

  test('has the worst 5,000 results, and says how many there are', () => {
    const of = report({ numbered: manyFindings(6000, 1) })
    const log = asJson(reviewSarif(of))
    const results = expectSarif(log)
    expect(results).toHaveLength(5000)
    expect(JSON.stringify(log)).toContain('6,000 results, of which 5,000 are here: the worst')
    const levels = results.map(({ level }) => ['error', 'warning', 'note'].indexOf(level))
    expect(levels).toEqual(levels.toSorted((a, b) => a - b))
  })

  test('stands on the line after the change; other edits are related', () => {
    const finding = access({
      step: 'deny allow',
      who: people('dana@acme.example'),
      operations: [operation('POST /a')],
      because: [
        each(
          cause('old.yaml', 5, 'gone', { side: 'before' }),
          cause('dir with ü/new.yaml', 7, 'added'),
          cause('new.yaml', 9, 'too'),
        ),
      ],
    })
    const [result] = expectSarif(asJson(reviewSarif(report({ findings: [finding] }))))
    expect(result!.locations[0]!.physicalLocation).toEqual({
      artifactLocation: { uri: 'dir%20with%20%C3%BC/new.yaml', uriBaseId: '%SRCROOT%' },
      region: { startLine: 7 },
    })
    expect(result!.relatedLocations.map(({ message }) => message!.text)).toEqual([
      'gone (line 5 before the change)',
      'too',
    ])
    expect(result!.level).toBe('error')
  })
})

describe('GitLab Code Quality', () => {
  const SEVERITIES = ['info', 'minor', 'major', 'critical', 'blocker']

  test('has the fields that GitLab reads, and each fingerprint once', () => {
    fc.assert(
      fc.property(reports, of => {
        const entries = asJson(reviewGitlab(of)) as readonly Record<string, unknown>[]
        for (const entry of entries) {
          expect(Object.keys(entry)).toEqual(['description', 'check_name', 'fingerprint', 'severity', 'location'])
          expect(SEVERITIES).toContain(entry['severity'])
          const { path: file, lines } = entry['location'] as { path: string; lines: { begin: number } }
          expect(file).not.toMatch(/^\.\//)
          expect(lines.begin).toBeGreaterThanOrEqual(1)
        }
        expect(new Set(entries.map(({ fingerprint }) => fingerprint)).size).toBe(entries.length)
      }),
    )
  })

  test('ranks broken promises that deny above all findings', () => {
    const entries = reviewGitlab(STORIES['everything']!())
    expect(entries.map(({ severity }) => severity)).toEqual([
      'blocker',
      'blocker',
      'critical',
      'critical',
      'major',
      'major',
      'major',
      'major',
      'minor',
      'info',
      'info',
    ])
  })
})

describe('GitHub annotations', () => {
  const COMMAND = /^::(error|warning|notice) (?:file=([^:,\n]*),line=(\d+),)?title=([^:,\n]*)::(.+)$/

  /** What the runner makes of an escaped text. */
  const unescaped = (text: string): string =>
    text.replaceAll(/%(25|0D|0A|3A|2C)/g, (_match, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

  test('are commands, at most ten of a level, whatever names there are', () => {
    fc.assert(
      fc.property(reports, of => {
        const lines = reviewAnnotations(of).split('\n').slice(0, -1)
        const levels = lines.map(line => COMMAND.exec(line)?.[1])
        expect(levels.filter(level => level === undefined)).toEqual([])
        for (const level of ['error', 'warning', 'notice'])
          expect(levels.filter(other => other === level).length).toBeLessThanOrEqual(10)
        for (const line of lines) expect(COMMAND.exec(line)!.slice(2).join('')).not.toMatch(/%(?!25|0D|0A|3A|2C)/)
      }),
    )
  })

  test('tell in the last of a level how many more there are', () => {
    const lines = reviewAnnotations(report({ numbered: manyFindings(3000, 1) }))
      .trim()
      .split('\n')
    expect(lines).toHaveLength(30)
    const more = lines.flatMap(line => /\(and ([\d,]+) more of this level in the report\)$/.exec(line)?.[1] ?? [])
    expect(more.map(number => Number(number.replaceAll(',', ''))).reduce((sum, number) => sum + number, 0)).toBe(2970)
  })

  test('give back the names that went in', () => {
    const name = '100%, a:b::c%0A'
    const of = report({
      findings: [
        access({
          step: 'deny allow',
          who: people(name),
          operations: [operation('GET /a')],
          because: [each(cause(name, 3, 'x'))],
        }),
      ],
    })
    const [, , file, line, , message] = COMMAND.exec(reviewAnnotations(of).trim())!
    expect([unescaped(file!), line]).toEqual([name, '3'])
    expect(unescaped(message!)).toContain(`medium: ${name} can now call`)
  })
})

describe('JUnit', () => {
  test('is XML with a case for each guardrail and each finding that blocks, whatever names there are', () => {
    fc.assert(
      fc.property(reports, of => {
        const root = readXml(reviewJunit(of))
        const [guardrails, findings] = root.children
        expect(guardrails!.children).toHaveLength(of.review.judgements.length)
        const cases = [...guardrails!.children, ...findings!.children]
        const failed = cases.filter(({ children }) => children.some(({ name }) => name === 'failure'))
        expect(root.attributes).toMatchObject({ tests: String(cases.length), failures: String(failed.length) })
        const ids = of.review.findings.filter(({ severity }) => severity === 'high').length
        if (of.verdict.kind === 'blocked') expect(findings!.children.length).toBeGreaterThanOrEqual(ids)
        else expect(findings!.children).toEqual([])
      }),
    )
  })

  test('fails for what denies, and passes for what warns or is waived', () => {
    const broken = [violation('it is broken')]
    const of = report({
      review: {
        judgements: [
          judgement('denies', { after: 'broken', violations: broken }),
          judgement('warns', { after: 'broken', violations: broken, actions: ['Warn', 'Audit'] }),
          judgement('waived', { after: 'broken', violations: [violation('let it', { waivedBy: 'SEC-1' })] }),
          judgement('fails', { after: 'failed', failure: 'no such field' }),
          judgement('holds'),
        ],
      },
    })
    const outcomes = readXml(reviewJunit(blockedBy(of))).children[0]!.children.map(({ children }) => children[0]?.name)
    expect(outcomes).toEqual(['failure', 'system-out', 'system-out', 'error', undefined])
  })
})

test('every sort of finding has a title and a help text, each a sentence', () => {
  for (const { title, help } of Object.values(RULES)) {
    expect(title).toMatch(/^[A-Z][A-Za-z ]+$/)
    expect(help).toMatch(/^[A-Z].+\.$/)
  }
})
