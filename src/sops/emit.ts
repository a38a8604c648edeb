import { isBranch, isList, type Branch, type Clear, type TreeNode } from './tree.ts'

/** libyaml and go-yaml take a key without `?` only up to 1024 characters. */
const MAX_KEY = 1000

/** What go-yaml's reader refuses unescaped, and what JSON leaves as it is (go.yaml.in/yaml/v3 `readerc.go`). */
const UNPRINTABLE = /[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g

/**
 * Writes a map as a YAML document in block style, with every key and every string in double quotes: what every YAML
 * version and reader takes for the same text. Lines of an age armour become a literal block.
 */
export function emitYaml(document: Branch): string {
  return document.size === 0 ? '{}\n' : `${blockLines(document).join('\n')}\n`
}

function blockLines(node: Branch | readonly TreeNode[]): string[] {
  if (isBranch(node)) return [...node].flatMap(([key, value]) => entryLines(quoteKey(key), value))
  return node.flatMap(item => {
    const [first = '', ...rest] = isBlock(item) ? blockLines(item) : [emitInline(item)]
    return [`- ${first}`, ...rest.map(line => `  ${line}`)]
  })
}

function entryLines(key: string, value: TreeNode): string[] {
  const below = isBlock(value) ? blockLines(value) : isArmor(value) ? value.trimEnd().split('\n') : undefined
  if (below === undefined) return [`${key}: ${emitInline(value)}`]
  return [isBlock(value) ? `${key}:` : `${key}: |`, ...below.map(line => `  ${line}`)]
}

/** Whether a value takes lines of its own. */
function isBlock(node: TreeNode): node is Branch | readonly TreeNode[] {
  return (isBranch(node) && node.size > 0) || (isList(node) && node.length > 0)
}

function isArmor(node: TreeNode): node is string {
  return typeof node === 'string' && node.startsWith('-----BEGIN AGE ENCRYPTED FILE-----\n')
}

function emitInline(node: TreeNode): string {
  if (isBranch(node)) return '{}'
  return isList(node) ? '[]' : emitScalar(node)
}

function emitScalar(value: Clear): string {
  if (typeof value === 'string') return quote(value)
  if (typeof value === 'number') return emitFloat(value)
  return value !== null && typeof value === 'object' ? value.time : String(value)
}

/** An exponent keeps a large whole number a float: go-yaml would take 2^63 written out for a `uint64`, and sops refuse. */
function emitFloat(value: number): string {
  if (Number.isFinite(value)) return Number.isInteger(value) ? value.toExponential() : String(value)
  return Number.isNaN(value) ? '.nan' : value > 0 ? '.inf' : '-.inf'
}

function quoteKey(key: string): string {
  if (key.length > MAX_KEY) throw new RangeError(`a key has more than ${MAX_KEY} characters`)
  return quote(key)
}

/** JSON's escapes are YAML's, too; a lone surrogate has no UTF-8 and would be read as something else. */
function quote(text: string): string {
  if (!text.isWellFormed()) throw new RangeError('a text is not well-formed Unicode')
  return JSON.stringify(text).replace(UNPRINTABLE, found => `\\u${found.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
