import { expect, test } from 'vitest'
import { eachLimited } from '../../src/operator/limited.ts'

const tick = async (ms = 1) => new Promise<void>(resolve => setTimeout(resolve, ms))

test('everything is done, and never more at once than allowed', async () => {
  const done: number[] = []
  let now = 0
  let most = 0
  await eachLimited(
    Array.from({ length: 50 }, (_, i) => i),
    4,
    async item => {
      most = Math.max(most, ++now)
      await tick(item % 3)
      now--
      done.push(item)
    },
  )
  expect([done.length, new Set(done).size, most]).toEqual([50, 50, 4])
})

test('a failure keeps nothing else from being done, and is thrown at the end', async () => {
  const done: number[] = []
  const work = eachLimited([1, 2, 3, 4, 5], 2, async item => {
    await tick()
    if (item % 2 === 0) throw new Error(`no ${item}`)
    done.push(item)
  })
  await expect(work).rejects.toThrow('no 2')
  expect(done).toEqual([1, 3, 5])
})

test('nothing to do is done at once', async () => {
  const work = eachLimited([], 4, async () => Promise.reject(new Error('never')))
  await expect(work).resolves.toBeUndefined()
})
