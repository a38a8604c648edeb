import { expect, test } from 'vitest'
import { readText } from './reading.ts'

const GROUP = 'apiVersion: tenon.dev/v1alpha1\nkind: AccessGroup\nmetadata: {name: a}\nspec:\n  displayName: A\n'
const INTEGRATION =
  'apiVersion: tenon.dev/v1alpha1\nkind: Integration\nmetadata: {name: a}\nspec:\n  title: A\n  description: b\n' +
  '  service: {kind: ClusterServiceDefinition, name: jira}\n  access: {level: group, groups: [a]}\n'

function times(count: number, line: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => line(index)).join('')
}

const laughs = times(9, level => {
  const items = level === 0 ? '"x"' : Array.from({ length: 9 }, () => `*l${level - 1}`).join(', ')
  return `l${level}: &l${level} [${items}]\n`
})

interface Hostile {
  readonly name: string
  readonly content: () => string | Uint8Array
  /** The first diagnostic that is not about how many there are. */
  readonly code: string
}

const CASES: readonly Hostile[] = [
  { name: 'an alias bomb, 9 by 9', content: () => `${GROUP}${laughs}`, code: 'unknown-field' },
  { name: '300,000 aliases', content: () => `${GROUP}  members: [${'*a,'.repeat(300_000)}]\n`, code: 'yaml-alias' },
  {
    name: 'a chain of merges',
    content: () => `${GROUP}${times(3000, n => `m${n}: &m${n}\n  <<: *m${Math.max(0, n - 1)}\n`)}`,
    code: 'yaml-alias',
  },
  {
    name: 'nested anchors',
    content: () => `${GROUP}${times(90, n => `${' '.repeat(n)}&a${n}\n`)}`,
    code: 'yaml-syntax',
  },
  { name: '100,000 brackets', content: () => `${GROUP}x: ${'['.repeat(100_000)}`, code: 'yaml-depth' },
  {
    name: 'depth 2,000, closed',
    content: () => `${GROUP}x: ${'{a: '.repeat(2000)}${'}'.repeat(2000)}\n`,
    code: 'yaml-depth',
  },
  {
    name: 'depth 1,000 in block style',
    content: () => GROUP + times(1000, n => `${' '.repeat(n)}a:\n`),
    code: 'yaml-depth',
  },
  { name: '100,000 dashes', content: () => `${GROUP}x:\n${'- '.repeat(100_000)}`, code: 'yaml-depth' },
  {
    name: '200,000 brackets behind a mistake',
    content: () => `${GROUP}a: b: c\n${'['.repeat(200_000)}`,
    code: 'yaml-syntax',
  },
  {
    name: '300,000 maps behind a mistake',
    content: () => `${GROUP}a: b: c\nx: [${'{},'.repeat(300_000)}]\n`,
    code: 'yaml-syntax',
  },
  {
    name: 'lists behind a mistake',
    content: () => `${GROUP}a: b: c\nx:\n ${'- '.repeat(120_000)}`,
    code: 'yaml-syntax',
  },
  { name: '50,000 unknown keys', content: () => GROUP + times(50_000, n => `  k${n}: ${n}\n`), code: 'unknown-field' },
  {
    name: '45,000 settings',
    content: () => `${INTEGRATION}  settings:\n${times(45_000, n => `    k${n}: ${n}\n`)}`,
    code: 'too-many-entries',
  },
  {
    name: '20,000 settings in a document that both parsers have to read',
    content: () => `${INTEGRATION}  settings:\n    x: |+\n      y\n${times(20_000, n => `    k${n}: ${n}\n`)}`,
    code: 'too-many-entries',
  },
  { name: 'one key 20,000 times', content: () => GROUP + 'x: 1\n'.repeat(20_000), code: 'yaml-duplicate-key' },
  { name: 'a text of 1,000,000', content: () => `${GROUP}  description: ${'a'.repeat(1_000_000)}\n`, code: 'too-long' },
  {
    name: 'a document over the limit',
    content: () => `${GROUP}  x: ${'a'.repeat(1_100_000)}\n`,
    code: 'document-too-large',
  },
  {
    name: '300,000 escapes',
    content: () => `${GROUP}  description: "${String.raw`a\n`.repeat(300_000)}"\n`,
    code: 'too-long',
  },
  {
    name: 'a folded text of 200,000 lines',
    content: () => `${GROUP}  description: >\n${'    a\n\n'.repeat(100_000)}`,
    code: 'too-long',
  },
  {
    name: 'a number of 1,000,000 digits',
    content: () => `${GROUP}  description: ${'1'.repeat(1_000_000)}\n`,
    code: 'yaml-ambiguous',
  },
  {
    name: 'a million underscores',
    content: () => `${GROUP}  description: 1${'_'.repeat(1_000_000)}\n`,
    code: 'yaml-ambiguous',
  },
  {
    name: '300,000 wrong types',
    content: () => `${GROUP}  members: [${'1,'.repeat(300_000)}]\n`,
    code: 'too-many-entries',
  },
  { name: '300,000 nulls', content: () => `${GROUP}  members: [${'~,'.repeat(300_000)}]\n`, code: 'too-many-entries' },
  {
    name: '200,000 equal entries',
    content: () => `${GROUP}  members: [${'a,'.repeat(200_000)}]\n`,
    code: 'too-many-entries',
  },
  {
    name: '300,000 ambiguous words',
    content: () => `${GROUP}  members: [${'no,'.repeat(300_000)}]\n`,
    code: 'yaml-ambiguous',
  },
  {
    name: '300,000 empty permissions, with three faults each',
    content: () => `${INTEGRATION}  permissions: [${'{},'.repeat(300_000)}]\n`,
    code: 'too-many-entries',
  },
  {
    name: '150,000 pairs in a list',
    content: () => `${GROUP}x: [${'a: b, '.repeat(150_000)}]\n`,
    code: 'unknown-field',
  },
  { name: 'keys that reach a prototype', content: () => `${GROUP}__proto__: {a: b}\n`, code: 'yaml-key' },
  {
    name: 'bytes that are not UTF-8',
    content: () => Buffer.concat([Buffer.from(GROUP), Buffer.from([0xc3, 0x28])]),
    code: 'file-not-utf8',
  },
  {
    name: '15 MB, the last byte not UTF-8',
    content: () => Buffer.concat([Buffer.alloc(15_000_000, 'é'), Buffer.from([0xff])]),
    code: 'file-not-utf8',
  },
  { name: 'UTF-16', content: () => Buffer.from(`\uFEFF${GROUP}`, 'utf16le'), code: 'file-not-utf8' },
  { name: 'a file over the limit', content: () => Buffer.alloc(16 * 1024 * 1024 + 1, ' '), code: 'file-too-large' },
  { name: 'a million NULs', content: () => GROUP + '\0'.repeat(1_000_000), code: 'forbidden-character' },
  { name: '300,000 direction marks', content: () => GROUP + '\u202E'.repeat(300_000), code: 'forbidden-character' },
  {
    name: 'a quote that never ends',
    content: () => `${GROUP}  description: '${'a '.repeat(200_000)}`,
    code: 'yaml-syntax',
  },
  {
    name: 'one over many lines',
    content: () => `${GROUP}  description: "${'a\n   '.repeat(150_000)}`,
    code: 'yaml-syntax',
  },
  {
    name: 'a bracket that never ends',
    content: () => `${GROUP}  members: [${'a, '.repeat(100_000)}`,
    code: 'yaml-syntax',
  },
  { name: 'half a million colons', content: () => `${GROUP}x: ${':'.repeat(500_000)}\n`, code: 'yaml-syntax' },
  { name: 'half a million quotes', content: () => `${GROUP}x: ${"'".repeat(500_001)}\n`, code: 'yaml-syntax' },
  { name: '300,000 directives', content: () => `${'%a\n'.repeat(300_000)}---\n${GROUP}`, code: 'yaml-directive' },
  { name: 'a million documents', content: () => '---\n'.repeat(1_000_000), code: 'file-too-large' },
  { name: 'a key of half a million', content: () => `${GROUP}${'k'.repeat(500_000)}: 1\n`, code: 'yaml-key' },
  {
    name: 'the beginnings of tokens',
    content: () => `${GROUP}  description: ${'eyJaaaaaaaaaaa-'.repeat(60_000)}\n`,
    code: 'too-long',
  },
  {
    name: 'the beginnings of URLs',
    content: () => `${GROUP}  description: "${'://a:'.repeat(180_000)}"\n`,
    code: 'too-long',
  },
  {
    name: 'the beginnings of keys',
    content: () => `${GROUP}  description: "${'-----BEGIN A A A '.repeat(60_000)}"\n`,
    code: 'too-long',
  },
  {
    name: '200,000 tokens on one line',
    content: () => `${GROUP}  description: ${'xoxb-'.repeat(200_000)}\n`,
    code: 'secret-in-clear',
  },
]

/** Time on the processor, so that a busy machine fails no test. */
function cpuMilliseconds(act: () => void): number {
  const before = process.cpuUsage()
  act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1000
}

test.each(CASES)('$name ends in $code within a second', ({ content, code }) => {
  const bytes = content()
  let codes: readonly string[] = []
  const spent = cpuMilliseconds(() => {
    codes = readText(bytes).diagnostics.map(diagnostic => diagnostic.code)
  })
  expect(codes.find(found => found !== 'too-many-problems')).toBe(code)
  expect(codes.length).toBeLessThanOrEqual(101)
  expect(spent).toBeLessThan(1000)
})

test('of 300,000 mistakes a hundred are shown, and the others counted', () => {
  const { diagnostics } = readText(`${GROUP}  groups: [${'1,'.repeat(300_000)}]\n`)
  expect(diagnostics).toHaveLength(101)
  expect(diagnostics.find(({ code }) => code === 'too-many-problems')?.message).toBe(
    'this document has 299901 more problems that are not shown',
  )
})

test('nothing reaches a prototype', () => {
  readText(`${GROUP}__proto__: {polluted: true}\nconstructor: {prototype: {polluted: true}}\n`)
  expect(({} as { polluted?: boolean }).polluted).toBeUndefined()
})

test('work grows with the number of documents, not faster', () => {
  const stream = (count: number): string => times(count, n => `---\n${GROUP.replace('name: a', `name: a${n}`)}`)
  const [few, many] = [stream(2000), stream(20_000)]
  readText(few)
  const short = cpuMilliseconds(() => readText(few))
  const long = cpuMilliseconds(() => readText(many))
  expect(readText(many).manifests).toHaveLength(20_000)
  expect(long).toBeLessThan(Math.max(short, 20) * 40)
})

test('10,000 problems are shown in all, and the others counted', () => {
  const broken = GROUP.replace('displayName: A', '? a')
  const { diagnostics, documents } = readText(times(10_500, () => `---\n${broken}`))
  expect(documents).toBe(10_500)
  expect(diagnostics.filter(({ code }) => code !== 'too-many-problems')).toHaveLength(10_000)
  expect(diagnostics.filter(({ code }) => code === 'too-many-problems')).toHaveLength(1)
})
