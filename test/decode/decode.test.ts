import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { file, read, readText, written } from './reading.ts'

const GROUP =
  'apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: support, namespace: acme}\nspec: {displayName: Support}\n'

const STREAM = `# A comment, and a document of somebody else.
apiVersion: v1
kind: ConfigMap
metadata: {name: other}
---
# The integration.

apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata:
  name: jira
  labels: {team: support}
  annotations: {note: kept}
spec:
  title: Jira
  description: Issues.
  service: {kind: ClusterServiceDefinition, name: jira}
  access: {level: group, groups: [support]}
  permissions:
    - {methods: [get], effect: allow}

    -
      operations: [createIssue]
      effect: confirm
    - effect: deny
      paths: ["/admin/**"]
---
---
apiVersion: tenon.dev/v1alpha1
kind: ClusterServiceDefinition
metadata: {name: billing}
spec: {displayName: Billing, description: The in-house API., type: http}
sops: {version: 3.9.0}
...
# The end.
`

test('a manifest keeps what its document says, and where', () => {
  const { manifests, documents, diagnostics } = readText(STREAM)
  expect(diagnostics).toEqual([])
  expect(documents).toBe(2)
  expect(manifests).toMatchObject([
    {
      kind: 'integration',
      address: 'integration/default/jira',
      namespace: 'default',
      name: 'jira',
      labels: { team: 'support' },
      annotations: { note: 'kept' },
      spec: { title: 'Jira', permissions: [{ effect: 'allow' }, { effect: 'confirm' }, { effect: 'deny' }] },
      encrypted: false,
      place: { index: 1, path: [] },
      lines: { document: 8, permissions: [20, 23, 25] },
    },
    {
      kind: 'clusterServiceDefinition',
      address: 'clusterServiceDefinition/billing',
      namespace: undefined,
      labels: {},
      annotations: {},
      encrypted: true,
      place: { index: 3 },
      lines: { document: 29, permissions: [] },
    },
  ])
})

test.each([
  ['LF', STREAM],
  ['CRLF', STREAM.replaceAll('\n', '\r\n')],
  ['a byte order mark', `\uFEFF${STREAM}`],
  ['no line end at the end', STREAM.trimEnd()],
])('%s makes no difference', (_name, text) => {
  const { manifests, diagnostics } = readText(text)
  const facts = manifests.map(({ address, spec, lines }) => ({ address, spec, lines }))
  const expected = readText(STREAM).manifests.map(({ address, spec, lines }) => ({ address, spec, lines }))
  expect({ facts, diagnostics }).toEqual({ facts: expected, diagnostics: [] })
})

test('JSON means the same', () => {
  const json = JSON.stringify(parse(GROUP), null, '\t')
  const [[fromJson], [fromYaml]] = [readText(json).manifests, readText(GROUP).manifests]
  expect({ ...fromJson, place: 0, lines: 0 }).toEqual({ ...fromYaml, place: 0, lines: 0 })
})

test('a namespace that a document does not name is the default one', () => {
  const { manifests } = readText(GROUP.replace(', namespace: acme', ''), { defaultNamespace: 'umbrella' })
  expect(manifests.map(({ address }) => address)).toEqual(['accessGroup/umbrella/support'])
})

test('the manifests stand in the order of the files', () => {
  const named = (name: string): string => GROUP.replace('name: support', `name: ${name}`)
  const { manifests } = read([file('z.yaml', named('z')), file('a.yaml', `${named('b')}---\n${named('a')}`)])
  expect(manifests.map(({ name }) => name)).toEqual(['z', 'b', 'a'])
})

test('a second document with the address of another is refused, also beside the default namespace', () => {
  const { manifests, diagnostics, invalid } = read(
    [file('a.yaml', `---\n\n${GROUP}`), file('b.yaml', GROUP.replace(', namespace: acme', ''))],
    { defaultNamespace: 'acme' },
  )
  expect(manifests.map(({ place }) => place.document.file)).toEqual(['a.yaml'])
  expect(written(diagnostics)).toBe(
    'b.yaml:3:18 error duplicate-address: accessGroup/acme/support is declared already, at a.yaml:3\n' +
      '    Keep one of the two, or give this one another name.',
  )
  expect([...invalid]).toEqual(['accessGroup/acme/support'])
})

test('what a document with problems declares is known', () => {
  const { manifests, invalid, documents } = readText(GROUP.replace('displayName', 'displyName'))
  expect({ manifests, documents, invalid: [...invalid] }).toEqual({
    manifests: [],
    documents: 1,
    invalid: ['accessGroup/acme/support'],
  })
})

test.each([
  ['a list', '- a\n'],
  ['a text', 'hello\n'],
  ['another kind', 'apiVersion: v1\nkind: Secret\n'],
  ['a map without apiVersion', 'openapi: 3.1.0\n'],
])('%s is ignored, and refused by --strict', (_name, text) => {
  expect(readText(text)).toMatchObject({ manifests: [], documents: 0, diagnostics: [] })
  const { diagnostics } = readText(text, { strict: true })
  expect(diagnostics).toMatchObject([
    { severity: 'error', code: 'not-a-tenon-document', message: "this is not a document of Tenon's" },
  ])
})

test.each([['', '\n\n', '# nothing\n', '---\n', '---\n---\n', '...\n', '--- # nothing\n']])(
  'an empty document is nothing at all, also to --strict: %j',
  text => {
    expect(readText(text, { strict: true })).toMatchObject({ manifests: [], documents: 0, diagnostics: [] })
  },
)

test('what only looks like YAML of others is no concern, unless it cannot be read at all', () => {
  const other = 'kind: Pod\nspec: {on: &a yes, no: *a, n: !x 012, 1: 1, 1: 2}\n'
  expect(readText(`${other}---\n${GROUP}`)).toMatchObject({ documents: 1, diagnostics: [] })
  const template = 'foo: "a" b\nmetadata: {{ include "x" . }}\n'
  expect(readText(`${template}---\n${GROUP}`).diagnostics).toMatchObject([{ code: 'yaml-syntax', line: 1 }])
})

test('what is misspelt as a document of Tenon is a warning, and with --strict an error', () => {
  const text = GROUP.replace('tenon.dev/', 'tenon.io/')
  expect(readText(text).diagnostics).toMatchObject([{ severity: 'warning', code: 'not-a-tenon-document', line: 1 }])
  expect(readText(text, { strict: true }).diagnostics).toMatchObject([{ severity: 'error' }])
})
