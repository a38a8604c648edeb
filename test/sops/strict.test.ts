import { describe, expect, test } from 'vitest'
import { readSops } from '../../src/sops/read.ts'
import { AGREED, LAXER, STRICTER, type Odd } from './strict.ts'
import { identityOf } from './people.ts'

const identities = [identityOf('alice')]

async function verdict({ text, format }: Odd): Promise<string | undefined> {
  const result = await readSops(Buffer.from(text), { format, file: 'odd', identities })
  return result.kind === 'refused' ? result.problem.code : undefined
}

describe('stricter than sops', () => {
  test.each(STRICTER)('$name, because $reason', async odd => expect(await verdict(odd)).toBe(odd.code))
})

describe('laxer than sops', () => {
  test.each(LAXER)('$name, because $reason', async odd => expect(await verdict(odd)).toBe(odd.code))
})

describe('as sops', () => {
  test.each(AGREED)('$name: $reason', async odd => expect(await verdict(odd)).toBe(odd.code))
})
