/** The operator as the chart starts it: with its arguments, under its ServiceAccount, on the examples that it gives. */
import { mkdirSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { container, readYaml, renderQuick, type Manifest, type Values } from '../chart/helm.ts'
import { writeKeyFile } from './support/operator.ts'
import { HAS, testWorld } from './support/test-world.ts'
import type { World } from './support/world.ts'

const SECRET = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'billing-bot' } }
const COMMON = { store: { key: { existingSecret: 'key' } }, sops: { age: { existingSecret: 'age' } } }

/** The kinds that the operator of a test is to bring about, and what it is given. */
const MODES: readonly [string, (watched: string) => Values, boolean][] = [
  ['in all namespaces', () => COMMON, true],
  [
    'in one namespace, with global services',
    watched => ({ ...COMMON, watchNamespaces: [watched], rbac: { clusterServiceDefinitions: true } }),
    true,
  ],
  ['in one namespace, without a ClusterRole', watched => ({ ...COMMON, watchNamespaces: [watched] }), false],
  [
    'in all namespaces, with Secrets watched',
    () => ({ ...COMMON, operator: { watchSecrets: true, requireBinding: false } }),
    true,
  ],
]

test.runIf(HAS.helm).each(MODES)(
  '%s it brings the examples about, and nothing is refused',
  async (_, valuesOf, isGlobal) => {
    const world = testWorld()
    const release = await world.freshNamespace()
    const watched = await world.freshNamespace()
    const manifests = renderQuick(valuesOf(watched), { namespace: release })
    await world.apply(...manifests.filter(({ kind }) => /Role(Binding)?$|^ServiceAccount$/.test(kind)))
    const kubeconfig = await world.kubeconfigFor({ serviceAccount: `${release}/tenon` })
    const mark = world.auditMark()
    const flags = flagsIn(world.folder(), container(manifests).args)
    const operator = await world.startOperator({ kubeconfig, leaseNamespace: release, flags })

    await world.apply({ ...SECRET, metadata: { ...SECRET.metadata, namespace: watched }, stringData: { apiKey: 'x' } })
    const examples = examplesIn(watched).filter(({ kind }) => isGlobal || NEEDS_NO_GLOBAL_SERVICE.has(kind))
    await world.apply(...examples)
    for (const example of examples) await world.settled(example, 'Current', { within: 30_000 })

    expect(await operator.stop(), operator.output()).toBe(0)
    const asked = world.auditSince(mark, { user: `system:serviceaccount:${release}:tenon` })
    expect(asked.length).toBeGreaterThan(0)
    expect(refusedIn(asked)).toEqual([])
  },
)

/** Where nobody may read global services, what uses one waits for ever. */
const NEEDS_NO_GLOBAL_SERVICE = new Set(['AccessGroup', 'ServiceDefinition'])

function refusedIn(events: ReturnType<World['auditSince']>): readonly string[] {
  return events.filter(({ code }) => code === 403).map(({ verb, uri }) => `${verb} ${uri}`)
}

function examplesIn(namespace: string): readonly Manifest[] {
  const examples = parse(readYaml('Chart.yaml').annotations['artifacthub.io/crdsExamples'])
  return examples.map(({ metadata, ...rest }: Manifest) => ({
    ...rest,
    metadata: { ...metadata, ...(!rest.kind.startsWith('Cluster') && { namespace }) },
  }))
}

/** The container's arguments with its volumes in a folder; the ports are those of the test. */
function flagsIn(folder: string, args: readonly string[]): readonly string[] {
  mkdirSync(path.join(folder, 'etc/tenon/age'), { recursive: true })
  mkdirSync(path.join(folder, 'etc/tenon/key'), { recursive: true })
  writeFileSync(path.join(folder, 'etc/tenon/age/age.agekey'), '# no identity\n')
  renameSync(writeKeyFile(folder), path.join(folder, 'etc/tenon/key/tenon.key'))
  return args
    .slice(1)
    .filter(arg => !/^--(metrics|health)-address=/.test(arg))
    .map(arg => arg.replace(/=\/(etc|var|tmp)\//, `=${folder}/$1/`))
}
