/** Reports that show each part of the outputs. */
import type { ReviewReport } from '../../../src/model/review.ts'
import {
  access,
  added,
  blockedBy,
  cause,
  each,
  judgement,
  members,
  operation,
  people,
  removed,
  report,
  resource,
  secret,
  service,
  violation,
} from './reports.ts'

const refund = operation('POST /refunds', 'refunds.create')
const cancel = operation('DELETE /refunds/{id}', 'refunds.cancel')
const list = operation('GET /refunds', 'refunds.list')
const mergeContacts = operation('POST /contacts/merge', 'contacts.merge')

const billing = 'integrations/billing.yaml'

/** What a large change looks like: something of everything. */
function everything(): ReviewReport {
  const unguarded = access({
    step: 'confirm allow',
    who: members('support-tier1', 45),
    operations: [refund, cancel],
    integrations: ['integration/acme/billing-eu', 'integration/acme/billing-us'],
    because: [
      { ...each(cause(billing, 31, 'permission 2 (confirm → allow)')), people: 42 },
      {
        ...each(
          cause(billing, 31, 'permission 2 (confirm → allow)'),
          cause('groups/support.yaml', 14, 'member dana@acme.example added', { address: 'accessGroup/acme/support' }),
        ),
        people: 3,
      },
    ],
  })
  const external = access({
    step: 'deny allow',
    who: { kind: 'idpGroup', name: 'ext-acme' },
    operations: [list, operation('GET /reports/{id}', 'reports.get')],
    integrations: ['integration/acme/warehouse'],
    because: [
      {
        need: 'either',
        causes: [
          cause('integrations/warehouse.yaml', 12, 'permission 1 added'),
          cause('integrations/warehouse.yaml', 15, 'permission 2 added'),
        ],
      },
    ],
    until: '2027-01-06',
  })
  const narrowed = access({
    step: 'allow deny',
    who: people('li.w@acme.example'),
    operations: [operation('POST /tickets/{id}/close', 'tickets.close')],
    integrations: ['integration/acme/tickets'],
    because: [each(cause('groups/contractors.yaml', 9, 'member li.w@acme.example added'))],
  })
  const asked = access({
    step: 'allow confirm',
    who: { kind: 'company', name: 'acme.example' },
    operations: [refund],
    because: [each(cause(billing, 40, 'permission 3 removed', { side: 'before' }))],
  })
  const moved = resource(
    'destination-changed',
    'crm-key of acme/crm is sent to api.crm-eu.example instead of api.crm.example',
    {
      severity: 'high',
      direction: 'widens',
      address: 'integration/acme/crm',
      integrations: ['integration/acme/crm'],
      before: 'https://api.crm.example',
      after: 'https://api.crm-eu.example',
      because: [each(cause('services/crm.yaml', 8, 'endpoint changed'))],
    },
  )
  const deleted = resource('integration-deleted', 'integration acme/legacy is deleted, used by consumer acme/bot', {
    severity: 'medium',
    address: 'integration/acme/legacy',
    integrations: ['integration/acme/legacy'],
    because: [each(cause('integrations/legacy.yaml', 4, 'deleted', { side: 'before' }))],
  })
  const guard = resource('guardrail-changed', 'guardrail acme/waivers has another text', {
    severity: 'medium',
    address: 'integration/acme/waivers',
    because: [each(cause('guardrails/waivers.yaml', 3, 'waiver SEC-811 added'))],
  })
  const settings = resource('settings-changed', 'integration acme/crm has another region', {
    address: 'integration/acme/crm',
    because: [each(cause('integrations/crm.yaml', 19, 'settings.region changed'))],
  })
  const of = report({
    findings: [unguarded, external, narrowed, asked, moved, deleted, guard, settings],
    review: {
      services: [
        service('crm', {
          added: [
            added(operation('DELETE /contacts', 'contacts.bulkDelete')),
            added(operation('GET /contacts/export')),
          ],
          removed: [removed(operation('GET /old'))],
          renamed: [{ ...mergeContacts, after: { ...mergeContacts.after!, id: 'contacts.mergeV2' } }],
          moved: [{ id: 'contacts.get', from: 'GET /contact/{id}', to: 'GET /contacts/{id}' }],
          decisions: [
            {
              operation: added(operation('DELETE /contacts', 'contacts.bulkDelete')),
              covering: [
                {
                  integration: 'integration/acme/crm',
                  effect: 'allow',
                  line: { side: 'after', file: 'integrations/crm.yaml', line: 22 },
                  people: 7,
                  open: true,
                },
              ],
            },
            { operation: added(operation('GET /contacts/export')), covering: [] },
          ],
        }),
        service('tickets', { isLocked: false, added: [added(operation('POST /tickets'))] }),
      ],
      secrets: [
        secret('billing', {
          entries: [
            { name: 'api_key', change: 'changed' },
            { name: 'api_secret', change: 'unchanged' },
          ],
          readers: { added: [], removed: [], kept: ['age1aaa', 'age1bbb'] },
        }),
        secret('eu', {
          isRekeyed: true,
          entries: [{ name: 'token', change: 'unknown' }],
          readers: { added: ['age1q9example'], removed: ['age1gone'], kept: ['age1aaa'] },
        }),
      ],
      judgements: [
        judgement('access-ends', {
          description: 'access of ext-* groups ends within 90 days',
          actions: ['Warn'],
          after: 'broken',
          violations: [violation('access of ext-acme ends after 91 days', { findings: ['A3'] })],
          waivers: [{ id: 'SEC-811', owner: 'security', reason: 'migration', expires: '2026-11-30', state: 'unused' }],
        }),
        judgement('ceiling', { description: 'no access beyond ceilings/prod.yaml', brokenAlready: 0 }),
        judgement('no-unasked-money', {
          description: 'nobody outside finance moves money without confirmation',
          after: 'broken',
          violations: [
            violation('support-tier1 may refund unasked', {
              findings: ['A1'],
              witness: 'support-tier1-00000@acme.example → POST /refunds on acme/billing-eu',
              line: { side: 'after', file: billing, line: 31 },
            }),
            violation('ops may refund unasked', { waivedBy: 'SEC-9' }),
          ],
          waivers: [{ id: 'SEC-9', owner: 'ops', reason: 'night shift', expires: '2026-12-31', state: 'used' }],
          byNewText: 'holds',
        }),
        judgement('separation', {
          description: 'nobody both creates vendors and pays invoices',
          before: 'not-judged',
          after: 'failed',
          failure: 'it names group "payers", which is not declared',
        }),
      ],
      unseen: ["Who is in the identity provider's ext-acme is not in these files: they are named and never counted."],
      removals: [
        { address: 'integration/acme/legacy', usedBy: ['consumer/acme/bot'] },
        { address: 'accessGroup/acme/temps', usedBy: [] },
      ],
    },
    diagnostics: [
      {
        severity: 'warning',
        code: 'selector-matches-nothing',
        message: 'permission 3 of "crm" selects no operation',
        file: 'integrations/crm.yaml',
        line: 22,
      },
    ],
  })
  return blockedBy(
    of,
    'guardrail acme/no-unasked-money: support-tier1 may refund unasked',
    'guardrail acme/separation could not be evaluated: it names group "payers", which is not declared',
  )
}

/** The same letters, or none at all: names that want to be taken for something else. */
export const HOSTILE = [
  'a|b',
  'a\\|b\\',
  '`tick` ``two`` `````five',
  '</details><!-- x --><script>alert(1)</script>',
  '@everyone #12 acme/repo#3 :tada: GH-7',
  '[passed](https://evil.example) ![i](x) https://evil.example www.evil.example e@evil.example',
  '# heading\n- [x] approved\r\n1. list\n> quote\n---\n===',
  '\u202Egnp.exe\u202C zero\u200Bwidth \u2066iso\u2069 nul\u0000 tab\t bell\u0007 nel\u0085 ls\u2028 tag\u{E0041}',
  'раураl',
  '&lt;b&gt; &amp; &#64;',
  ' leading and  double and trailing ',
  '\\u{41} \\u literal',
  '~~struck~~ **bold** __under__ *em* $x^2$ ==mark== <b>',
  '%0A::error::forged',
  '{0} {1} [a](1)',
  'half \uD800 surrogate',
  'PASSED. Everything is fine',
] as const

function hostile(): ReviewReport {
  const findings = HOSTILE.map((name, index) =>
    access({
      step: 'deny allow',
      who: index % 2 === 0 ? people(name) : { kind: 'idpGroup', name },
      operations: [operation(`POST /${name}`, name)],
      because: [each(cause(`${name}.yaml`, index + 1, `member ${name} added`))],
    }),
  )
  return blockedBy(report({ findings, comparison: { environment: 'a-->b|`c`' } }))
}

/** By the name of the story. */
/** Reasons that are about some of a row only. */
function partly(): ReviewReport {
  const [eu, us] = ['integration/acme/billing-eu', 'integration/acme/billing-us'] as const
  const permission = cause(billing, 31, 'permission 2 (confirm → allow)')
  const allowed = cause(billing, 11, 'permission 1 removed (deny)', { side: 'before' })
  const joins = cause('groups/support.yaml', 14, 'member dana@acme.example added')
  const other = cause('groups/sales.yaml', 9, 'member dana@acme.example added')
  const row = {
    step: 'confirm allow',
    operations: [refund, cancel, mergeContacts, operation('PUT /refunds', 'refunds.replace')],
    integrations: [eu, us],
  } as const
  const others = ['refunds.cancel', 'contacts.merge', 'refunds.replace']
  return report({
    findings: [
      access({
        ...row,
        who: members('support', 3),
        because: [
          { ...each(permission, allowed), operations: ['refunds.create'] },
          { ...each(permission), operations: others },
        ],
      }),
      access({
        ...row,
        who: members('sales', 4),
        because: [
          { ...each(permission), integrations: [eu] },
          { ...each({ ...permission, file: 'integrations/us.yaml', address: us }), integrations: [us] },
        ],
      }),
      access({
        ...row,
        who: members('night', 5),
        because: [
          { ...each(permission), people: 4 },
          { ...each(permission), people: 1, integrations: [us], operations: others },
          { need: 'either', causes: [joins, other], people: 1, integrations: [us], operations: others },
        ],
      }),
    ],
  })
}

export const STORIES: Readonly<Record<string, () => ReviewReport>> = {
  everything,
  hostile,
  partly,
  nothing: () => report({ review: { judgements: [judgement('ceiling')] } }),
  'nothing-by-name': () =>
    report({
      comparison: {
        base: { label: 'before', commit: undefined, documents: 3 },
        head: { label: 'after', commit: undefined, documents: 3 },
        isMergeResult: false,
        environment: undefined,
      },
    }),
  'only-narrows': () =>
    report({ findings: [access({ step: 'allow deny', who: members('ops', 11), operations: [refund, list] })] }),
  'beside-access': () =>
    report({ findings: [resource('settings-changed', 'integration acme/crm has another region')] }),
  'guardrail-only': () => {
    const of = report({
      findings: [access({ step: 'deny confirm', who: members('ops', 2), operations: [refund] })],
      review: {
        judgements: [
          judgement('two-people', {
            description: 'no group of two',
            after: 'broken',
            violations: [violation('group ops has 2 people', { findings: ['A1'] })],
          }),
        ],
      },
    })
    return {
      ...of,
      verdict: {
        kind: 'blocked',
        reasons: ['guardrail acme/two-people: group ops has 2 people'],
        findings: [],
        others: [],
      },
    }
  },
}
