/** The admission webhook as the chart sets it up, with an operator on loopback instead of a Service. */
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { only, renderQuick } from '../../chart/helm.ts'
import type { KubeObject } from './client.ts'
import { freePort } from './ports.ts'
import type { Leaf } from './pki.ts'
import type { World } from './world.ts'

export interface Webhook {
  readonly port: number
  /** For the operator that answers. */
  readonly flags: readonly string[]
  /** Replaces the certificate and its key, as a renewed Secret does. */
  renew(leaf: Partial<Leaf>): void
  /** Lets the API server ask about a namespace. */
  register(namespace: string, failurePolicy?: 'Ignore' | 'Fail'): Promise<void>
}

export async function webhookIn(world: World): Promise<Webhook> {
  const port = await freePort()
  const folder = path.join(world.folder(), 'tls')
  mkdirSync(folder)
  const renew: Webhook['renew'] = ({ cert, key }) => {
    if (cert !== undefined) writeFileSync(path.join(folder, 'tls.crt'), cert)
    if (key !== undefined) writeFileSync(path.join(folder, 'tls.key'), key, { mode: 0o600 })
  }
  renew(world.serverCertificate('tenon-webhook'))
  return {
    port,
    flags: ['--webhook-address', `127.0.0.1:${port}`, '--webhook-cert-dir', folder],
    renew,
    register: async (namespace, failurePolicy = 'Fail') => {
      await world.apply(configuration(world, { port, namespace, failurePolicy }))
    },
  }
}

/** The configuration that the chart renders: its rules and conditions stay, the address is another. */
function configuration(
  world: World,
  {
    port,
    namespace,
    failurePolicy,
  }: { readonly port: number; readonly namespace: string; readonly failurePolicy: string },
): KubeObject {
  const values = {
    watchNamespaces: [namespace],
    rbac: { clusterServiceDefinitions: true },
    webhook: { enabled: true, failurePolicy, timeoutSeconds: 10, existingSecret: 'unused', caBundle: world.authority },
  }
  const rendered = only(renderQuick(values, { namespace }), 'ValidatingWebhookConfiguration')
  const { caBundle } = rendered.webhooks[0].clientConfig
  const clientConfig = { url: `https://127.0.0.1:${port}/validate`, caBundle }
  return {
    ...rendered,
    metadata: { name: `tenon-${namespace}` },
    webhooks: rendered.webhooks.map((webhook: KubeObject) => ({ ...webhook, clientConfig })),
  }
}
