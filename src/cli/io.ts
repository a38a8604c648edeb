/** What the command line has of the world around it, as values, so that tests run it like a user would. */
export interface Io {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stdout: Sink
  readonly stderr: Sink
  /** All bytes of standard input. */
  readonly stdin: () => Uint8Array
  /** Asks a question on the terminal; absent where there is none. */
  readonly ask: ((question: string) => Promise<string>) | undefined
  readonly now: () => Date
  /** Takes over what happens when the process is asked to end; a second time it ends at once. */
  readonly onStop: (stop: () => void) => void
  readonly home: string
  readonly user: string
}

export interface Sink {
  readonly write: (text: string) => void
  readonly isTerminal: boolean
}

/** A line on a terminal that says what is going on, for work that takes over a second; nothing in a pipe. */
export interface Progress {
  readonly say: (what: string) => void
  readonly done: () => void
}

const PATIENCE_MS = 1000

/** Progress on standard error. */
export function progress(io: Io, quiet: boolean): Progress {
  if (quiet || !io.stderr.isTerminal) return { say: () => {}, done: () => {} }
  const start = performance.now()
  let shown = false
  return {
    say: what => {
      if (performance.now() - start < PATIENCE_MS) return
      shown = true
      io.stderr.write(`\r\u001B[K${what}…`)
    },
    done: () => {
      if (shown) io.stderr.write('\r\u001B[K')
    },
  }
}
