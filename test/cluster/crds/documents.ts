/** The documents of the schemas' examples, of the examples and of the catalogue, as they would be in a cluster. */
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseAllDocuments } from 'yaml'
import { KIND_FILES, loadSchema } from '../../../schemas/load.ts'
import type { KubeObject } from '../support/client.ts'

const PROJECT = path.join(import.meta.dirname, '../../..')

export interface Shown {
  readonly from: string
  readonly document: KubeObject
}

/** All of them, with what only files may hold replaced by what stands for it in a cluster. */
export function shownDocuments(): readonly Shown[] {
  const examples = KIND_FILES.flatMap(file =>
    (loadSchema(file)['examples'] as readonly KubeObject[]).map(document => ({ from: `schemas/${file}`, document })),
  )
  const files = globSync(['examples/**/*.yaml', 'src/catalogue/*/service.yaml'], { cwd: PROJECT }).toSorted()
  const read = files.flatMap(from =>
    parseAllDocuments(readFileSync(path.join(PROJECT, from), 'utf8')).map(parsed => ({
      from,
      document: parsed.toJS(),
    })),
  )
  return [...examples, ...read]
    .filter(({ document }) => document?.apiVersion === 'tenon.dev/v1alpha1')
    .map(({ from, document }) => ({ from, document: inCluster(document) }))
}

function inCluster({ sops: _sops, ...document }: KubeObject): KubeObject {
  const { data, file, openapi, ...spec } = document.spec
  const isFile = data !== undefined || file !== undefined
  const reference = { name: document.metadata.name, key: 'openapi.yaml' }
  return {
    ...document,
    spec: {
      ...spec,
      ...(isFile && { secretRef: { name: document.metadata.name } }),
      ...(openapi && { openapi: openapi.file === undefined ? openapi : { configMapRef: reference } }),
    },
  }
}
