import type { Kind } from '../../model/address.ts'
import type { Document } from '../../model/document.ts'
import type { KubeObject } from './api.ts'
import { typeOf } from './kinds.ts'

/** The root that custom resources come from: no file is beside them. */
export const CLUSTER_ROOT = 'cluster:'

/**
 * A custom resource as the document that a file would hold: what the server, kubectl and the tools of GitOps added to it
 * is left out, so that it means the same in both.
 */
export function documentOf(kind: Kind, object: KubeObject): Document {
  const { name, namespace, labels, annotations } = object.metadata
  const metadata = {
    name,
    ...(namespace !== undefined && { namespace }),
    ...(labels && { labels: authored(labels) }),
    ...(annotations && { annotations: authored(annotations) }),
  }
  const path = `${kind}/${namespace === undefined ? '' : `${namespace}/`}${name}`
  const text = JSON.stringify({ ...typeOf(kind), metadata, spec: object.spec ?? {} })
  return { file: path, path, root: CLUSTER_ROOT, bytes: Buffer.from(text) }
}

/** The prefixes of keys that tools write, with what is below them. */
const TOOLS = ['kubernetes.io', 'k8s.io', 'helm.sh', 'fluxcd.io', 'argocd.argoproj.io', 'tenon.dev']
/** Recommended for people to set (https://kubernetes.io/docs/concepts/overview/working-with-objects/common-labels/). */
const PEOPLE = 'app.kubernetes.io'

/** Labels or annotations without those of tools. */
export function authored(entries: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(entries).filter(([key]) => !isTools(key)))
}

function isTools(key: string): boolean {
  const slash = key.indexOf('/')
  if (slash < 0) return false
  const prefix = key.slice(0, slash)
  return prefix !== PEOPLE && TOOLS.some(tool => prefix === tool || prefix.endsWith(`.${tool}`))
}
