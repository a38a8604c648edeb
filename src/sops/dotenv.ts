import { SopsError, showPath } from './refusal.ts'
import { MAX_DEPTH, METADATA_KEY, isBranch, type Branch, type Sighting, type Tree, type TreeNode } from './tree.ts'

const PREFIX = `${METADATA_KEY}_`
const MAX_ENTRIES = 10_000

/**
 * Reads an encrypted dotenv file (getsops/sops `stores/dotenv/store.go`): `KEY=VALUE` without unquoting, `\n` for a line
 * break, `#` at the start of a line for a comment; metadata flat under `sops_`. Stricter: no key twice.
 */
export function readDotenv(text: string, seen?: Sighting): Tree {
  const top = new Map<string, TreeNode>()
  const flat = new Map<string, string>()
  let offset = 0
  text.split('\n').forEach((line, index) => {
    const start = offset
    offset += line.length + 1
    if (line === '' || line.startsWith('#')) return
    const equals = line.indexOf('=')
    if (equals < 0) throw syntax(index, 'A line is neither a comment nor KEY=VALUE', 'SOPS knows no lines that go on.')
    const key = line.slice(0, equals)
    seen?.(0, [key], start)
    const metadata = key.startsWith(PREFIX)
    const target: Map<string, TreeNode> = metadata ? flat : top
    const name = metadata ? key.slice(PREFIX.length) : key
    if (target.has(name)) throw syntax(index, `The key ${showPath([key])} stands twice`, 'Keep one of the two lines.')
    target.set(name, line.slice(equals + 1).replaceAll(String.raw`\n`, '\n'))
  })
  return { branches: [top], metadata: unflatten(flat) }
}

/** A map or list while it is being put together; list indexes are kept as `number` keys. */
type Growing = Map<string | number, Growing | string>

/** Undoes `stores/flatten.go`: `age__list_0__map_enc` is the key `enc` of the first item of the list `age`. */
export function unflatten(flat: ReadonlyMap<string, string>): Branch {
  const root: Growing = new Map()
  if (flat.size > MAX_ENTRIES) throw invalid('has too many entries')
  for (const [path, value] of flat) plant(root, tokens(path), value)
  const tree = harvest(root)
  return isBranch(tree) ? tree : new Map()
}

function tokens(path: string): readonly (string | number)[] {
  const parts = path.split(/(__map_|__list_)/, 2 * MAX_DEPTH)
  return parts.flatMap((part, index): readonly (string | number)[] => {
    if (index % 2 === 1) return []
    if (parts[index - 1] !== '__list_') return [part]
    if (!/^\d{1,5}$/.test(part)) throw invalid('numbers a list by something that is no number')
    return [Number(part)]
  })
}

function plant(root: Growing, path: readonly (string | number)[], value: string): void {
  let node = root
  for (const token of path.slice(0, -1)) {
    const below = node.get(token) ?? new Map()
    if (typeof below === 'string') throw invalid('has a value where it has a map')
    node.set(token, below)
    node = below
  }
  const last = path.at(-1) ?? ''
  if (node.has(last)) throw invalid('has one entry twice')
  node.set(last, value)
}

function harvest(node: Growing | string): TreeNode {
  if (typeof node === 'string') return node
  const numbers = [...node.keys()].filter(key => typeof key === 'number')
  if (numbers.length === 0) return new Map([...node].map(([key, value]) => [String(key), harvest(value)]))
  if (numbers.length < node.size) throw invalid('has a list where it has a map')
  const list = Array.from({ length: numbers.length }, (_, index) => node.get(index))
  return list.map(item => {
    if (item === undefined) throw invalid('has a list with a gap')
    return harvest(item)
  })
}

function invalid(what: string): SopsError {
  return new SopsError('sops-metadata-invalid', `The sops metadata ${what}.`, {
    cure: 'Take the file as sops wrote it.',
  })
}

function syntax(index: number, what: string, cure: string): SopsError {
  return new SopsError('sops-syntax', `${what}.`, { cure, at: { line: index + 1, column: 1 } })
}
