import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer, type Server } from 'node:https'
import path from 'node:path'
import { WorldError } from '../model/errors.ts'
import { admission, isReview, type AdmissionReview } from './admission.ts'
import { listening } from './http.ts'
import { factsOfError, type Log } from './log.ts'
import type { OperatorFlags } from './options.ts'
import type { Parts } from './parts.ts'

/** Kubernetes sends the old object with the new one, each 1.5 MiB at most. */
const MOST_BYTES = 8 * 1024 * 1024
const RELOAD_MS = 10_000
const MOST_AT_ONCE = 16

/** How many reviews are being made. */
const under = { way: 0 }

/**
 * Starts the admission webhook if an address is given for it. It answers in every replica, and writes nothing. Throws
 * `WorldError` for an address or a certificate that cannot be used.
 */
export async function startWebhook(flags: OperatorFlags, parts: Parts, log: Log): Promise<readonly Server[]> {
  const { webhookAddress, webhookCertDir } = flags
  if (webhookAddress === undefined || webhookAddress === '0') return []
  if (webhookCertDir === undefined) {
    throw new WorldError('webhook-without-certificate', 'The webhook needs a certificate.', {
      cure: 'Name the folder of tls.crt and tls.key with --webhook-cert-dir.',
    })
  }
  const server = createServer(certificate(webhookCertDir), (request, response) => {
    void answer(request, response, flags, parts, log)
  })
  server.requestTimeout = 10_000
  // The API server keeps a few connections; anybody else in the cluster may knock, too.
  server.maxConnections = 100
  await listening(server, webhookAddress)
  const renewing = setInterval(() => renew(server, webhookCertDir, log), RELOAD_MS)
  server.once('close', () => clearInterval(renewing))
  return [server]
}

interface Certificate {
  readonly cert: string
  readonly key: string
}

function certificate(folder: string): Certificate {
  try {
    const read = (name: string): string => readFileSync(path.join(folder, name), 'utf8')
    return { cert: read('tls.crt'), key: read('tls.key') }
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new WorldError('webhook-without-certificate', `The webhook's certificate cannot be read: ${why}.`, {
      cure: 'The folder given with --webhook-cert-dir holds tls.crt and tls.key.',
      cause,
    })
  }
}

const current = new WeakMap<Server, string>()

/** Takes a renewed certificate; one that is half written or wrong leaves the old one in use. */
function renew(server: Server, folder: string, log: Log): void {
  try {
    const found = certificate(folder)
    if (current.get(server) === found.cert) return
    server.setSecureContext(found)
    current.set(server, found.cert)
  } catch (error) {
    log.warn(factsOfError(error), 'the certificate of the webhook cannot be renewed')
  }
}

async function answer(
  request: IncomingMessage,
  response: ServerResponse,
  ...[flags, parts, log]: readonly [OperatorFlags, Parts, Log]
): Promise<void> {
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' })
    response.end(JSON.stringify(body))
  }
  // Each may be large, and takes memory until it is answered.
  if (under.way >= MOST_AT_ONCE) return send(503, { message: 'too many reviews at once' })
  under.way++
  try {
    if (request.method !== 'POST' || request.url?.split('?')[0] !== '/validate') return send(404, {})
    const review = await bodyOf(request)
    if (review === undefined)
      return send(400, { message: 'this is no AdmissionReview, or a larger one than Kubernetes sends' })
    const answered = await admission(review, flags, parts)
    parts.metrics.webhook.inc({ allowed: String(answered.response.allowed) })
    send(200, answered)
  } catch (error) {
    // The API server does then what its failurePolicy says.
    log.error(factsOfError(error), 'an admission review failed')
    send(500, { message: 'the review failed' })
  } finally {
    under.way--
  }
}

/** The review in a request's body; nothing where it is too large or no review. */
async function bodyOf(request: IncomingMessage): Promise<AdmissionReview | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  try {
    const review: unknown = JSON.parse(Buffer.concat(chunks).toString())
    return isReview(review) ? review : undefined
  } catch {
    return undefined
  }
}
