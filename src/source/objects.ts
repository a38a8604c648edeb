import type { WorldError } from '../model/errors.ts'
import { gitConversation, gitFailure, notRun, type GitPlace } from './git.ts'

/** What is known of an object without reading it. */
export interface ObjectFacts {
  readonly type: string
  readonly size: number
}

/** Reads the objects of a repository through one process; one question at a time. */
export class ObjectReader {
  readonly #child: ReturnType<typeof gitConversation>
  readonly #chunks: AsyncIterator<Buffer>
  readonly #ended: Promise<WorldError>
  #rest: Buffer = Buffer.alloc(0)
  #last: Promise<unknown> = Promise.resolve()
  #stderr = ''

  constructor(place: GitPlace) {
    this.#child = gitConversation(['cat-file', '--batch-command', '--buffer'], place)
    // A process that ended is told by what it answers no longer.
    this.#child.stdin.on('error', () => {})
    this.#child.stderr.on(
      'data',
      (chunk: Buffer) => (this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(0, 4096)),
    )
    this.#ended = new Promise(resolve => {
      this.#child.once('error', cause => resolve(notRun(cause)))
      this.#child.once('close', exit =>
        resolve(gitFailure({ exit: exit ?? 1, stderr: this.#stderr }, 'read the objects')),
      )
    })
    this.#chunks = this.#child.stdout[Symbol.asyncIterator]() as AsyncIterator<Buffer>
  }

  /** Type and size of each object; `undefined` for one that is not there. */
  facts(ids: readonly string[]): Promise<readonly (ObjectFacts | undefined)[]> {
    return this.#alone(async () => {
      this.#ask('info', ids)
      const found: (ObjectFacts | undefined)[] = []
      for (const _ of ids) found.push(factsIn(await this.#line()))
      return found
    })
  }

  /** Hands on the bytes of each object, in this order, to a function that copies what it keeps. All must be there. */
  contents(ids: readonly string[], take: (bytes: Buffer, index: number) => void): Promise<void> {
    return this.#alone(async () => {
      this.#ask('contents', ids)
      for (const index of ids.keys()) {
        const facts = factsIn(await this.#line())
        if (facts === undefined) throw gitFailure({ exit: 1, stderr: 'error: missing object' }, 'read the objects')
        take(await this.#bytes(facts.size), index)
        await this.#bytes(1)
      }
    })
  }

  /** Ends the process. */
  async close(): Promise<void> {
    this.#child.stdin.end()
    // What nobody reads any more would keep it from ending.
    this.#child.stdout.destroy()
    this.#child.kill()
    await this.#ended
  }

  async #alone<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const before = this.#last
    const answer = before.then(work)
    this.#last = answer.catch(() => {})
    return await answer
  }

  #ask(command: 'info' | 'contents', ids: readonly string[]): void {
    this.#child.stdin.write(`${ids.map(id => `${command} ${id}\n`).join('')}flush\n`)
  }

  async #line(): Promise<string> {
    let end = this.#rest.indexOf(10)
    while (end < 0) {
      this.#rest = Buffer.concat([this.#rest, await this.#chunk()])
      end = this.#rest.indexOf(10)
    }
    const line = this.#rest.toString('latin1', 0, end)
    this.#rest = this.#rest.subarray(end + 1)
    return line
  }

  async #bytes(size: number): Promise<Buffer> {
    if (this.#rest.length >= size) {
      const bytes = this.#rest.subarray(0, size)
      this.#rest = this.#rest.subarray(size)
      return bytes
    }
    const bytes = Buffer.allocUnsafeSlow(size)
    let length = this.#rest.copy(bytes)
    while (length < size) {
      const chunk = await this.#chunk()
      const taken = chunk.copy(bytes, length)
      this.#rest = chunk.subarray(taken)
      length += taken
    }
    return bytes
  }

  async #chunk(): Promise<Buffer> {
    // A process that could not be started closes its output too early.
    const next = await this.#chunks.next().catch(() => undefined)
    if (next?.done === false) return next.value
    throw await this.#ended
  }
}

/** `<id> <type> <size>`, or `<id> missing`. */
function factsIn(line: string): ObjectFacts | undefined {
  const [, type, size] = line.split(' ')
  return type === undefined || size === undefined ? undefined : { type, size: Number(size) }
}
