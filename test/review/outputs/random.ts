/** Random reports: names that nobody would choose, and lists of any length. */
import fc from 'fast-check'
import { EFFECTS } from '../../../src/model/effect.ts'
import { RESOURCE_FINDINGS, type Finding } from '../../../src/model/finding.ts'
import type { ReviewReport } from '../../../src/model/review.ts'
import {
  access,
  added,
  blockedBy,
  cause,
  judgement,
  operation,
  people,
  report,
  resource,
  secret,
  service,
  violation,
} from './reports.ts'
import { HOSTILE } from './stories.ts'

const FRAGMENTS = [
  '|', '\\', '`', '``', '<', '>', '&', '&amp;', '&#64;', '@', '#', '[', ']', '(', ')', '!', '*', '_', '~', '$', ':', '-', '+', '=', '{', '}', '"', "'",
  '\n', '\r', '\t', ' ', '  ', '\u0000', '\u001B[31m', '\u0085', '\u00A0', '\u00AD', '\u200B', '\u200D', '\u202E', '\u2028', '\u2066', '\uFEFF', '\uFFFE', '\u{E0041}',
  '\u0301', '\uD800', '\uDC00', 'а', 'ａ', 'é', '漢', '😀', '<!--', '-->', '</details>', '<b>', 'https://e.example', 'www.e.example', 'a@b.example', '@team', '#1', ':tada:', '1. ', '- [x] ',
  '---', '```', '\\u{41}', '\\|', '%0A', '::error::', '{0}', '](1)', 'and', ', ', ' added', 'group ', 'PASSED',
] // prettier-ignore

/** A name that wants to be taken for something else. */
export const hostileName: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc
    .array(fc.oneof(fc.constantFrom(...FRAGMENTS), fc.string({ unit: 'binary', maxLength: 4 })), {
      minLength: 1,
      maxLength: 6,
    })
    .map(parts => parts.join('')),
)

const finding = fc
  .record({
    name: hostileName,
    other: hostileName,
    isAccess: fc.boolean(),
    step: fc.constantFrom(
      ...EFFECTS.flatMap(before =>
        EFFECTS.filter(after => after !== before).map(after => `${before} ${after}` as const),
      ),
    ),
    kind: fc.constantFrom(...RESOURCE_FINDINGS),
    severity: fc.constantFrom('high', 'medium', 'low'),
    direction: fc.constantFrom('widens', 'narrows', 'unclear'),
    side: fc.constantFrom('before', 'after'),
    need: fc.constantFrom('each', 'either'),
    people: fc.option(fc.nat(9), { nil: undefined }),
  })
  .map(({ name, other, isAccess, step, kind, severity, direction, side, need, people: count }) => {
    const causes = [cause(`${name}.yaml`, 7, `member ${other} added`, { side }), cause(`${other}.yaml`, 9, other)]
    const some =
      count === undefined
        ? {}
        : { people: count, operations: [other], integrations: ['integration/acme/billing-eu' as const] }
    const because = [{ need, causes, ...some }]
    if (!isAccess)
      return resource(kind, `${name} of "${other}" changed`, {
        severity,
        direction,
        because,
        before: name,
        after: other,
        facts: { name, other },
      })
    return access({
      step,
      who: count === undefined ? { kind: 'company', name } : people(`${name}, ${other}`, name, other),
      operations: [operation(`POST /${name}`, other), operation(`GET /${other}`, name)],
      because,
    })
  })

/** A report with hostile names wherever documents give names. */
export const hostileReport: fc.Arbitrary<ReviewReport> = fc
  .record({
    findings: fc.array(finding, { maxLength: 8 }),
    a: hostileName,
    b: hostileName,
    environment: fc.option(hostileName, { nil: undefined }),
  })
  .map(({ findings, a, b, environment }) => {
    const newOperation = added(operation(`POST /${a}`, b))
    const line = { side: 'after', file: `${a}.yaml`, line: 3 } as const
    const of = report({
      findings,
      comparison: { environment, base: { label: a, commit: undefined, documents: 1 } },
      review: {
        services: [
          service('crm', {
            added: [newOperation],
            moved: [{ id: a, from: b, to: a }],
            renamed: [{ ...newOperation, before: newOperation.after, after: newOperation.after }],
            removed: [newOperation],
            decisions: [
              {
                operation: newOperation,
                covering: [{ integration: 'integration/acme/crm', effect: 'allow', line, people: 2, open: true }],
              },
            ],
          }),
        ],
        secrets: [
          secret('key', {
            file: a,
            entries: [{ name: b, change: 'moved' }],
            readers: { added: [a], removed: [b], kept: [] },
          }),
        ],
        judgements: [
          judgement('promise', {
            description: a,
            after: 'broken',
            violations: [violation(b, { witness: a, waivedBy: undefined, line, findings: ['A1', b] })],
            waivers: [{ id: b, owner: a, reason: b, expires: '2026-12-31', state: 'expired' }],
          }),
          judgement('unknown', { description: b, after: 'failed', failure: a }),
        ],
        unseen: [a],
        removals: [{ address: 'consumer/acme/bot', usedBy: ['consumer/acme/other'] }],
      },
      diagnostics: [{ severity: 'warning', code: 'odd', message: a, file: b, line: 1 }],
    })
    return blockedBy(of, `guardrail acme/promise: ${b}`, a)
  })

const SEVERITIES = ['high', 'medium', 'low'] as const

/** So many findings of every severity and sort, each with its names; cheap to build. */
export function manyFindings(count: number, seed: number): readonly Finding[] {
  const write = [operation('POST /refunds', 'refunds.create')]
  return Array.from({ length: count }, (_, index) => {
    const number = index + seed
    const severity = SEVERITIES[(number * 7 + (number >> 3)) % 3]!
    const names = { id: `A${index + 1}`, fingerprint: `sha256:${String(number).padStart(64, '0')}`, severity }
    const isAccess = number % 3 !== 0
    if (!isAccess) {
      const kind = RESOURCE_FINDINGS[number % RESOURCE_FINDINGS.length]!
      return {
        ...resource(kind, `integration acme/i${number} differs`, {
          direction: number % 2 === 0 ? 'unclear' : 'widens',
        }),
        ...names,
      }
    }
    const step = number % 5 === 0 ? 'allow deny' : 'confirm allow'
    return { ...access({ step, who: people(`p${number}@acme.example`), operations: write }), ...names }
  })
}
