import { compareAccess } from '../../src/access/compare.ts'
import { compile, type CompiledAccess } from '../../src/access/compile.ts'
import { decide, effectOf } from '../../src/access/decide.ts'
import { groupResolver, type GroupResolver } from '../../src/access/groups.ts'
import { principal } from '../../src/model/effect.ts'
import type { Operation } from '../../src/model/operation.ts'
import type { Permission, ResourceOf } from '../../src/model/state.ts'
import { accessGroup, integration } from '../access/facts.ts'

export interface AccessFigures {
  /** 10,000 integrations on 40 services of 1,000 operations, with 500 groups of 20 and 300 permission sets. */
  readonly compileMs: number
  /** 10,000 decisions on them, the effect alone; fastest of three. */
  readonly effectsMs: number
  /** 10,000 decisions with their reasons; fastest of three. */
  readonly decisionsMs: number
  /** 1,000 integrations compiled from nothing and 10,000 effects on them: all that a first answer costs. */
  readonly compileAndEffectsMs: number
  /** What the creation of 10,000 integrations means for people, on services of 20 operations. */
  readonly createsMs: number
  /** 10,000 integrations compared with themselves, read anew. */
  readonly unchangedMs: number
}

const INTEGRATIONS = 10_000
const GROUPS = 500

/** Times decisions and comparisons in this process; the best of the runs where more than one makes sense. */
export function benchAccess(): AccessFigures {
  const large = world(1000)
  let compiled: readonly CompiledAccess[] = []
  const compileMs = time(() => (compiled = compileAll(large)))
  const effectsMs = fastest(() => ask(compiled, (access, person, operation) => effectOf(access, person, operation)))
  const decisionsMs = fastest(() => ask(compiled, (access, person, operation) => decide(access, person, operation)))
  const few = world(1000)
  const compileAndEffectsMs = time(() =>
    ask(compileAll({ ...few, integrations: few.integrations.slice(0, 1000) }), effectOf),
  )
  const small = world(20)
  const after = compileAll(small)
  const createsMs = time(() => after.forEach(access => compareAccess(undefined, access)))
  const again = compileAll(small)
  const unchangedMs = time(() => after.forEach((access, index) => compareAccess(access, again[index])))
  return { compileMs, effectsMs, decisionsMs, compileAndEffectsMs, createsMs, unchangedMs }
}

interface BenchWorld {
  readonly integrations: readonly ResourceOf<'integration'>[]
  readonly groups: ReadonlyMap<string, ResourceOf<'accessGroup'>>
  readonly tables: readonly (readonly Operation[])[]
}

function world(operations: number): BenchWorld {
  const groups = new Map(
    numbers(GROUPS).map(group => {
      const members = numbers(20).map(member => `p${(group * 7 + member * 131) % 5000}@acme.example`)
      const nested = group % 5 === 0 ? [`g${(group + 1) % GROUPS}`] : []
      return [`g${group}`, accessGroup(`g${group}`, { members, groups: nested })] as const
    }),
  )
  const sets = numbers(300).map(permissionSet)
  const integrations = numbers(INTEGRATIONS).map(number =>
    integration({
      access: { level: 'group', groups: [`g${number % GROUPS}`, `g${(number * 13) % GROUPS}`] },
      permissions: (sets[number % sets.length] ?? []).map(permission =>
        permission.effect === 'confirm'
          ? Object.assign({}, permission, { groups: [`g${number % GROUPS}`] })
          : permission,
      ),
    }),
  )
  return { integrations, groups, tables: numbers(40).map(() => table(operations)) }
}

function permissionSet(number: number): readonly Permission[] {
  return [
    { methods: ['get'], effect: 'allow' },
    { operations: [`o${number % 20}`, `o${(number + 7) % 20}`], effect: 'confirm' },
    { paths: [`/part${number % 9}/**`], effect: 'deny' },
    { methods: ['post'], tags: [`t${number % 11}`], effect: 'allow' },
  ]
}

function table(size: number): readonly Operation[] {
  return numbers(size).map(number => ({
    id: `o${number}`,
    method: ['get', 'post', 'put', 'delete'][number % 4] ?? 'get',
    path: `/part${number % 10}/{id}/items${number}`,
    tags: [`t${number % 12}`],
  }))
}

function compileAll({ integrations, groups, tables }: BenchWorld): readonly CompiledAccess[] {
  const resolver: GroupResolver = groupResolver(name => groups.get(name))
  return integrations.map((each, index) =>
    compile({ integration: each, operations: tables[index % tables.length] ?? [], group: resolver.lookup }, resolver),
  )
}

type Ask = (access: CompiledAccess, person: ReturnType<typeof principal>, operation: number) => unknown

function ask(compiled: readonly CompiledAccess[], answer: Ask): void {
  const people = numbers(1000).map(number => principal(`p${number * 5}@acme.example`))
  for (let number = 0; number < 10_000; number++) {
    const access = compiled[(number * 7919) % compiled.length]
    const person = people[number % people.length]
    if (access !== undefined && person !== undefined) answer(access, person, number % access.operations.length)
  }
}

function numbers(count: number): readonly number[] {
  return [...Array(count).keys()]
}

function time(run: () => unknown): number {
  const start = performance.now()
  run()
  return performance.now() - start
}

function fastest(run: () => unknown): number {
  return Math.min(time(run), time(run), time(run))
}
