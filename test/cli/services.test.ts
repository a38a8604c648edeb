import { readdirSync } from 'node:fs'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { PROJECT, tenon } from '../support/tenon.ts'
import { appliedCompany, end, json, put, world, type Json, type World } from './world.ts'

/** Adding a service means adding a folder: these tests cover it from then on. */
const SHIPPED = readdirSync(path.join(PROJECT, 'src/catalogue'), { withFileTypes: true })
  .filter(entry => entry.isDirectory())
  .map(({ name }) => name)

let acme: World
let nowhere: World
beforeAll(async () => {
  acme = await appliedCompany()
  nowhere = await world({})
})
afterAll(() => {
  end(acme)
  end(nowhere)
})

const namesIn = (found: Json): string[] => found['services'].map((service: Json) => service['name'])

describe('the list', () => {
  test('has every shipped service, without a store', async () => {
    const ran = await json(['services'], nowhere)
    expect(ran.code).toBe(0)
    expect(namesIn(ran.json).toSorted()).toEqual(SHIPPED.toSorted())
    for (const service of ran.json['services']) expect(service).toMatchObject({ origin: 'standard', scope: 'global' })
  })

  test.each([{ flags: [] }, { flags: ['-f', 'src'] }])(
    'adds declared ones, marked as such ($flags)',
    async ({ flags }) => {
      const ran = await json(['services', ...flags], { cwd: acme.cwd })
      const declared = ran.json['services'].filter((service: Json) => service['origin'] === 'custom')
      expect(declared).toMatchObject([
        { address: 'clusterServiceDefinition/wiki', scope: 'global', type: 'http', operationCount: 0, auth: [] },
        {
          address: 'serviceDefinition/acme/billing',
          scope: 'client',
          namespace: 'acme',
          operationCount: 4,
          auth: ['apiKey'],
        },
      ])
      // Only a store knows when; both know where.
      expect(declared[0].source).toEqual({ file: 'src/company.yaml', line: 19 })
      expect(declared[0].updatedAt).toBe(flags.length === 0 ? '2026-11-01T12:00:00.000Z' : undefined)
      expect(declared[0].owner).toBe(flags.length === 0 ? 'git:acme' : undefined)
    },
  )

  test("leaves out other clients' services with --namespace", async () => {
    expect(namesIn((await json(['services', '--namespace', 'acme'], acme)).json)).toContain('billing')
    const other = namesIn((await json(['services', '--namespace', 'globex'], acme)).json)
    expect(other).toContain('wiki')
    expect(other).not.toContain('billing')
  })

  test.each([
    ['google', ['google-drive']],
    ['GOOGLE', ['google-drive']],
    ['Google Drive', ['google-drive']],
    ['oo', ['custom-webhook', 'google-drive', 'outlook']],
    ['sQl', ['mysql', 'postgresql']],
    ['nothing-like-it', []],
  ])('is searched by a part of the name, in either case: %s', async (text, expected) => {
    expect(namesIn((await json(['services', text], nowhere)).json).toSorted()).toEqual(expected)
  })

  test('is filtered by category; the counts stay those of every category', async () => {
    const ran = await json(['services', '--category', 'Database'], nowhere)
    expect(namesIn(ran.json)).toEqual(['mysql', 'postgresql'])
    const counted: Json[] = ran.json['categories']
    expect(counted).toContainEqual({ name: 'database', count: 2 })
    expect(counted.reduce((sum, { ['count']: count }) => sum + count, 0)).toBe(SHIPPED.length)
  })

  test('is a table for people, with the counts below', async () => {
    const ran = await tenon(['services', 'sql'], nowhere)
    expect(ran.stdout).toBe(
      [
        'NAME        SERVICE     CATEGORY  TYPE      ORIGIN    OPERATIONS  SIGN-IN',
        'mysql       MySQL       database  database  standard  2           connectionString',
        'postgresql  PostgreSQL  database  database  standard  2           connectionString',
        '',
        '2 services. Categories: database 2.',
        '',
      ].join('\n'),
    )
  })

  test('points to the custom route where nothing matches, with the words of the installation', async () => {
    const ran = await tenon(['services', 'zzz', '--request-text', 'Ask platform@acme.example.'], nowhere)
    expect(ran.code).toBe(0)
    expect(ran.stdout).toBe('No service matches.\n')
    expect(ran.stderr).toContain('tenon services scaffold custom-openapi')
    expect(ran.stderr).toContain('Ask platform@acme.example.')
  })
})

describe('show', () => {
  test.each(SHIPPED)('%s: operations, ways to sign in with their fields, settings, test request', async name => {
    const ran = await json(['services', 'show', name], nowhere)
    const { service } = ran.json as { service: Json }
    expect(service['operations'].length).toBe(service['operationCount'])
    expect(service['operationCount']).toBeGreaterThan(0)
    for (const way of service['auth']) expect(way.fields.length).toBeGreaterThan(0)
    expect(service['testable']).toBe(service['test'] !== null)
  })

  test('tells the scopes of operations, the fields of a way to sign in, and settings', async () => {
    const { service } = (await json(['services', 'show', 'jira'], nowhere)).json as { service: Json }
    expect(service['operations']).toContainEqual(
      expect.objectContaining({ id: 'createIssue', method: 'post', path: '/issue', scopes: ['write:jira-work'] }),
    )
    expect(service['auth'][0]).toMatchObject({
      type: 'basic',
      fields: [
        { name: 'username', required: true },
        { name: 'password', required: true },
      ],
    })
    expect(service['settings'][0]).toMatchObject({ name: 'site', type: 'string', required: false })
    const declared = (await json(['services', 'show', 'billing'], acme)).json['service']
    expect(declared.settings).toEqual([{ name: 'region', type: 'eu | us', required: true }])
  })

  test('shows people all of it', async () => {
    const { stdout } = await tenon(['services', 'show', 'jira', '--redirect-base', 'https://tenon.example'], nowhere)
    for (const shown of [
      'Jira  clusterServiceDefinition/jira',
      'fields: username, password',
      'sign-in: https://auth.atlassian.com/authorize',
      'scope write:jira-work: ',
      'GET /myself, which answers 200',
      '  https://tenon.example/oauth/callback',
      'defaultProject',
    ]) {
      expect(stdout).toContain(shown)
    }
    expect(stdout).toMatch(/^createIssue +POST +\/issue +\S.* write:jira-work$/m)
  })

  test.each([
    ['https://tenon.example', 'https://tenon.example/oauth/callback'],
    ['https://tenon.example/', 'https://tenon.example/oauth/callback'],
    ['https://intranet.example/tenon', 'https://intranet.example/tenon/oauth/callback'],
    ['http://localhost:8080', 'http://localhost:8080/oauth/callback'],
  ])('gives one exact redirect URI for %s', async (base, expected) => {
    const flag = await json(['services', 'show', 'slack', '--redirect-base', base], nowhere)
    const variable = await json(['services', 'show', 'slack'], { ...nowhere, env: { TENON_REDIRECT_BASE: base } })
    expect([flag, variable].map(ran => ran.json['service'].redirectUri)).toEqual([expected, expected])
  })

  test('says how to set the redirect URI where it is not set, and none where nobody signs in', async () => {
    expect((await tenon(['services', 'show', 'slack'], nowhere)).stdout).toContain('TENON_REDIRECT_BASE')
    const database = await json(['services', 'show', 'mysql', '--redirect-base', 'https://t.example'], nowhere)
    expect(database.json['service'].redirectUri).toBeNull()
  })

  test.each([
    'http://tenon.example',
    'tenon.example',
    'https://a:b@c.example',
    'https://c.example/?x',
    'ftp://c.example',
  ])('refuses %s as an address of an installation', async base => {
    expect((await tenon(['services', 'show', 'slack', '--redirect-base', base], nowhere)).code).toBe(64)
  })

  test('an unknown service: what was probably meant, else the custom route', async () => {
    const near = await json(['services', 'show', 'jirra'], nowhere)
    expect(near.code).toBe(3)
    expect(near.json).toMatchObject({
      complete: false,
      diagnostics: [{ code: 'unknown-service', cure: 'Did you mean "jira"?' }],
    })
    const far = await json(['services', 'show', 'zzzzzzzz', '--request-text', 'Ask us.'], nowhere)
    expect(far.json['diagnostics'][0].cure).toMatch(/scaffold custom-openapi.*Ask us\.$/)
  })

  test("a namespace's own service goes before a shipped one of the same name", async () => {
    const mine = await world({})
    put(
      mine,
      'own.yaml',
      'apiVersion: tenon.dev/v1alpha1\nkind: ServiceDefinition\nmetadata: {name: jira, namespace: acme}\nspec: {displayName: Our Jira, description: Ours., type: http, endpoint: https://jira.acme.example}\n',
    )
    const show = async (...more: string[]): Promise<Json> => json(['services', 'show', ...more, '-f', 'own.yaml'], mine)
    expect((await show('jira', '--namespace', 'acme'))['json'].service.displayName).toBe('Our Jira')
    expect((await show('serviceDefinition/acme/jira'))['json'].service.displayName).toBe('Our Jira')
    expect((await show('clusterServiceDefinition/jira'))['json'].service.displayName).toBe('Jira')
    expect((await show('jira'))['json'].diagnostics).toMatchObject([{ code: 'ambiguous-service' }])
    end(mine)
  })

  test('anything but show and scaffold before a name is wrong usage', async () => {
    expect((await tenon(['services', 'remove', 'jira'], nowhere)).code).toBe(64)
  })
})

describe('scaffold', () => {
  test.each(SHIPPED)('%s: prints documents that validate accepts as they are', async name => {
    const made = await world({})
    const { stdout } = await tenon(['services', 'scaffold', name, '--namespace', 'acme'], made)
    put(made, 'new.yaml', stdout)
    const validated = await json(['validate', '-f', 'new.yaml'], made)
    expect(validated.json).toMatchObject({ valid: true, diagnostics: [] })
    const kinds = parseAllDocuments(stdout).map(document => document.get('kind'))
    expect(kinds).toEqual([...(name === 'custom-openapi' ? ['ServiceDefinition'] : []), 'Credential', 'Integration'])
    end(made)
  })

  test.each([
    ['billing', ['Credential', 'Integration']],
    ['wiki', ['Integration']],
  ])("%s: a client's own service has one, too; without ways to sign in it needs no credential", async (name, kinds) => {
    const { stdout } = await tenon(['services', 'scaffold', name, '--namespace', 'acme'], acme)
    expect(parseAllDocuments(stdout).map(document => document.get('kind'))).toEqual(kinds)
    // The company has credentials and an integration of these names already.
    const renamed = stdout.replaceAll('billing-bot', 'billing-two').replaceAll(/^  name: wiki$/gm, '  name: wiki-two')
    put(acme, 'scaffold/new.yaml', renamed)
    const validated = await json(['validate', '-f', 'scaffold/new.yaml', '-f', 'src/company.yaml'], acme)
    const mistakes = validated.json['diagnostics'].filter(({ file }: Json) => file !== 'src/company.yaml')
    expect(mistakes).toEqual([])
  })

  test('has the same documents as JSON', async () => {
    const ran = await json(['services', 'scaffold', 'jira'], nowhere)
    const { stdout } = await tenon(['services', 'scaffold', 'jira'], nowhere)
    expect(ran.json['documents']).toEqual(parseAllDocuments(stdout).map(document => document.toJS()))
  })
})
