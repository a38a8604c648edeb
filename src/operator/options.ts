import { WorldError } from '../model/errors.ts'
import { milliseconds, type Mode } from './custom-resource.ts'

/** The flags of `tenon operator`, as the command line read them. */
export interface OperatorFlags {
  readonly kubeconfig?: string
  readonly clusterName: string
  readonly namespace: readonly string[]
  readonly store?: string
  readonly keyFile?: string
  readonly ageKeyFile: readonly string[]
  readonly requireBinding: boolean
  readonly allowEndpoint: readonly string[]
  readonly mode: Mode
  /** Rows whose resources are gone without having waited for the operator are removed. */
  readonly prune: boolean
  readonly interval: string
  readonly timeout: string
  readonly concurrent: number
  readonly watchSecrets: boolean
  /** In namespaced mode: cluster-wide services are read, too. */
  readonly clusterServices: boolean
  readonly leaderElect: boolean
  readonly leaseNamespace?: string
  readonly leaseName: string
  readonly metricsAddress: string
  readonly healthAddress: string
  readonly webhookAddress?: string
  readonly webhookCertDir?: string
  readonly cacheDir?: string
  readonly logLevel: string
}

/** What the operator has of the world around it. */
export interface OperatorWorld {
  readonly env: Readonly<Record<string, string | undefined>>
  readonly stderr: { readonly write: (text: string) => void }
  readonly now: () => Date
  /** Calls back when the process is asked to end. */
  readonly onStop: (stop: () => void) => void
}

/** Refuses flags with which the operator would do nothing, or what nobody wants. Throws `WorldError`. */
export function checkFlags({ concurrent, clusterName }: OperatorFlags): void {
  if (concurrent < 1) {
    throw new WorldError('concurrent-invalid', '--concurrent is 0, and nothing would be done.', {
      cure: 'Write 1 or more.',
    })
  }
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/.test(clusterName)) return
  throw new WorldError('cluster-name-invalid', `--cluster-name is "${clusterName}", which is no name.`, {
    cure: 'Use up to 100 letters, digits, dots, dashes and underscores.',
  })
}

/** A duration given by a flag, in milliseconds. Throws `WorldError` for text that is none. */
export function durationOf(flag: string, text: string): number {
  const ms = milliseconds(text)
  if (ms !== undefined && ms > 0 && ms <= LONGEST_MS) return ms
  const why = ms === undefined || ms === 0 ? 'which is no duration' : 'which is longer than 20 days'
  throw new WorldError('duration-invalid', `${flag} is "${text}", ${why}.`, { cure: 'Write 10m, 90s or 1h30m.' })
}

/** With what is added to it so that not everything is due at once, a timer can still wait for it. */
const LONGEST_MS = 480 * 3_600_000
