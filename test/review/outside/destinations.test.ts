import { describe, expect, test } from 'vitest'
import type { Resource } from '../../../src/model/state.ts'
import { destinationFindings } from '../../../src/review/outside/destinations.ts'
import { crm, input, integration, key, line, sealed, type Side } from './worlds.ts'

const KEY = 'credential/acme/key'
const ELSEWHERE = 'https://api.evil.example'
const OAUTH = { type: 'oauth2' as const }

interface Case {
  readonly name: string
  readonly before: Side | readonly Resource[]
  readonly after: Side | readonly Resource[]
  readonly expected: readonly string[]
}

const CASES: readonly Case[] = [
  {
    name: 'nothing differs',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a')],
    expected: [],
  },
  {
    name: 'the endpoint of an integration changes, and its key stays',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a', { endpoint: ELSEWHERE })],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'the default endpoint of a service changes under many integrations, some of which have their own',
    before: [
      crm(),
      key(),
      ...['a', 'b', 'c', 'd'].map(name => integration(name)),
      integration('own', { endpoint: 'https://own.example' }),
    ],
    after: [
      crm({ endpoint: ELSEWHERE }),
      key(),
      ...['a', 'b', 'c', 'd'].map(name => integration(name)),
      integration('own', { endpoint: 'https://own.example' }),
    ],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.evil.example, on acme/a, acme/b, acme/c and 1 more',
    ],
  },
  {
    name: 'an existing key is given to a new integration that points elsewhere',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a'), integration('b', { endpoint: ELSEWHERE })],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.evil.example, on acme/b',
    ],
  },
  {
    name: 'an existing key is given to a new integration with the host that it has anyway',
    before: [crm(), key(), integration('a')],
    after: [crm(), key(), integration('a'), integration('b')],
    expected: [],
  },
  {
    name: 'an existing key is given to an old integration that points elsewhere',
    before: [
      crm(),
      key(),
      key('other'),
      integration('a'),
      integration('b', { endpoint: ELSEWHERE, credentials: ['other'] }),
    ],
    after: [
      crm(),
      key(),
      key('other'),
      integration('a'),
      integration('b', { endpoint: ELSEWHERE, credentials: ['key', 'other'] }),
    ],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.evil.example, on acme/b',
    ],
  },
  {
    name: 'a key that nothing used before',
    before: [crm(), key()],
    after: [crm(), key(), integration('a')],
    expected: [
      'medium widens destination-changed: the same key (acme/key), which nothing used before, is sent to api.crm.example, on acme/a',
    ],
  },
  {
    name: 'a new integration with a new key has nothing to be compared with',
    before: [crm()],
    after: [crm(), key(), integration('a')],
    expected: [],
  },
  {
    name: 'the integration goes to a host that the key is sent to already',
    before: [crm(), key(), integration('a'), integration('b', { endpoint: 'https://eu.crm.example' })],
    after: [
      crm(),
      key(),
      integration('a', { endpoint: 'https://eu.crm.example' }),
      integration('b', { endpoint: 'https://eu.crm.example' }),
    ],
    expected: [
      'medium unclear destination-changed: the same key (acme/key) is sent to another of its hosts, eu.crm.example, on acme/a',
    ],
  },
  {
    name: 'the value of the key is another one as well',
    before: { resources: [crm(), key(), integration('a')], sealed: [[KEY, sealed({ apiKey: 'x', 'for.name': 'n' })]] },
    after: {
      resources: [crm(), key('key', {}, 'sha256:two'), integration('a', { endpoint: ELSEWHERE })],
      sealed: [[KEY, sealed({ apiKey: 'y', 'for.name': 'n' })]],
    },
    expected: [
      'medium widens destination-changed: a key with a new value (acme/key) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'other bytes of the file, and not of the value',
    before: { resources: [crm(), key(), integration('a')], sealed: [[KEY, sealed({ apiKey: 'x', apiSecret: 's' })]] },
    after: {
      resources: [crm(), key('key', {}, 'sha256:two'), integration('a', { endpoint: ELSEWHERE })],
      sealed: [[KEY, sealed({ apiKey: 'x', apiSecret: 't' })]],
    },
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'everything was encrypted anew, so that the key may be the same',
    before: { resources: [crm(), key(), integration('a')], sealed: [[KEY, sealed({ apiKey: 'x' })]] },
    after: {
      resources: [crm(), key('key', {}, 'sha256:two'), integration('a', { endpoint: ELSEWHERE })],
      sealed: [[KEY, sealed({ apiKey: 'y' }, { dataKey: 'sha256:other' })]],
    },
    expected: [
      'high widens destination-changed: what may be the same key (acme/key) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'other bytes, and nothing tells what is in them',
    before: [crm(), key(), integration('a')],
    after: [crm(), key('key', {}, 'sha256:two'), integration('a', { endpoint: ELSEWHERE })],
    expected: [
      'high widens destination-changed: what may be the same key (acme/key) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'another host together with another credential',
    before: [crm(), key(), integration('a')],
    after: [crm(), key('eu'), integration('a', { endpoint: ELSEWHERE, credentials: ['eu'] })],
    expected: [
      'medium widens destination-changed: a new key (acme/eu) is sent to a new host, api.evil.example, on acme/a',
    ],
  },
  {
    name: 'an integration without credentials',
    before: [crm(), integration('a', { credentials: [] })],
    after: [crm(), integration('a', { credentials: [], endpoint: ELSEWHERE })],
    expected: ['low widens destination-changed: calls go to api.evil.example, without a credential, on acme/a'],
  },
  {
    name: 'the endpoint is taken away, and the default counts',
    before: [crm(), key(), integration('a', { endpoint: 'https://eu.crm.example' })],
    after: [crm(), key(), integration('a')],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.crm.example, on acme/a',
    ],
  },
  {
    name: 'another port is another host',
    before: [crm(), key(), integration('a')],
    after: [crm({ endpoint: 'https://api.crm.example:8443' }), key(), integration('a')],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, api.crm.example:8443, on acme/a',
    ],
  },
  {
    name: 'the same port, written out, is not',
    before: [crm(), key(), integration('a')],
    after: [crm({ endpoint: 'https://API.crm.example:443/' }), key(), integration('a')],
    expected: [],
  },
  {
    name: 'http instead of https',
    before: [crm(), key(), integration('a')],
    after: [crm({ endpoint: 'http://api.crm.example' }), key(), integration('a')],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, http://api.crm.example, on acme/a',
    ],
  },
  {
    name: 'another base path of the same host',
    before: [crm(), key(), integration('a')],
    after: [crm({ endpoint: 'https://api.crm.example/admin/' }), key(), integration('a')],
    expected: [
      'medium unclear destination-changed: the same key (acme/key) is sent to another path of the same host, api.crm.example/admin, on acme/a',
    ],
  },
  {
    name: 'tokens are asked for elsewhere, by those who sign in so',
    before: [crm(), key(), key('oauth', OAUTH), integration('a'), integration('b', { credentials: ['oauth'] })],
    after: [
      crm({ auth: [{ type: 'apiKey' }, { type: 'oauth2', tokenUrl: 'https://login.evil.example/token' }] }),
      key(),
      key('oauth', OAUTH),
      integration('a'),
      integration('b', { credentials: ['oauth'] }),
    ],
    expected: [
      'high widens destination-changed: the same key (acme/oauth) is sent to a new host, login.evil.example, on acme/b',
    ],
  },
  {
    name: 'people are led elsewhere to sign in',
    before: [
      crm({ auth: [{ type: 'oauth2', authorizationUrl: 'https://login.crm.example/in' }] }),
      key('key', OAUTH),
      integration('a'),
    ],
    after: [
      crm({ auth: [{ type: 'oauth2', authorizationUrl: 'https://login.evil.example/in' }] }),
      key('key', OAUTH),
      integration('a'),
    ],
    expected: [
      'high widens destination-changed: people who sign in (acme/key) are led to login.evil.example, on acme/a',
    ],
  },
  {
    name: 'a credential signs in by OAuth from now on',
    before: [crm(), key(), integration('a')],
    after: [crm(), key('key', OAUTH), integration('a')],
    expected: [
      'high widens destination-changed: the same key (acme/key) is sent to a new host, login.crm.example, on acme/a',
    ],
  },
]

function side(given: Case['before']): Side {
  return 'resources' in given ? given : { resources: given }
}

describe('where credentials are sent', () => {
  test.each(CASES)('$name', ({ before, after, expected }) => {
    const found = destinationFindings(input(side(before), side(after)))
    expect(found.map(line).toSorted()).toEqual(expected)
  })

  test('300 integrations with the default endpoint of one service are one finding, with the line of the service', () => {
    const integrations = Array.from({ length: 300 }, (_, index) => integration(`i-${index}`))
    const before = { resources: [crm(), key(), ...integrations] }
    const after = { resources: [crm({ endpoint: ELSEWHERE }), key(), ...integrations] }
    const [found, ...others] = destinationFindings(input(before, after))
    expect(others).toEqual([])
    expect(found?.integrations).toHaveLength(300)
    expect(found?.address).toBe('clusterServiceDefinition/crm')
    expect(found?.because.flatMap(({ causes }) => causes.map(({ address, edit }) => `${address}: ${edit}`))).toEqual([
      'clusterServiceDefinition/crm: endpoint api.crm.example → api.evil.example',
    ])
  })
})
