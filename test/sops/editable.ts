import { isMap, isScalar, parseDocument } from 'yaml'
import type { SopsFormat } from '../../src/model/sops.ts'

type Path = readonly (string | number)[]

/** An encrypted file whose parts can be moved about without any key: what somebody with write access can do. */
export interface Editable {
  readonly get: (path: Path) => unknown
  /** Sets or, for a path that is not there, appends. */
  readonly set: (path: Path, value: unknown) => void
  readonly remove: (path: Path) => void
  readonly rename: (path: Path, key: string) => void
  readonly text: () => string
}

export function editable(text: string, format: SopsFormat): Editable {
  return format === 'dotenv' ? editableDotenv(text) : editableTree(text, format === 'yaml')
}

/** JSON is YAML whose strings are all in double quotes. */
function editableTree(text: string, yaml: boolean): Editable {
  const document = parseDocument(text, { intAsBigInt: true })
  const json = { defaultStringType: 'QUOTE_DOUBLE', defaultKeyType: 'QUOTE_DOUBLE', doubleQuotedAsJSON: true } as const
  return {
    get: path => document.getIn(path),
    set: (path, value) => {
      // Keeps the quotes of a value that is there, since an unquoted lastmodified is a time.
      const node = document.getIn(path, true)
      if (isScalar(node) && (typeof value !== 'object' || value === null)) node.value = value
      else document.setIn(path, document.createNode(value))
    },
    remove: path => {
      document.deleteIn(path)
    },
    rename: (path, key) => {
      const map = path.length === 1 ? document.contents : document.getIn(path.slice(0, -1), true)
      const pair = isMap(map) ? map.items.find(item => isScalar(item.key) && item.key.value === path.at(-1)) : undefined
      if (isScalar(pair?.key)) pair.key.value = key
    },
    text: () => document.toString({ lineWidth: 0, ...(yaml ? {} : json) }),
  }
}

function splitLine(line: string): [key: string, value: string] {
  const equals = line.indexOf('=')
  return [line.slice(0, equals), line.slice(equals + 1)]
}

/** `['sops', 'mac']` is the line `sops_mac`; other paths have one key. */
function editableDotenv(text: string): Editable {
  const lines = new Map(text.trimEnd().split('\n').map(splitLine))
  return {
    get: path => lines.get(path.join('_')),
    set: (path, value) => lines.set(path.join('_'), String(value)),
    remove: path => {
      lines.delete(path.join('_'))
    },
    rename: (path, key) => {
      const renamed = [...lines].map(([line, value]) => [line === path.join('_') ? key : line, value] as const)
      lines.clear()
      for (const [line, value] of renamed) lines.set(line, value)
    },
    text: () => [...lines].map(([key, value]) => `${key}=${value}\n`).join(''),
  }
}
