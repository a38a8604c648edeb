import { describe, expect, test } from 'vitest'
import { decode } from '../../src/decode/decode.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Manifest } from '../../src/model/manifest.ts'
import type { ResolveContext } from '../../src/resolve/context.ts'
import { resourceOf } from '../../src/resolve/normal.ts'
import { resolve } from '../../src/resolve/resolve.ts'

function manifests(text: string): readonly Manifest[] {
  const document = { file: 'a.yaml', path: 'a.yaml', root: '.', bytes: Buffer.from(text) }
  return decode([document], { defaultNamespace: 'acme', strict: true }, () => {}).manifests
}

const SERVICE = `apiVersion: tenon.dev/v1alpha1
kind: ServiceDefinition
metadata: {name: billing}
spec: {displayName: Billing, description: The in-house API., type: http, auth: [{type: bearer}]}
`

describe('a manifest that both states of the files share', () => {
  const [service] = manifests(SERVICE) as [Manifest]

  test('is one resource while what is resolved for it is the same, and another one otherwise', () => {
    const first = resourceOf(service, { operations: 'sha256:1' })
    expect(resourceOf(service, { operations: 'sha256:1' })).toBe(first)
    const other = resourceOf(service, { operations: 'sha256:2' })
    expect(other.spec).toMatchObject({ operations: 'sha256:2' })
    expect(other.digest).not.toBe(first.digest)
    expect(resourceOf(service, { operations: 'sha256:1' })).toEqual(first)
  })

  test('never takes over a secret', () => {
    const secret = { source: 's', fingerprint: 'f', fields: [], lastModified: undefined, binding: undefined }
    expect(resourceOf(service, { operations: 'sha256:3', secret })).toMatchObject({ secret })
    expect(resourceOf(service, { operations: 'sha256:3' })).not.toHaveProperty('secret')
  })
})

describe('a credential whose file is not there', () => {
  const [service, credential] = manifests(`${SERVICE}---
apiVersion: tenon.dev/v1alpha1
kind: Credential
metadata: {name: bot}
spec:
  service: {kind: ServiceDefinition, name: billing}
  type: bearer
  scope: company
  label: Bot
  account: {type: dedicated, owner: ops@acme.example, purpose: Tests}
  file: bot.sops.yaml
`) as [Manifest, Manifest]

  async function problems(more: Partial<ResolveContext>): Promise<readonly string[]> {
    const found: Problem[] = []
    const refused = { kind: 'refused', code: 'file-not-found', message: 'm', cure: 'c' } as const
    const context = {
      catalogue: new Map(),
      tables: new Map(),
      templates: new Set<string>(),
      invalid: new Set<never>(),
      readBeside: () => Promise.resolve(refused),
      openApi: { read: neverAsked, readInline: neverAsked, close: () => Promise.resolve() },
      allowedEndpoints: new Set<string>(),
      requireBinding: false,
      today: undefined,
      store: undefined,
      blind: true,
      ...more,
    }
    await resolve([service, credential], context, problem => found.push(problem))
    return found.filter(({ severity }) => severity === 'error').map(({ code }) => code)
  }

  function neverAsked(): never {
    throw new Error('no OpenAPI document is here')
  }

  test('is a mistake, unless the files were left out of an export', async () => {
    expect(await problems({})).toEqual(['file-not-found'])
    expect(await problems({ isRedacted: true })).toEqual([])
  })
})
