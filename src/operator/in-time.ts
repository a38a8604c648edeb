import { WorldError } from '../model/errors.ts'

/**
 * Gives up waiting after so many milliseconds: throws `WorldError` then, `timeout` unless `late` makes another. The work
 * itself goes on; a write that was under way and still comes to pass is noticed by the next plan.
 */
export async function inTime<Answer>(timeout: number, work: Promise<Answer>, late = storeIsLate): Promise<Answer> {
  const { promise, reject } = Promise.withResolvers<never>()
  const timer = setTimeout(() => {
    reject(late(timeout / 1000))
  }, timeout)
  work.catch(() => {})
  try {
    return await Promise.race([work, promise])
  } finally {
    clearTimeout(timer)
  }
}

function storeIsLate(seconds: number): WorldError {
  return new WorldError('timeout', `The store did not answer within ${seconds} s.`)
}

/** The run as a whole took too long: whose doing that is, a document's or the store's, is not known. */
export function runIsLate(seconds: number): WorldError {
  return new WorldError('run-timeout', `The run took longer than ${seconds} s.`)
}
