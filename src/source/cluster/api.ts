import { fetch, type RequestInit, type Response } from 'undici'
import { WorldError } from '../../model/errors.ts'
import type { ClusterCredentials } from './credentials.ts'

/** An object of Kubernetes as JSON; what is in it was checked by the API server against its schema, or is not trusted. */
export interface KubeObject {
  readonly apiVersion?: string
  readonly kind?: string
  readonly metadata: ObjectMeta
  readonly spec?: Readonly<Record<string, unknown>>
  readonly status?: Readonly<Record<string, unknown>>
}

export interface ObjectMeta {
  readonly name: string
  readonly namespace?: string
  readonly uid?: string
  readonly resourceVersion?: string
  readonly generation?: number
  readonly creationTimestamp?: string
  readonly deletionTimestamp?: string
  readonly finalizers?: readonly string[]
  readonly labels?: Readonly<Record<string, string>>
  readonly annotations?: Readonly<Record<string, string>>
}

/** The API server said no, or nothing. `status` 0: it could not be reached. */
export class ApiError extends WorldError {
  override readonly name = 'ApiError'
  readonly status: number
  /** Kubernetes' own word, such as `NotFound`, `Conflict`, `Forbidden`, `Expired`. */
  readonly reason: string
  /** How long the server wants to be left alone, in seconds. */
  readonly retryAfter: number | undefined

  constructor(
    status: number,
    message: string,
    more: { reason?: string; retryAfter?: number | undefined; cause?: unknown } = {},
  ) {
    super(status === 0 ? 'cluster-unreachable' : 'cluster-refused', message, {
      cure: status === 403 ? 'Give the service account the right that the message names.' : 'Check the API server.',
      cause: more.cause,
    })
    this.status = status
    this.reason = more.reason ?? ''
    this.retryAfter = more.retryAfter
  }
}

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  readonly query?: Readonly<Record<string, string | number | boolean | undefined>>
  readonly body?: unknown
  /** Of the body; `application/json` where nothing is said. */
  readonly type?: (typeof PATCHES)[keyof typeof PATCHES]
  readonly accept?: string
  readonly signal?: AbortSignal
  /** Milliseconds until the answer must be there whole, each time that the request is sent. */
  readonly timeout?: number
}

export const PATCHES = {
  merge: 'application/merge-patch+json',
  apply: 'application/apply-patch+yaml',
} as const

/** Requests to an API server: JSON in, JSON out, through one pool of connections. */
export interface Api {
  /** The answer's JSON. Throws `ApiError`. */
  call<Answer>(path: string, call?: Call): Promise<Answer>
  /** The answer itself, for a watch; its status is 2xx. Throws `ApiError`. */
  open(path: string, call: Call): Promise<Response>
  close(): Promise<void>
}

/** What was asked of the server: for metrics, and for the benchmark. */
export type OnRequest = (method: string, status: number, path: string) => void

const TIMEOUT_MS = 30_000
const MOST_TRIES = 4
/** Whoever asked waits so long for the server; a longer pause is theirs to plan. */
const LONGEST_PAUSE_MS = 10_000

export function api(credentials: ClusterCredentials, onRequest: OnRequest = () => {}): Api {
  const open = (path: string, call: Call): Promise<Response> => send(credentials, path, call, onRequest)
  return {
    open,
    call: async <Answer>(path: string, call: Call = {}) => {
      const response = await open(path, { timeout: TIMEOUT_MS, ...call })
      return (await answered(response.json(), path)) as Answer
    },
    close: () => credentials.close(),
  }
}

/** Sends a request; one that the server puts off, or whose token was old, is sent again. */
async function send(
  credentials: ClusterCredentials,
  path: string,
  call: Call,
  onRequest: OnRequest,
): Promise<Response> {
  for (let tries = 1; ; tries++) {
    const response = await sendOnce(credentials, path, call)
    onRequest(call.method ?? 'GET', response.status, path)
    if (response.ok) return response
    const error = await errorOf(response, call.method ?? 'GET', path)
    if (response.status === 401) credentials.forget()
    const wanted = pauseAfter(error)
    const again = (wanted > 0 && wanted <= LONGEST_PAUSE_MS) || (response.status === 401 && tries === 1)
    if (!again || tries === MOST_TRIES) throw error
    await pause(wanted, call.signal)
  }
}

/**
 * How long the server wants to be left alone after an error, in milliseconds; a little more, so that not all come back at
 * once. 0 where it does not say.
 */
export function pauseAfter(error: unknown): number {
  if (!(error instanceof ApiError) || (error.status !== 429 && error.status < 500)) return 0
  const seconds = error.retryAfter ?? (error.status === 429 ? 1 : 0)
  return Math.min(Math.max(0, seconds), 3600) * 1000 * (1 + Math.random() / 4)
}

async function sendOnce(credentials: ClusterCredentials, path: string, call: Call): Promise<Response> {
  const { headers, dispatcher } = await answered(credentials.sign(), path)
  const init: RequestInit = {
    method: call.method ?? 'GET',
    headers: {
      ...headers,
      accept: call.accept ?? 'application/json',
      'user-agent': 'tenon',
      ...(call.body !== undefined && { 'content-type': call.type ?? 'application/json' }),
    },
    ...(call.body !== undefined && { body: JSON.stringify(call.body) }),
    ...signalOf(call),
    ...(dispatcher && { dispatcher }),
  }
  return await answered(fetch(urlOf(credentials.server, path, call.query), init), path)
}

function signalOf({ signal, timeout }: Call): Pick<RequestInit, 'signal'> {
  if (timeout === undefined) return signal === undefined ? {} : { signal }
  const late = AbortSignal.timeout(timeout)
  return { signal: signal === undefined ? late : AbortSignal.any([signal, late]) }
}

/** A request that ends without an answer is the network's failure, or the caller's wish. */
async function answered<Answer>(work: Promise<Answer>, path: string): Promise<Answer> {
  try {
    return await work
  } catch (cause) {
    if (cause instanceof ApiError) throw cause
    throw new ApiError(0, `the API server did not answer ${path}: ${reasonOf(cause)}`, { cause })
  }
}

function reasonOf(cause: unknown): string {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  if (inner instanceof Error && 'code' in inner && typeof inner.code === 'string') return inner.code
  return inner instanceof Error ? inner.name : 'unknown'
}

async function errorOf(response: Response, method: string, path: string): Promise<ApiError> {
  const body = (await response.json().catch(() => ({}))) as { message?: string; reason?: string }
  const retryAfter = Number(response.headers.get('retry-after') ?? Number.NaN)
  return new ApiError(response.status, `${method} ${path}: ${body.message ?? `status ${response.status}`}`, {
    ...(body.reason !== undefined && { reason: body.reason }),
    retryAfter: Number.isFinite(retryAfter) ? retryAfter : undefined,
  })
}

function urlOf(server: string, path: string, query: Call['query'] = {}): string {
  const url = new URL(server + path)
  for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, String(value))
  return url.href
}

/** Waits; ends early, without an error, when the signal is given. */
export function pause(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    if (signal?.aborted === true) return resolve()
    const done = (): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', done)
      resolve()
    }
    const timer = setTimeout(done, Math.max(0, ms))
    signal?.addEventListener('abort', done)
  })
}
