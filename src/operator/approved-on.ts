import { placeOf } from './approvals.ts'
import { ANNOTATIONS } from './custom-resource.ts'
import { factsOfError } from './log.ts'
import type { Running } from './operation.ts'

/** What the annotation of a namespace approves for what is in it. Nobody watches namespaces: they are asked for it. */
export interface ApprovedOn {
  /** Nothing where there is no annotation, or no right to read it. Throws `ApiError`. */
  read(this: void, namespace: string): Promise<string | undefined>
  /** Whether it is another than was read last. Throws `ApiError`. */
  hasChanged(this: void, namespace: string): Promise<boolean>
}

/** Remembers what namespaces approved when they were asked last. */
export function approvedOn(
  annotationsOf: (namespace: string) => Promise<Readonly<Record<string, string>>>,
): ApprovedOn {
  const last = new Map<string, string | undefined>()
  const ask = async (namespace: string): Promise<string | undefined> =>
    (await annotationsOf(namespace))[ANNOTATIONS.approved]
  return {
    read: async namespace => {
      const text = await ask(namespace)
      last.set(namespace, text)
      return text
    },
    hasChanged: async namespace => (await ask(namespace)) !== last.get(namespace),
  }
}

type Asking = Pick<Running, 'unapproved' | 'queue' | 'approvedOn' | 'log'>

const EVERY_MS = 20_000

/** Asks the namespaces in which something waits from time to time, and wakes it when they say something else. */
export function startAsking(running: () => Asking): { stop(): void } {
  const timer = setInterval(() => {
    wakeApproved(running()).catch((error: unknown) => {
      running().log.warn(factsOfError(error), 'namespaces cannot be asked for approvals')
    })
  }, EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

/** Wakes what waits in namespaces whose own annotation changed. Throws `ApiError`. */
export async function wakeApproved({ unapproved, queue, approvedOn: asked }: Asking): Promise<void> {
  for (const [namespace, [first]] of Map.groupBy(unapproved, placeOf)) {
    if (namespace !== '' && (await asked.hasChanged(namespace))) queue.add(first!)
  }
}
