import { decode } from '../../src/decode/decode.ts'
import { locate } from '../../src/decode/positions.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Document } from '../../src/model/document.ts'

export interface DecodeFigures {
  readonly documents: number
  readonly bytes: number
  /** Each document in a file of its own: the first run of the process, then the fastest of three. */
  readonly coldMs: number
  readonly filesMs: number
  /** A hundred documents in each file; fastest of three. */
  readonly streamsMs: number
  /** What the manifests and the text behind them keep in memory, after collecting garbage if the process may. */
  readonly heapMegabytes: number
  /** One mistake in every document: decoded, and every position looked up. */
  readonly mistakesMs: number
}

/** Times decoding of `count` integrations of about 1 KB in this process. */
export function benchDecode(count: number): DecodeFigures {
  const texts = Array.from({ length: count }, (_, index) => integration(index))
  const files = texts.map((text, index) => file(`${index}.yaml`, text))
  const streams = Array.from({ length: Math.ceil(count / 100) }, (_, index) =>
    file(`${index}.yaml`, texts.slice(index * 100, index * 100 + 100).join('---\n')),
  )
  const wrong = texts.map((text, index) => file(`${index}.yaml`, text.replace('effect: deny', 'efect: deny')))

  const coldMs = time(() => decodeAll(files, 0))
  const filesMs = fastest(() => decodeAll(files, 0))
  const streamsMs = fastest(() => decodeAll(streams, 0))
  const before = heapUsed()
  const kept = decodeAll(files, 0)
  const heapMegabytes = heapUsed() - before
  const mistakesMs = time(() => decodeAll(wrong, kept.manifests.length))
  const bytes = files.reduce((sum, { bytes: { length } }) => sum + length, 0)
  return { documents: count, bytes, coldMs, filesMs, streamsMs, heapMegabytes, mistakesMs }
}

function decodeAll(documents: readonly Document[], expected: number): ReturnType<typeof decode> {
  const problems: Problem[] = []
  const decoded = decode(documents, { defaultNamespace: 'default', strict: false }, problem => problems.push(problem))
  const found = locate(problems).length
  if (found !== expected) throw new Error(`${found} problems instead of ${expected}`)
  return decoded
}

function heapUsed(): number {
  globalThis.gc?.()
  return process.memoryUsage().heapUsed / 1024 / 1024
}

function time(run: () => unknown): number {
  const start = performance.now()
  run()
  return Math.round(performance.now() - start)
}

function fastest(run: () => unknown): number {
  return Math.min(time(run), time(run), time(run))
}

function file(name: string, text: string): Document {
  return { file: name, path: name, root: '/bench', bytes: Buffer.from(text) }
}

function integration(index: number): string {
  return `apiVersion: tenon.dev/v1alpha1
kind: Integration
metadata:
  name: jira-support-${index}
  namespace: acme
  labels: {team: support, tier: gold}
spec:
  title: Jira for support ${index}
  description: >-
    Lets assistants read issues, and file them once the user agrees. One of many that support, sales and
    the people on duty share.
  service: {kind: ClusterServiceDefinition, name: jira}
  enabled: true
  endpoint: https://acme-${index}.example.net/rest/api/3
  access:
    level: group
    groups: [support-${index % 500}, sales-${index % 500}]
  permissions:
    - {methods: [get], effect: allow}
    - operations: [createIssue, addComment, "transitionIssue"]
      effect: confirm
      groups: [support-${index % 500}]
    - paths: ["/admin/**", "/users/*"]
      effect: deny
    - {tags: [projects, boards], methods: [post, put], effect: confirm}
  credentials: [jira-bot-${index % 40}]
  acknowledgement:
    terms: "2026-01"
    by: cto@acme.example
    date: "2026-10-01"
  dataClasses: [customer-contact, internal]
  deletionPolicy: Delete
`
}

if (import.meta.main) console.log(benchDecode(Number(process.argv[2] ?? 10_000)))
