import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tenon } from '../support/tenon.ts'
import { appliedCompany, end, json, world, type Json, type World } from './world.ts'

let acme: World
beforeAll(async () => {
  acme = await appliedCompany()
})
afterAll(() => end(acme))

interface Case {
  readonly address: string
  /** Address, distance, and each use as `as address:line`. */
  readonly users: readonly (readonly [address: string, distance: number, uses: readonly string[]])[]
}

const HELPDESK_BILLING = ['consumer/acme/helpdesk', 2, ['integration integration/acme/billing-support:79']] as const
const NIGHTLY = ['consumer/acme/nightly', 2, ['integration integration/acme/billing-support:84']] as const

const CASES: readonly Case[] = [
  {
    address: 'integration/acme/billing-support',
    users: [
      ['consumer/acme/helpdesk', 1, ['integration integration/acme/billing-support:79']],
      ['consumer/acme/nightly', 1, ['integration integration/acme/billing-support:84']],
    ],
  },
  {
    address: 'credential/acme/billing-bot',
    users: [
      ['integration/acme/billing-support', 1, ['credential credential/acme/billing-bot:34']],
      HELPDESK_BILLING,
      NIGHTLY,
    ],
  },
  {
    address: 'serviceDefinition/acme/billing',
    users: [
      ['credential/acme/billing-bot', 1, ['service serviceDefinition/acme/billing:1']],
      [
        'integration/acme/billing-support',
        1,
        ['service serviceDefinition/acme/billing:34', 'credential credential/acme/billing-bot:34'],
      ],
      HELPDESK_BILLING,
      NIGHTLY,
    ],
  },
  {
    // A shipped service is in no store, and yet used.
    address: 'clusterServiceDefinition/jira',
    users: [
      ['credential/acme/jira-bot', 1, ['service clusterServiceDefinition/jira:1']],
      [
        'integration/acme/jira-off',
        1,
        ['service clusterServiceDefinition/jira:65', 'credential credential/acme/jira-bot:65'],
      ],
      ['consumer/acme/helpdesk', 2, ['integration integration/acme/jira-off:79']],
    ],
  },
  {
    address: 'accessGroup/acme/night',
    users: [
      ['accessGroup/acme/support', 1, ['nested group accessGroup/acme/night:24']],
      [
        'integration/acme/billing-support',
        1,
        ['access accessGroup/acme/support:34', 'permission accessGroup/acme/night:46'],
      ],
      HELPDESK_BILLING,
      NIGHTLY,
    ],
  },
  { address: 'consumer/acme/nightly', users: [] },
]

describe.each([
  { from: 'store', flags: [] },
  { from: 'files', flags: ['-f', 'src'] },
])('from the $from', ({ from, flags }) => {
  test.each(CASES)('$address', async ({ address, users }) => {
    const ran = await json(['usage', address, ...flags], { cwd: acme.cwd })
    expect(ran.code).toBe(0)
    expect(ran.json).toMatchObject({ complete: true, address, source: from })
    const found = ran.json['users'].map((user: Json) => [
      user['address'],
      user['distance'],
      user['uses'].map((use: Json) => `${use['as']} ${use['address']}:${use['line']}`),
    ])
    expect(found).toEqual(users)
    const counted: number[] = Object.values(ran.json['counts'])
    expect(counted.reduce((sum, count) => sum + count, 0)).toBe(users.length)
  })
})

test('says what kind of consumer it is, who declared it and when', async () => {
  const ran = await json(['usage', 'integration/acme/billing-support'], acme)
  expect(ran.json['users'][1]).toEqual({
    address: 'consumer/acme/nightly',
    kind: 'consumer',
    title: 'Nightly',
    type: 'flow',
    direct: true,
    distance: 1,
    uses: [{ address: 'integration/acme/billing-support', as: 'integration', line: 84 }],
    source: { file: 'src/company.yaml', line: 84 },
    owner: 'git:acme',
    updatedAt: '2026-11-01T12:00:00.000Z',
    updatedBy: 'tester',
    commit: null,
  })
})

test('shows people users indented by distance, with file and line of each use', async () => {
  const { stdout } = await tenon(['usage', 'credential/acme/jira-bot'], acme)
  expect(stdout).toBe(
    [
      'credential/acme/jira-bot is used by',
      '  integration/acme/jira-off  Jira, switched off',
      '      credential credential/acme/jira-bot  src/company.yaml:65',
      '    consumer/acme/helpdesk (assistant)  Helpdesk',
      '        integration integration/acme/jira-off  src/company.yaml:79',
      '',
      '1 directly, 1 through them.',
      '',
    ].join('\n'),
  )
  expect((await tenon(['usage', 'consumer/acme/nightly'], acme)).stdout).toBe('Nothing uses consumer/acme/nightly.\n')
})

test('the same for a spreadsheet', async () => {
  const { stdout } = await tenon(['usage', 'credential/acme/jira-bot', '-o', 'csv'], acme)
  expect(stdout.split('\r\n')).toEqual([
    'address,title,type,distance,as,uses,declared',
    'integration/acme/jira-off,"Jira, switched off",,1,credential,credential/acme/jira-bot,src/company.yaml:65',
    'consumer/acme/helpdesk,Helpdesk,assistant,2,integration,integration/acme/jira-off,src/company.yaml:79',
    '',
  ])
})

test.each([
  ['integration/acme/billing-suport', 'Did you mean "integration/acme/billing-support"?'],
  ['clusterServiceDefinition/jirra', 'Did you mean "clusterServiceDefinition/jira"?'],
  ['Integration/acme/billing-support', 'Did you mean "integration/acme/billing-support"?'],
  ['billing', 'An address is kind/namespace/name'],
  ['integration/acme/billing-support/more', 'An address is kind/namespace/name'],
])('an unknown address is invalid input: %s', async (address, cure) => {
  const ran = await json(['usage', address], acme)
  expect(ran.code).toBe(3)
  expect(ran.json).toMatchObject({ complete: false, users: [], diagnostics: [{ code: 'unknown-address' }] })
  expect(ran.json['diagnostics'][0].cure).toContain(cure)
})

describe('--accounts', () => {
  const rows = (text: string): string[] => text.trimEnd().split('\r\n')

  test('is a register of credentials: equal rows as table, CSV and JSON', async () => {
    const csv = rows((await tenon(['usage', '--accounts', '-o', 'csv'], acme)).stdout)
    const text = (await tenon(['usage', '--accounts'], acme)).stdout.trimEnd().split('\n')
    const ran = await json(['usage', '--accounts'], acme)
    expect(csv).toHaveLength(3)
    expect(text).toHaveLength(3)
    expect(csv[1]).toBe(
      'acme/billing-bot,billing-bot,serviceDefinition/acme/billing,apiKey,company,dedicated,ops@acme.example,"Tests, ""quoted"", and more",,,,90d,2026-10-01,,,,,billing-support',
    )
    const columns = csv[0]!.split(',')
    expect(text[0]!.split(/ +/)).toEqual(columns)
    for (const [index, account] of ran.json['accounts'].entries()) {
      const { declared, ...cells } = account
      expect(Object.keys(cells)).toEqual(columns)
      expect(declared.owner).toBe('git:acme')
      for (const cell of Object.values<string>(cells)) {
        expect(csv[index + 1]).toContain(cell.replaceAll('"', '""'))
        expect(text[index + 1]).toContain(cell)
      }
    }
  })

  test('does not let a cell become a formula', async () => {
    const made = await world({
      'a.yaml': `apiVersion: tenon.dev/v1alpha1
kind: Credential
metadata: {name: bot, namespace: acme}
spec:
  service: {kind: ClusterServiceDefinition, name: github}
  type: bearer
  scope: user
  label: =HYPERLINK("https://evil.example","x")
  secretRef: {name: bot}
`,
    })
    const { stdout } = await tenon(['usage', '--accounts', '-o', 'csv', '-f', 'a.yaml'], made)
    expect(rows(stdout)[1]).toContain(`"'=HYPERLINK(""https://evil.example"",""x"")"`)
    end(made)
  })

  test('and an address exclude each other, and one is needed', async () => {
    expect((await tenon(['usage'], acme)).code).toBe(64)
    expect((await tenon(['usage', '--accounts', 'consumer/acme/nightly'], acme)).code).toBe(64)
  })
})
