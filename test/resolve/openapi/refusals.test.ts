import { expect, test, vi } from 'vitest'
import { refusalMemory } from '../../../src/resolve/openapi/refusals.ts'

const BYTES = Buffer.from('{"openapi": "9"}')
const FAULTS = [{ severity: 'error', code: 'openapi-version', message: 'no', path: [] }] as never

test('what was refused is known again by its bytes, and nothing else is', () => {
  const memory = refusalMemory()
  memory.save(BYTES, FAULTS)
  expect(memory.load(Buffer.from(BYTES))).toEqual(FAULTS)
  expect(memory.load(Buffer.from('{"openapi": "8"}'))).toBe(undefined)
})

test('a refusal is forgotten after ten minutes: the machine may have been busy', () => {
  vi.useFakeTimers({ toFake: ['performance'] })
  try {
    const memory = refusalMemory()
    memory.save(BYTES, FAULTS)
    vi.advanceTimersByTime(599_000)
    expect(memory.load(BYTES)).toEqual(FAULTS)
    vi.advanceTimersByTime(2000)
    expect(memory.load(BYTES)).toBe(undefined)
  } finally {
    vi.useRealTimers()
  }
})

test('only the last two hundred are remembered', () => {
  const memory = refusalMemory()
  const numbered = (index: number): Buffer => Buffer.from(`document ${index}`)
  for (let index = 0; index < 201; index++) memory.save(numbered(index), FAULTS)
  expect(memory.load(numbered(0))).toBe(undefined)
  expect(memory.load(numbered(200))).toEqual(FAULTS)
})
