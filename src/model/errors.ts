/** The world failed: a file system, a store, a key file. `code` is constant kebab-case; the cure is for a newcomer. */
export class WorldError extends Error {
  override readonly name: string = 'WorldError'
  readonly code: string
  readonly cure: string | undefined

  constructor(code: string, message: string, options: { cure?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.code = code
    this.cure = options.cure
  }
}

/** Another process took this one's turn: nothing was written, and this one has to stop. */
export class Fenced extends WorldError {
  override readonly name = 'Fenced'

  constructor(message: string) {
    super('fenced', message, { cure: 'Nothing has to be done: the other one goes on.' })
  }
}

/** Another writer changed the store after this plan was made: nothing was written (exit 5). */
export class StaleState extends WorldError {
  override readonly name = 'StaleState'

  constructor(message: string) {
    super('stale-state', message, { cure: 'Run plan again, look at what changed, then apply.' })
  }
}
