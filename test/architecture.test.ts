import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'

const ROOT = path.join(import.meta.dirname, '../src')
const FILES = globSync('**/*.ts', { cwd: ROOT }).toSorted()

const STAGES = ['source', 'decode', 'sops', 'resolve', 'access', 'plan', 'apply', 'store']
const DRIVER = ['model', ...STAGES, 'review', 'reconcile.ts', 'compare.ts']

/** Which parts of `src` each part may import. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  ...Object.fromEntries(STAGES.map(stage => [stage, ['model']])),
  review: ['model', 'access'],
  // Decryption arrives as a function: only drivers know sops.
  'reconcile.ts': ['model', 'decode', 'resolve', 'access', 'plan', 'review', 'apply', 'store'],
  'compare.ts': ['model', 'decode', 'resolve', 'access', 'review'],
  cli: DRIVER,
  operator: DRIVER,
  server: ['model', 'access', 'store'],
  'main.ts': ['cli', 'operator', 'server'],
}

/** Packages that only one place may know. */
const ONLY_IN: Readonly<Record<string, readonly string[]>> = {
  yaml: ['decode/', 'resolve/', 'sops/', 'source/cluster/kubeconfig.ts'],
  'js-yaml': ['decode/', 'resolve/', 'sops/'],
  ajv: ['decode/', 'resolve/'],
  'age-encryption': ['sops/'],
  re2js: ['sops/', 'resolve/', 'review/guardrails/'],
  '@marcbachmann/cel-js': ['review/guardrails/'],
  pg: ['store/'],
  'node:sqlite': ['store/'],
  '@apidevtools/swagger-parser': ['resolve/openapi/'],
  '@kubernetes/client-node': ['source/cluster/'],
  undici: ['source/cluster/'],
  'prom-client': ['operator/'],
  commander: ['cli/'],
  'node:child_process': ['source/git.ts', 'resolve/openapi/process.ts'],
}

/** Never in the trust path: it checks no MAC. */
const NOWHERE = ['sops-age']

/** The only files that take a secret in clear. */
const REVEALING: Readonly<Record<string, string>> = {
  'store/seal.ts': 'seals values for the store',
  'sops/write.ts': 'encrypts values for an export',
  'resolve/binding.ts': 'compares what a credential is for',
  'model/secret.ts': 'defines it',
}

function part(file: string): string {
  return file.split('/')[0]!
}

function imports(file: string): readonly string[] {
  const text = readFileSync(path.join(ROOT, file), 'utf8')
  const found = text.matchAll(
    /^\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)|^import\s+['"]([^'"]+)['"]/gm,
  )
  return [...found].map(match => (match[1] ?? match[2] ?? match[3])!)
}

function packageOf(specifier: string): string {
  if (specifier.startsWith('node:')) return specifier
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

describe('the dependency rule', () => {
  test.each(FILES)('%s imports only what its layer allows', file => {
    const wrong = imports(file).filter(specifier => {
      if (!specifier.startsWith('.')) {
        const name = packageOf(specifier)
        return NOWHERE.includes(name) || (ONLY_IN[name]?.every(place => !file.startsWith(place)) ?? false)
      }
      const target = part(path.join(path.dirname(file), specifier))
      return target !== part(file) && !MAY_IMPORT[part(file)]?.includes(target)
    })
    expect(wrong).toEqual([])
  })

  test('the rule sees imports at all', () => {
    expect(imports('reconcile.ts')).toContain('./decode/decode.ts')
    expect(imports('cli/verbs.ts')).toContain('./plan.ts')
  })
})

describe('what a command can reach', () => {
  /** Every file that a file leads to; lazily loaded ones only with `lazy`. */
  function reach(file: string, lazy: boolean, seen = new Set<string>()): ReadonlySet<string> {
    if (seen.has(file)) return seen
    seen.add(file)
    const text = readFileSync(path.join(ROOT, file), 'utf8')
    for (const specifier of imports(file)) {
      if (isTypeOnly(text, specifier)) continue
      if (!specifier.startsWith('.') || (!lazy && text.includes(`import('${specifier}')`))) continue
      reach(path.join(path.dirname(file), specifier), lazy, seen)
    }
    return seen
  }

  /** Types are gone when the program runs. */
  function isTypeOnly(text: string, specifier: string): boolean {
    const escaped = specifier.replaceAll(/[.$/]/g, '\\$&')
    const values = new RegExp(
      `(?:^(?:import|export)\\s(?!type\\s)[^'"]*?from\\s+|import\\(\\s*|^import\\s+)['"]${escaped}['"]`,
      'm',
    )
    return !values.test(text)
  }

  test('validate loads neither decryption nor a store', () => {
    const reached = [...reach('cli/validate.ts', false)].filter(file => /^(sops|store)\//.test(file))
    expect(reached).toEqual([])
  })

  test.each(['cli/review.ts', 'cli/explain.ts', 'compare.ts', 'review/review.ts'])(
    '%s cannot reach decryption, a store or the network, however it is loaded',
    file => {
      const reached = [...reach(file, true)]
      expect(reached.filter(one => /^(sops|store|operator|source\/cluster)\//.test(one))).toEqual([])
      const packages = new Set(reached.flatMap(imports).filter(specifier => !specifier.startsWith('.')))
      const forbidden = [
        'age-encryption',
        'pg',
        'node:sqlite',
        'undici',
        'node:http',
        'node:https',
        'node:http2',
        'node:tls',
        'node:dgram',
      ]
      expect(forbidden.filter(name => packages.has(name))).toEqual([])
    },
  )
})

describe('secrets', () => {
  test('are taken in clear only where that is the work', () => {
    const files = FILES.filter(file =>
      /\breveal\b/.test(readFileSync(path.join(ROOT, file), 'utf8').replaceAll(/\/\*[^]*?\*\/|\/\/.*$/gm, '')),
    )
    expect(files.filter(file => !(file in REVEALING))).toEqual([])
  })
})

describe('no file is a bag', () => {
  test.each(FILES)('%s has a name that says something', file => {
    expect(path.basename(file)).not.toMatch(/^(utils?|common|helpers?|index|types|shared|misc)\.ts$/)
  })
})
