/** What Argo CD and Flux make of Tenon's resources, by the scripts that `examples/gitops` gives to them. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { Environment } from '@marcbachmann/cel-js'
import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'

const FOLDER = path.join(import.meta.dirname, '../examples/gitops')
const read = (file: string): string => readFileSync(path.join(FOLDER, file), 'utf8')

interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason?: string
  readonly message?: string
}

interface Resource {
  readonly metadata: Readonly<Record<string, unknown>>
  readonly spec: Readonly<Record<string, unknown>>
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] }
}

type Argo = 'Healthy' | 'Progressing' | 'Degraded' | 'Suspended'
type Flux = 'Current' | 'InProgress' | 'Failed' | 'Error'

interface Row {
  readonly name: string
  readonly resource: Resource
  readonly argo: Argo
  readonly message?: string
  readonly flux: Flux
}

const ready: Condition = { type: 'Ready', status: 'True', message: 'In the store as revision 7' }
const failing: Condition = { type: 'Ready', status: 'False', message: 'AccessGroup support is not there' }
const working: Condition = { type: 'Ready', status: 'Unknown', message: 'Reading the OpenAPI document' }
const reconciling: Condition = { type: 'Reconciling', status: 'True', message: 'busy' }
const stalled: Condition = {
  type: 'Stalled',
  status: 'True',
  message: 'permissions name an operation that is not there',
}

/** An object of generation 2 about which the status speaks as of the given generation. */
function seen(observedGeneration: number, conditions: readonly Condition[], more: object = {}, spec = {}): Resource {
  return { metadata: { name: 'x', generation: 2, ...more }, spec, status: { observedGeneration, conditions } }
}

const deleting = { deletionTimestamp: '2026-10-01T00:00:00Z', deletionGracePeriodSeconds: 0 }
const disabled = { annotations: { 'tenon.dev/reconcile': 'disabled' } }
const noStatus: Resource = { metadata: { name: 'x', generation: 1 }, spec: {} }

const TABLE: readonly Row[] = [
  // Flux takes an error for "not yet". The definitions give every object a status, so that nobody meets this.
  { name: 'without a status', resource: noStatus, argo: 'Progressing', flux: 'Error' },
  { name: 'with an empty status', resource: { ...noStatus, status: {} }, argo: 'Progressing', flux: 'InProgress' },
  {
    name: 'created and not seen',
    resource: { ...noStatus, status: { observedGeneration: -1 } },
    argo: 'Progressing',
    message: 'Waiting for the operator',
    flux: 'InProgress',
  },
  { name: 'worked on', resource: seen(1, [working, reconciling]), argo: 'Progressing', flux: 'InProgress' },
  {
    name: 'worked on again at the same generation',
    resource: seen(2, [working, reconciling]),
    argo: 'Progressing',
    message: 'Reading the OpenAPI document',
    flux: 'InProgress',
  },
  {
    name: 'failed and tried again',
    resource: seen(1, [failing, reconciling]),
    argo: 'Progressing',
    flux: 'InProgress',
  },
  {
    name: 'failed and tried again at the same generation',
    resource: seen(2, [failing, reconciling]),
    argo: 'Progressing',
    message: 'AccessGroup support is not there',
    flux: 'InProgress',
  },
  {
    name: 'stalled',
    resource: seen(2, [failing, stalled]),
    argo: 'Degraded',
    message: 'permissions name an operation that is not there',
    flux: 'Failed',
  },
  {
    name: 'in need of an approval',
    resource: seen(2, [failing, { ...stalled, reason: 'ApprovalRequired', message: 'Waits for the approval' }]),
    argo: 'Suspended',
    message: 'Waits for the approval',
    flux: 'Failed',
  },
  {
    name: 'in need of something else',
    resource: seen(2, [failing, { ...stalled, reason: 'GuardRefused' }]),
    argo: 'Degraded',
    flux: 'Failed',
  },
  {
    name: 'stalled, and changed since',
    resource: seen(1, [failing, stalled]),
    argo: 'Progressing',
    flux: 'InProgress',
  },
  {
    name: 'ready',
    resource: seen(2, [ready]),
    argo: 'Healthy',
    message: 'In the store as revision 7',
    flux: 'Current',
  },
  {
    name: 'ready, with conditions that change nothing',
    resource: seen(2, [ready, { type: 'RotationDue', status: 'True' }, { type: 'Tested', status: 'False' }]),
    argo: 'Healthy',
    flux: 'Current',
  },
  { name: 'ready, and changed since', resource: seen(1, [ready]), argo: 'Progressing', flux: 'InProgress' },
  {
    name: 'both ready and worked on, which never is',
    resource: seen(2, [ready, reconciling]),
    argo: 'Progressing',
    flux: 'InProgress',
  },
  { name: 'not ready, and without a reason', resource: seen(2, [failing]), argo: 'Progressing', flux: 'InProgress' },
  { name: 'seen, and without conditions', resource: seen(2, []), argo: 'Progressing', flux: 'InProgress' },
  { name: 'being deleted', resource: seen(1, [ready], deleting), argo: 'Progressing', flux: 'InProgress' },
  {
    name: 'being deleted, and ready still',
    resource: seen(2, [ready], deleting),
    argo: 'Progressing',
    message: 'Being deleted',
    flux: 'InProgress',
  },
  { name: 'held by a consumer', resource: seen(2, [failing, stalled], deleting), argo: 'Degraded', flux: 'Failed' },
  // Suspending is a change of the spec that the operator does not look at.
  {
    name: 'suspended while ready',
    resource: seen(1, [ready], {}, { suspend: true }),
    argo: 'Suspended',
    message: 'Suspended: the store stays as it is',
    flux: 'InProgress',
  },
  {
    name: 'suspended from the start',
    resource: { metadata: { name: 'x', generation: 1 }, spec: { suspend: true }, status: { observedGeneration: -1 } },
    argo: 'Suspended',
    flux: 'InProgress',
  },
  {
    name: 'suspended while it failed',
    resource: seen(2, [failing], {}, { suspend: true }),
    argo: 'Suspended',
    flux: 'InProgress',
  },
  {
    name: 'suspended by annotation while ready',
    resource: seen(2, [ready], disabled),
    argo: 'Healthy',
    flux: 'Current',
  },
  {
    name: 'suspended by annotation, and changed since',
    resource: seen(1, [ready], disabled),
    argo: 'Suspended',
    flux: 'InProgress',
  },
  {
    name: 'no longer suspended',
    resource: seen(1, [ready], {}, { suspend: false }),
    argo: 'Progressing',
    flux: 'InProgress',
  },
]

describe('Argo CD says of a resource', () => {
  const script = read('argocd-health.lua')

  test.each(TABLE)('$name: $argo', ({ resource, argo, message }) => {
    const answer = health(script, resource)
    expect(answer.status).toBe(argo)
    if (message !== undefined) expect(answer.message).toBe(message)
  })

  test('the patch of argocd-cm holds this script, for all kinds', () => {
    const { data } = parse(read('argocd-cm.yaml'))
    expect(parse(data['resource.customizations'])).toEqual({ 'tenon.dev/*': { 'health.lua': script } })
  })
})

describe('Flux says of a resource', () => {
  const { spec } = parse(read('flux-kustomization.yaml'))
  const [first, ...others] = spec.healthCheckExprs as readonly Expressions[]

  test.each(TABLE)('$name: $flux', ({ resource, flux }) => {
    expect(evaluate(first!, resource)).toBe(flux)
  })

  test.each(TABLE)('$name: the same, where nobody compares generations before', ({ resource, flux }) => {
    expect(firstToHold(first!, resource)).toBe(flux)
  })

  test('every kind has the same expressions', () => {
    const chart = parse(readFileSync(path.join(FOLDER, '../../charts/tenon/Chart.yaml'), 'utf8'))
    const kinds = parse(chart.annotations['artifacthub.io/crds']).map(({ kind }: { kind: string }) => kind)
    expect([first!, ...others].map(({ kind }) => kind)).toEqual(kinds)
    for (const other of others) expect({ ...other, kind: first!.kind }).toEqual(first)
  })
})

interface Expressions {
  readonly kind: string
  readonly inProgress: string
  readonly failed: string
  readonly current: string
}

/** As Flux does it (fluxcd/pkg, runtime/cel/status_evaluator.go). */
function evaluate(expressions: Expressions, resource: Resource): Flux {
  const observed = resource.status?.observedGeneration
  if (observed !== undefined && observed !== resource.metadata['generation']) return 'InProgress'
  return firstToHold(expressions, resource)
}

function firstToHold({ inProgress, failed, current }: Expressions, resource: Resource): Flux {
  const steps = [
    [inProgress, 'InProgress'],
    [failed, 'Failed'],
    [current, 'Current'],
  ] as const
  try {
    return steps.find(([expression]) => holds(expression, resource))?.[1] ?? 'InProgress'
  } catch {
    return 'Error'
  }
}

function holds(expression: string, resource: Resource): boolean {
  const environment = new Environment({ unlistedVariablesAreDyn: true, enableOptionalTypes: true })
  return environment.evaluate(expression, integers(resource) as Record<string, unknown>) as boolean
}

/** CEL keeps whole numbers apart from others; JavaScript has one number. */
function integers(value: unknown): unknown {
  if (typeof value === 'number') return BigInt(value)
  if (Array.isArray(value)) return value.map(integers)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, integers(item)]))
}

/** What is used here of the Lua machine, whose functions are those of Lua's C interface. */
interface Lua {
  readonly lauxlib: {
    luaL_newstate(): object
    luaL_requiref(state: object, name: Uint8Array, open: unknown, isGlobal: number): void
    luaL_loadstring(state: object, script: Uint8Array): number
  }
  readonly lualib: { readonly luaopen_base: unknown; readonly luaopen_table: unknown }
  readonly lua: {
    lua_newtable(state: object): void
    lua_settable(state: object, index: number): void
    lua_setglobal(state: object, name: Uint8Array): void
    lua_getfield(state: object, index: number, name: Uint8Array): number
    lua_pushnumber(state: object, value: number): void
    lua_pushboolean(state: object, value: number): void
    lua_pushstring(state: object, value: Uint8Array): void
    lua_pcall(state: object, args: number, results: number, handler: number): number
    lua_tojsstring(state: object, index: number): string
    lua_settop(state: object, index: number): void
  }
  readonly to_luastring: (text: string) => Uint8Array
}

const fengari = createRequire(import.meta.url)('fengari') as Lua

/** Runs the script as Argo CD does: with Lua's basic functions and those of tables, and nothing else. */
function health(script: string, resource: Resource): { status: string; message: string } {
  const { lua, lauxlib, lualib, to_luastring: text } = fengari
  const state = lauxlib.luaL_newstate()
  lauxlib.luaL_requiref(state, text('_G'), lualib.luaopen_base, 1)
  lauxlib.luaL_requiref(state, text('table'), lualib.luaopen_table, 1)
  lua.lua_settop(state, 0)
  push(state, resource)
  lua.lua_setglobal(state, text('obj'))
  const failed = lauxlib.luaL_loadstring(state, text(script)) !== 0 || lua.lua_pcall(state, 0, 1, 0) !== 0
  if (failed) throw new Error(lua.lua_tojsstring(state, -1))
  lua.lua_getfield(state, 1, text('status'))
  lua.lua_getfield(state, 1, text('message'))
  return { status: lua.lua_tojsstring(state, -2), message: lua.lua_tojsstring(state, -1) }
}

function push(state: object, value: unknown): void {
  const { lua, to_luastring: text } = fengari
  if (typeof value === 'number') return lua.lua_pushnumber(state, value)
  if (typeof value === 'boolean') return lua.lua_pushboolean(state, value ? 1 : 0)
  if (typeof value === 'string') return lua.lua_pushstring(state, text(value))
  lua.lua_newtable(state)
  const entries = Array.isArray(value) ? value.map((item, index) => [index + 1, item]) : Object.entries(value as object)
  for (const [key, item] of entries) {
    push(state, key)
    push(state, item)
    lua.lua_settable(state, -3)
  }
}
