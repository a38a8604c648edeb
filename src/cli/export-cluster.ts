import path from 'node:path'
import type { ListedObject } from '../decode/objects.ts'
import { locate } from '../decode/positions.ts'
import type { Kind } from '../model/address.ts'
import type { Diagnostic, Problem } from '../model/diagnostic.ts'
import { api, type KubeObject } from '../source/cluster/api.ts'
import { clusterCredentials } from '../source/cluster/credentials.ts'
import { gather } from '../source/cluster/gather.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import { filesOf } from './render-files.ts'
import { deliver, type OutputOptions } from './render-output.ts'
import { painter } from './style.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'

export interface ClusterExport {
  readonly options: Omit<OutputOptions, 'to'>
  readonly io: Io
  readonly kubeconfig: string | undefined
  readonly namespace: string | undefined
  readonly kinds: readonly Kind[] | undefined
}

/** `tenon export --cluster`: the custom resources of a cluster as documents of files. */
export async function exportCluster({ options, io, kubeconfig, ...wanted }: ClusterExport): Promise<ExitCode> {
  const access = api(clusterCredentials(kubeconfig === undefined ? undefined : path.resolve(io.cwd, kubeconfig)))
  try {
    const objects = (await gather(access, wanted)).map(listedObject)
    const problems: Problem[] = []
    const rules = { defaultNamespace: 'default', hasFolder: options.out !== undefined }
    const rendered = filesOf(objects, rules, problem => problems.push(problem))
    const diagnostics = [...locate(problems), ...(rendered.length === 0 && problems.length === 0 ? [NOTHING] : [])]
    const say = (told: readonly Diagnostic[]): void => {
      io.stderr.write(renderDiagnostics(told, [], painter(io, io.stderr, options.color)))
    }
    say(diagnostics)
    const isInvalid = diagnostics.some(({ severity }) => severity === 'error')
    if (!isInvalid) return deliver(rendered, diagnostics, { options: { ...options, to: 'files' }, io, say })
    if (options.output === 'json') io.stdout.write(toJson({ complete: false, diagnostics, errors: [] }))
    return EXIT.invalid
  } finally {
    await access.close()
  }
}

const NOTHING: Diagnostic = {
  severity: 'warning',
  code: 'nothing-exported',
  message: 'no custom resource in the cluster matches',
  cure: 'Look at --namespace, --kind and --kubeconfig; shipped services are never exported.',
}

/** An object without a line of its own: its address stands where a file would. */
function listedObject(object: KubeObject): ListedObject {
  const { kind = '', metadata } = object
  const file = [kind, metadata.namespace, metadata.name].filter(part => part !== undefined).join('/')
  const document = { file, path: file, root: '', bytes: new Uint8Array() }
  return { value: { ...object }, place: { document, index: 0, path: [] } }
}
