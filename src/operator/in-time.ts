import { WorldError } from '../model/errors.ts'

/**
 * Gives up waiting after so many milliseconds: throws `WorldError` `timeout` then. The work itself goes on; a write that was
 * under way and still comes to pass is noticed by the next plan.
 */
export async function inTime<Answer>(timeout: number, work: Promise<Answer>): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(new WorldError('timeout', `The store did not answer within ${timeout / 1000} s.`))
  }, timeout)
  work.catch(() => {})
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}
