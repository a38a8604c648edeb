/**
 * Finds the programs of a real cluster. Each may be named by itself (`TEST_ASSET_KUBE_APISERVER=/path`), lie in the folder
 * that `KUBEBUILDER_ASSETS` names, or have been built into `.cache/bin` by `npm run tools -- cluster`.
 */
import { existsSync } from 'node:fs'
import path from 'node:path'

const BUILT = path.join(import.meta.dirname, '../../../.cache/bin')

/** Without these there is no cluster. */
const NEEDED = ['etcd', 'kube-apiserver', 'kubectl', 'openssl'] as const

/** How to get what is missing, as part of a sentence. */
export const HOW_TO_GET = 'npm run tools -- cluster (needs Go), or set KUBEBUILDER_ASSETS'

export interface Assets {
  readonly etcd: string
  readonly apiServer: string
  readonly kubectl: string
  readonly openssl: string
  /** Not part of an envtest folder; what needs it is left out without it. */
  readonly controllerManager: string | undefined
  readonly helm: string | undefined
  readonly helm3: string | undefined
}

/** The names of the needed programs that are nowhere. */
export function missingAssets(): readonly string[] {
  return NEEDED.filter(name => find(name) === undefined)
}

/** All programs; call it when none is missing. */
export function findAssets(): Assets {
  return {
    etcd: need('etcd'),
    apiServer: need('kube-apiserver'),
    kubectl: need('kubectl'),
    openssl: need('openssl'),
    controllerManager: find('kube-controller-manager'),
    helm: find('helm'),
    helm3: find('helm3'),
  }
}

function need(name: (typeof NEEDED)[number]): string {
  const found = find(name)
  if (found === undefined) throw new Error(`there is no ${name}; to get it: ${HOW_TO_GET}`)
  return found
}

function find(name: string): string | undefined {
  const named = process.env[`TEST_ASSET_${name.toUpperCase().replaceAll('-', '_')}`]
  if (named !== undefined) return named
  return folders(name)
    .map(folder => path.join(folder, name))
    .find(file => existsSync(file))
}

function folders(name: string): readonly string[] {
  if (name === 'openssl') return (process.env['PATH'] ?? '').split(path.delimiter)
  const given = process.env['KUBEBUILDER_ASSETS']
  return given === undefined ? [BUILT] : [given, BUILT]
}
