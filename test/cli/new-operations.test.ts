/** A document grows: nothing becomes callable until somebody names it or locks it, wherever one asks. */
import { cpSync, rmSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { documents, group, write } from '../support/stories.ts'
import { temporaryFolder, tenon, type RunOptions } from '../support/tenon.ts'
import { json, type Json } from './world.ts'

const SHOP = `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: shop}
spec:
  displayName: Shop
  description: The shop.
  type: openapi
  endpoint: https://shop.acme.example/v1
  openapi: {file: shop.openapi.json}
`

function integration(permissions: string): string {
  return `apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata: {name: shop}
spec:
  title: Shop
  description: The shop, for support.
  service: {kind: ServiceDefinition, name: shop}
  access: {level: group, groups: [support]}
  permissions: ${permissions}
  acknowledgement: {terms: "2026-01", by: cto@acme.example, date: "2026-10-01"}
`
}

const BROAD = '[{methods: [post], effect: allow}]'

function openApi(...ids: readonly string[]): string {
  const entries = ids.map(id => [`/${id}`, { post: { operationId: id, responses: { 200: { description: 'OK' } } } }])
  return JSON.stringify({ openapi: '3.1.0', info: { title: 'Shop', version: '1' }, paths: Object.fromEntries(entries) })
}

/** A locked shop with one operation, applied. */
async function lockedShop(): Promise<RunOptions> {
  const cwd = temporaryFolder()
  write(cwd, 'src/tenon.yaml', 'owner: git:acme/shop\nnamespace: acme\n')
  write(cwd, 'src/all.yaml', documents(group('support', ['ana@acme.example']), SHOP, integration(BROAD)))
  write(cwd, 'src/shop.openapi.json', openApi('order'))
  const options = { cwd }
  await ran(options, 'lock', '-f', 'src')
  await ran(options, 'apply', '-f', 'src', '--yes')
  return options
}

async function ran(options: RunOptions, ...args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await tenon(args, options)
  expect({ code, stderr: stderr.replace(/^Created the key.*\n/, '') }).toEqual({ code: 0, stderr: '' })
  return stdout
}

async function planned(options: RunOptions, ...args: readonly string[]): Promise<Json> {
  return JSON.parse(await ran(options, 'plan', '-f', 'src', '-o', 'json', ...args)) as Json
}

async function effect(options: RunOptions, operation: string, ...flags: readonly string[]): Promise<string> {
  const text = await ran(options, 'can', 'ana@acme.example', operation, 'acme/shop', '-o', 'json', ...flags)
  return (JSON.parse(text) as Json)['effect'] as string
}

describe('a document that grows under a lock', () => {
  test('adds nothing that anybody can call, until it is locked again', async () => {
    const options = await lockedShop()
    expect(await effect(options, 'order')).toBe('allow')

    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe'))
    expect(await ran(options, 'validate', '-f', 'src')).toBe('Valid: 3 documents.\n')
    const grown = await planned(options)
    expect(grown['summary']).toMatchObject({ update: 1, unchanged: 2 })
    expect(grown['access']).toEqual([])
    expect(await effect(options, 'wipe', '-f', 'src')).toBe('deny')
    await ran(options, 'apply', '-f', 'src', '--yes')
    expect(await effect(options, 'wipe')).toBe('deny')
    expect(await effect(options, 'order')).toBe('allow')
    expect((await planned(options))['summary']).toMatchObject({ update: 0, unchanged: 3 })

    expect((await tenon(['lock', '-f', 'src', '--check'], options)).code).toBe(4)
    await ran(options, 'lock', '-f', 'src')
    const locked = await planned(options)
    expect(locked['access']).toMatchObject([{ operations: ['wipe'], before: 'deny', after: 'allow' }])
    await ran(options, 'apply', '-f', 'src', '--yes')
    expect(await effect(options, 'wipe')).toBe('allow')
  })

  test.each([
    { name: 'a permission that names it', permissions: `[{operations: [order, wipe], effect: allow}]` },
    { name: 'a permission for new ones', permissions: '[{methods: [post], effect: allow, includeNew: true}]' },
  ])('makes it callable at once through $name', async ({ permissions }) => {
    const options = await lockedShop()
    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe'))
    write(
      options.cwd,
      'src/all.yaml',
      documents(group('support', ['ana@acme.example']), SHOP, integration(permissions)),
    )
    expect(await effect(options, 'wipe', '-f', 'src')).toBe('allow')
    expect((await planned(options))['access']).toMatchObject([{ operations: ['wipe'], after: 'allow' }])
  })

  test('warns of a permission that would have nothing else', async () => {
    const options = await lockedShop()
    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe'))
    const paths = integration('[{paths: [/wipe], effect: confirm}, {paths: [/wipe], effect: deny}]')
    write(options.cwd, 'src/all.yaml', documents(group('support', ['ana@acme.example']), SHOP, paths))
    const { code, stderr } = await tenon(['validate', '-f', 'src'], options)
    expect(code).toBe(0)
    expect(stderr.match(/warning [\w-]+/g)).toEqual(['warning selects-only-new'])
  })

  test('is told in the list of operations', async () => {
    const options = await lockedShop()
    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe'))
    const { json: shown } = await json(['services', 'show', 'shop', '-f', 'src'], options)
    const found = shown['service']['operations'].map((one: Json) => [one['id'], one['isNew']])
    expect(found).toEqual([
      ['order', undefined],
      ['wipe', true],
    ])
    expect(await ran(options, 'services', 'show', 'shop', '-f', 'src')).toContain('wipe (new)')
  })

  test('says who may call it, and why nobody may', async () => {
    const options = await lockedShop()
    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe'))
    const who = await ran(options, 'who-can', 'wipe', 'acme/shop', '-f', 'src')
    expect(who).toContain('0 allow, 0 confirm, 1 deny')
    const why = await ran(options, 'can', 'ana@acme.example', 'wipe', 'acme/shop', '-f', 'src')
    expect(why).toContain(
      'permission 1 (src/all.yaml:24) would allow wipe by method post, which is new since the lock: name it, or run `tenon lock`',
    )
  })
})

describe('an invalid document', () => {
  test('is not taken for a service that is gone', async () => {
    const options = await lockedShop()
    write(options.cwd, 'src/all.yaml', SHOP.replace('type: openapi', 'type: opnapi'))
    const { code, stdout } = await tenon(['validate', '-f', 'src', '-o', 'json'], options)
    const codes = (JSON.parse(stdout) as Json)['diagnostics'].map((found: Json) => found['code'])
    expect({ code, codes }).toEqual({ code: 3, codes: ['invalid-value'] })
  })
})

describe('the same rows, wherever the lock is written', () => {
  async function grownShop(): Promise<RunOptions> {
    const options = await lockedShop()
    write(options.cwd, 'src/shop.openapi.json', openApi('order', 'wipe', 'extra'))
    await ran(options, 'apply', '-f', 'src', '--yes')
    return options
  }

  /** What is left in `src` instead of the files and their lock. */
  function instead(options: RunOptions, folder: string): void {
    rmSync(path.join(options.cwd, 'src'), { recursive: true })
    cpSync(path.join(options.cwd, folder), path.join(options.cwd, 'src'), { recursive: true })
    write(options.cwd, 'src/tenon.yaml', 'owner: git:acme/shop\nnamespace: acme\n')
  }

  test('custom resources say what the lock file accepts', async () => {
    const options = await grownShop()
    await ran(options, 'render', '-f', 'src', '--out', 'rendered')
    instead(options, 'rendered')
    expect((await planned(options))['summary']).toMatchObject({ create: 0, update: 0, delete: 0, unchanged: 3 })
  })

  test('and so do documents made from custom resources', async () => {
    const options = await grownShop()
    await ran(options, 'render', '-f', 'src', '--out', 'rendered')
    await ran(options, 'render', '--to', 'files', '-f', 'rendered', '--out', 'again')
    instead(options, 'again')
    expect((await planned(options))['summary']).toMatchObject({ create: 0, update: 0, delete: 0, unchanged: 3 })
  })

  test('an export of the store keeps it', async () => {
    const options = await grownShop()
    await ran(options, 'export', '--out', 'exported')
    instead(options, 'exported')
    expect((await planned(options))['summary']).toMatchObject({ create: 0, update: 0, delete: 0, unchanged: 3 })
  })

  test('custom resources of a locked source list everything even where all is accepted, and later growth is new', async () => {
    const options = await lockedShop()
    const text = await ran(options, 'render', '-f', 'src')
    expect(text).toContain('acceptedOperations:\n    - POST /order\n')
    const grown = text.replace(
      '  acceptedOperations:',
      '    - {id: wipe, method: post, path: /wipe}\n  acceptedOperations:',
    )
    write(options.cwd, 'crs/all.yaml', grown)
    expect(await effect(options, 'wipe', '-f', 'crs')).toBe('deny')
    expect(await effect(options, 'order', '-f', 'crs')).toBe('allow')
  })

  test('custom resources of a source without a lock say nothing of it', async () => {
    const options = await lockedShop()
    rmSync(path.join(options.cwd, 'src/tenon.lock.yaml'))
    expect(await ran(options, 'render', '-f', 'src')).not.toContain('acceptedOperations')
  })
})

test('nothing shipped with the program is locked', async () => {
  const cwd = temporaryFolder()
  write(
    cwd,
    'src/all.yaml',
    documents(
      group('support', ['ana@acme.example']),
      integration(BROAD)
        .replace('{kind: ServiceDefinition, name: shop}', '{kind: ClusterServiceDefinition, name: jira}')
        .replace('  access', '  endpoint: https://acme.example.net/rest/api/3\n  access'),
    ),
  )
  await ran({ cwd }, 'lock', '-f', 'src')
  expect(await ran({ cwd }, 'validate', '-f', 'src')).toContain('Valid')
  const text = await ran({ cwd }, 'can', 'ana@acme.example', 'createIssue', 'default/shop', '-f', 'src', '-o', 'json')
  expect((JSON.parse(text) as Json)['effect']).toBe('allow')
})
