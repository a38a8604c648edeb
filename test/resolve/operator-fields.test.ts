import { expect, test } from 'vitest'
import { KIND_FILES, loadSchema } from '../../schemas/load.ts'
import { decode } from '../../src/decode/decode.ts'
import type { Problem } from '../../src/model/diagnostic.ts'
import type { Resource } from '../../src/model/state.ts'
import { resourceOf } from '../../src/resolve/normal.ts'

interface Example {
  readonly kind: string
  readonly spec: Readonly<Record<string, unknown>>
}

const EXAMPLES = KIND_FILES.flatMap(file => loadSchema(file)['examples'] as readonly Example[])

test.each(EXAMPLES)('$kind means the same whatever the operator is told to do with it', example => {
  const told = { ...example, spec: { ...example.spec, suspend: true, interval: '1h30m', mode: 'Observe' } }
  const [resource, toldResource] = [resourceFor(example), resourceFor(told)]
  expect(toldResource).toEqual(resource)
  expect(toldResource.digest).toBe(resource.digest)
})

function resourceFor(document: object): Resource {
  const problems: Problem[] = []
  const text = JSON.stringify(document)
  const source = { file: 'a.json', path: 'a.json', root: '/', bytes: Buffer.from(text) }
  const { manifests } = decode([source], { defaultNamespace: 'default', strict: true }, problem => {
    problems.push(problem)
  })
  expect(problems).toEqual([])
  return resourceOf(manifests[0]!, {})
}
