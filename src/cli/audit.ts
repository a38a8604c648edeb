import type { Address } from '../model/address.ts'
import type { Diagnostic } from '../model/diagnostic.ts'
import type { AuditRecord, AuditVerdict, Store } from '../model/store.ts'
import { addressIn } from './address-argument.ts'
import { EXIT, UsageError, type ExitCode } from './exit.ts'
import { InvalidInput, showInvalid, unknownName } from './invalid-input.ts'
import type { CommonOptions, StoreOptions } from './options.ts'
import { overStore } from './reading.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { auditJson, auditText, verdictText } from './view/audit.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

interface AuditOptions extends CommonOptions, StoreOptions {
  readonly limit: number
  readonly owner?: string
}

type AuditCall = Call<AuditOptions>

/** `tenon audit [ADDRESS]`, `tenon audit verify` */
export async function run(call: AuditCall): Promise<ExitCode> {
  const { args, options, io } = call
  const [what] = args
  try {
    return await overStore(options, io, false, store =>
      what === 'verify' ? verify(store, call) : list(store, call, what),
    )
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error
    return showInvalid(error, auditJson({}, error.diagnostics, []), io, options)
  }
}

/** Complete JSON also when nothing could be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return auditJson({}, [], errors)
}

async function list(store: Store, { options, io }: AuditCall, text: string | undefined): Promise<ExitCode> {
  const { limit, owner } = options
  const address = text === undefined ? undefined : addressOfArgument(text)
  const filter = { ...(address !== undefined && { address }), ...(owner !== undefined && { owner }) }
  // One more than asked for tells whether there are older ones.
  const found = await store.audit({ ...filter, ...(limit > 0 && { limit: limit + 1 }) })
  if (found.length === 0 && address !== undefined) await checkKnown(store, address)
  const hasOlder = limit > 0 && found.length > limit
  const records: readonly AuditRecord[] = hasOlder ? found.slice(1) : found
  if (options.output === 'json') io.stdout.write(toJson(auditJson({ records }, [], [])))
  else io.stdout.write(auditText(records, painter(io, io.stdout, options.color)))
  if (hasOlder && !options.quiet) io.stderr.write(`The newest ${limit} records; --limit 0 lists all.\n`)
  return EXIT.ok
}

function addressOfArgument(text: string): Address {
  const address = addressIn(text)
  if (address !== undefined) return address
  throw new UsageError(`audit takes "verify", or an address such as integration/acme/jira-support, not "${text}"`)
}

/** Nothing was ever recorded for the address: it was mistyped, unless it is there. */
async function checkKnown(store: Store, address: Address): Promise<void> {
  const all = (await store.list({})).map(({ resource }) => resource.address)
  if (all.includes(address)) return
  const message = `nothing was ever recorded for ${address}`
  const cure = '`tenon audit` lists everything.'
  throw unknownName({ code: 'unknown-address', message, cure }, address, all)
}

async function verify(store: Store, { options, io }: AuditCall): Promise<ExitCode> {
  const verdict = await store.verifyAudit()
  const diagnostics = verdict.kind === 'broken' ? [broken(verdict)] : []
  if (options.output === 'json') io.stdout.write(toJson(auditJson({ verdict }, diagnostics, [])))
  else if (!options.quiet || diagnostics.length > 0)
    io.stdout.write(verdictText(verdict, painter(io, io.stdout, options.color)))
  return verdict.kind === 'intact' ? EXIT.ok : EXIT.error
}

function broken({ sequence, reason }: Extract<AuditVerdict, { readonly kind: 'broken' }>): Diagnostic {
  return {
    severity: 'error',
    code: 'audit-broken',
    message: `the audit log is broken at record ${sequence}: ${reason}`,
    cure: 'Restore the store from a backup, and find out who changed it.',
  }
}
