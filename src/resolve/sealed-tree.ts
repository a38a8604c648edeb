import type { SopsFormat } from '../model/sops.ts'
import { jsonSteps, JsonError } from './openapi/json.ts'
import { marksIn } from './openapi/yaml.ts'
import { sealedYaml } from './sealed-yaml.ts'

/** A value of an encrypted file as it stands there: ciphertext and everything else is text. */
export type SealedNode = string | readonly SealedNode[] | SealedMap
export type SealedMap = ReadonlyMap<string, SealedNode>

/** The documents of an encrypted file, and what sops says of all of them. */
export interface SealedTree {
  readonly documents: readonly SealedNode[]
  readonly metadata: SealedMap
}

/** Why a file cannot be read; the reason holds nothing of its text. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable'
}

const METADATA = 'sops'
const MAX_DEPTH = 100
/** A file of credentials has hundreds; each costs an object. */
const MAX_VALUES = 200_000

/**
 * Takes an encrypted file apart without a key, as far as telling two of them apart needs (getsops/sops `stores/`).
 * Stricter than sops, as whoever decrypts it will be: no key twice, no aliases, no nesting without end.
 *
 * @throws Unreadable
 */
export function sealedTree(bytes: Uint8Array, format: SopsFormat): SealedTree {
  const text = textOf(bytes)
  if (marksIn(text) > MAX_VALUES) throw new Unreadable('it holds too many values')
  if (format === 'dotenv') return dotenvTree(text)
  const documents = format === 'yaml' ? sealedYaml(text, MAX_DEPTH) : [jsonDocument(text)]
  const [first] = documents
  const metadata = isMap(first) ? first.get(METADATA) : undefined
  if (!isMap(metadata)) throw new Unreadable('it has no metadata of sops')
  return { documents, metadata }
}

export function isMap(node: SealedNode | undefined): node is SealedMap {
  return node instanceof Map
}

export function isList(node: SealedNode | undefined): node is readonly SealedNode[] {
  return Array.isArray(node)
}

function textOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new Unreadable('it is not UTF-8 text')
  }
}

function jsonDocument(text: string): SealedNode {
  try {
    checkJson(text)
    return nodeOf(JSON.parse(text))
  } catch (error) {
    if (error instanceof JsonError) throw new Unreadable('it is not JSON')
    throw error
  }
}

/** What `JSON.parse` would take in silence. */
function checkJson(text: string): void {
  const open: Set<string>[] = []
  for (const step of jsonSteps(text)) {
    if (step.kind === 'end') open.pop()
    else if (step.kind === 'map' || step.kind === 'list') open.push(new Set())
    else if (step.kind === 'key') {
      const keys = open.at(-1)
      if (keys?.has(step.name) === true) throw new Unreadable('a key stands twice in it')
      keys?.add(step.name)
    }
    if (open.length > MAX_DEPTH) throw new Unreadable('it is nested too deeply')
  }
}

function nodeOf(value: unknown): SealedNode {
  if (Array.isArray(value)) return value.map(nodeOf)
  if (typeof value !== 'object' || value === null) return typeof value === 'string' ? value : String(value)
  return new Map(Object.entries(value).map(([key, item]) => [key, nodeOf(item)]))
}

const FLAT = `${METADATA}_`

/** `KEY=VALUE` on each line, metadata flat under `sops_` (getsops/sops `stores/dotenv/store.go`). */
function dotenvTree(text: string): SealedTree {
  const top = new Map<string, SealedNode>()
  const flat = new Map<string, string>()
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue
    const equals = line.indexOf('=')
    if (equals < 0) throw new Unreadable('a line of it is neither a comment nor KEY=VALUE')
    const [key, value] = [line.slice(0, equals), line.slice(equals + 1)]
    const isMetadata = key.startsWith(FLAT)
    const name = isMetadata ? key.slice(FLAT.length) : key
    if ((isMetadata ? flat : top).has(name)) throw new Unreadable('a key stands twice in it')
    if (isMetadata) flat.set(name, value.replaceAll(String.raw`\n`, '\n'))
    else top.set(name, value)
  }
  if (flat.size === 0) throw new Unreadable('it has no metadata of sops')
  return { documents: [top], metadata: unflattened(flat) }
}

type Growing = Map<string, Growing | string>

/** Undoes `stores/flatten.go`: `age__list_0__map_enc` is the key `enc` of the first item of the list `age`. */
function unflattened(flat: ReadonlyMap<string, string>): SealedMap {
  const root: Growing = new Map()
  for (const [name, value] of flat) {
    const path = name.split(/__map_|__list_/, MAX_DEPTH)
    let node = root
    for (const step of path.slice(0, -1)) {
      const below = node.get(step) ?? new Map()
      if (typeof below === 'string') throw new Unreadable('its metadata contradicts itself')
      node.set(step, below)
      node = below
    }
    const last = path.at(-1) ?? ''
    if (node.has(last)) throw new Unreadable('its metadata says one thing twice')
    node.set(last, value)
  }
  return root
}
