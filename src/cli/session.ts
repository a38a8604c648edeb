import { statSync } from 'node:fs'
import path from 'node:path'
import { decodeConfig } from '../decode/config.ts'
import { lockIn } from '../decode/lock.ts'
import type { Address } from '../model/address.ts'
import { parseAddress } from '../model/address.ts'
import type { Problem } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import type { ConfigDocument } from '../model/manifest.gen.ts'
import type { Decrypt } from '../model/sops.ts'
import type { Store } from '../model/store.ts'
import type { Run } from '../reconcile.ts'
import { openApiReader, type OpenApiReader } from '../resolve/openapi/operations.ts'
import { source, type Source } from '../source/files.ts'
import { operationCache } from './operation-cache.ts'
import { UsageError } from './exit.ts'
import type { Io } from './io.ts'
import type { SourceOptions, StoreOptions } from './options.ts'
import { resolveContext } from './resolve-context.ts'

/** Everything of a run that comes from files and flags, before any store is opened. */
export interface Session {
  readonly source: Source
  readonly config: ConfigDocument
  readonly run: Run
  readonly isOwnerExplicit: boolean
  close(): Promise<void>
}

const NO_GUARDS: Run['guards'] = {
  limits: { maxDeletes: 0, maxDeletePercent: 0 },
  counted: true,
  replace: new Set(),
  acceptOlder: new Set(),
  force: new Set(),
}

/** Reads the sources that the flags name, and fills a run with defaults: nothing pruned, adopted or decrypted. */
export function openSession(options: SourceOptions & { readonly defaultNamespace?: string }, io: Io): Session {
  const found = source(options.file, io)
  const problems: Problem[] = [...found.problems]
  const config = mergedConfig(found, problem => problems.push(problem))
  const isWhole = options.file.every(given => given !== '-' && statSync(path.resolve(io.cwd, given)).isDirectory())
  const lock = lockIn(found.lockFiles, problem => problems.push(problem), isWhole)
  const owner = options.owner ?? config.owner
  if (owner !== undefined && !/^[A-Za-z0-9][A-Za-z0-9:._/@+-]{0,199}$/.test(owner)) {
    throw new UsageError(`"${owner}" is not an owner: use letters, digits and : . _ / @ + -`)
  }
  const openApi: OpenApiReader = openApiReader({ cacheFolder: operationCache(io) })
  const today = io.now().toISOString().slice(0, 10)
  const run: Run = {
    documents: found.documents,
    problems,
    owner: owner ?? 'local',
    adopt: new Set(),
    selects: () => true,
    defaultNamespace: options.defaultNamespace ?? config.namespace ?? 'default',
    strict: options.strict,
    prune: false,
    allowEmpty: false,
    say: () => {},
    decrypt: undefined,
    guards: NO_GUARDS,
    context: {
      ...resolveContext({ ...options, readBeside: found.readBeside, openApi, config, today }),
      ...(lock && { lock }),
    },
  }
  return { source: found, config, run, isOwnerExplicit: owner !== undefined, close: () => openApi.close() }
}

/** Every file of a source that diagnostics may quote. */
export function quotable({ documents, configs, lockFiles }: Source): readonly Document[] {
  return [...documents, ...configs, ...lockFiles]
}

/** The defaults of all sources; two sources may not contradict each other. */
function mergedConfig(found: Source, report: (problem: Problem) => void): ConfigDocument {
  const merged: { -readonly [K in keyof ConfigDocument]: ConfigDocument[K] } = {}
  for (const document of found.configs) {
    const config = decodeConfig(document, report) ?? {}
    for (const key of ['owner', 'namespace'] as const) {
      if (merged[key] === undefined || config[key] === undefined || merged[key] === config[key]) continue
      throw new UsageError(
        `the sources name two ${key}s, "${merged[key]}" and "${config[key]}": say which with --${key}`,
      )
    }
    Object.assign(merged, config, strictest(merged, config))
  }
  return merged
}

/** What two sources demand of credentials and plans: each demand stands. */
function strictest(a: ConfigDocument, b: ConfigDocument): Pick<ConfigDocument, 'credentials' | 'guards'> {
  const requireBinding = [a, b].some(({ credentials }) => credentials?.requireBinding === true)
  const guards = stricter(a.guards, b.guards)
  return { credentials: { requireBinding }, ...(guards && { guards }) }
}

/** Of two sources' limits the smaller ones. */
function stricter(a: ConfigDocument['guards'], b: ConfigDocument['guards']): ConfigDocument['guards'] {
  if (a === undefined || b === undefined) return a ?? b
  const maxDeletes = Math.min(a.maxDeletes ?? Infinity, b.maxDeletes ?? Infinity)
  const maxDeletePercent = Math.min(a.maxDeletePercent ?? Infinity, b.maxDeletePercent ?? Infinity)
  return { ...(maxDeletes < Infinity && { maxDeletes }), ...(maxDeletePercent < Infinity && { maxDeletePercent }) }
}

/** Opens the store that the flags name. `create`: an embedded store that is not there yet is made. */
export async function openStoreOf(options: StoreOptions, io: Io, create: boolean): Promise<Store> {
  const [{ openStore }, { isPostgresUrl }] = await Promise.all([import('../store/open.ts'), import('../store/url.ts')])
  const url = options.store ?? '.tenon'
  const isServer = isPostgresUrl(url)
  if (!isServer && /^[a-z][a-z0-9+.-]*:\/\//i.test(url)) {
    throw new UsageError('--store takes a folder or a postgres:// URL; other kinds of stores there are not')
  }
  return await openStore({
    url: isServer ? url : path.resolve(io.cwd, url),
    keyFile: options.keyFile === undefined ? undefined : path.resolve(io.cwd, options.keyFile),
    create,
    notice: message => io.stderr.write(`${message}\n`),
  })
}

/** Decryption with the identities of the environment; its code and the keys are looked for when a file needs them. */
export function decrypter(io: Io): Decrypt {
  let loaded: Promise<Decrypt> | undefined
  return async (bytes, options) => {
    loaded ??= import('../sops/decrypt.ts').then(({ decryptWith }) => decryptWith({ env: io.env, home: io.home }))
    const decrypt = await loaded
    return decrypt(bytes, options)
  }
}

/** Addresses given as flags. */
export function addresses(texts: readonly string[], flag: string): ReadonlySet<Address> {
  for (const text of texts) {
    if (parseAddress(text) === undefined) {
      throw new UsageError(`${flag} takes an address such as integration/acme/jira-support, not "${text}"`)
    }
  }
  return new Set(texts as readonly Address[])
}
