/** How Flux, Helm and kpt read an object: the evaluation of kstatus, written from its description. */
export interface Condition {
  readonly type: string
  readonly status: 'True' | 'False' | 'Unknown'
  readonly reason: string
  readonly message: string
  readonly lastTransitionTime: string
  readonly observedGeneration: number
}

/** As much of an object as its status is judged by. */
export interface Observed {
  readonly metadata: {
    readonly generation: number
    readonly deletionTimestamp?: string
    readonly annotations?: Readonly<Record<string, string>>
  }
  readonly spec?: { readonly suspend?: boolean }
  readonly status?: { readonly observedGeneration?: number; readonly conditions?: readonly Condition[] }
}

export type Kstatus = 'Terminating' | 'InProgress' | 'Failed' | 'Current'

/** What the world believes of an object. */
export function kstatus(object: Observed): Kstatus {
  const { metadata, status = {} } = object
  if (metadata.deletionTimestamp !== undefined) return 'Terminating'
  const { observedGeneration = metadata.generation } = status
  if (observedGeneration !== metadata.generation) return 'InProgress'
  if (condition(object, 'Reconciling')?.status === 'True') return 'InProgress'
  if (condition(object, 'Stalled')?.status === 'True') return 'Failed'
  const ready = condition(object, 'Ready')
  // Versions of kstatus differ here: the older ones wait for Ready, the newer ones do not look at it.
  return ready === undefined || ready.status === 'True' ? 'Current' : 'InProgress'
}

/** A condition of an object by its type. */
export function condition({ status }: Pick<Observed, 'status'>, type: string): Condition | undefined {
  return status?.conditions?.find(found => found.type === type)
}
