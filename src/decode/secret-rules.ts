import { isWhole, UNREADABLE } from './compose.ts'
import type { Fault } from './faults.ts'
import type { Found } from './findings.ts'
import { asMap, field } from './schema.ts'
import { secretKind, secretsIn } from './shapes.ts'
import { shownPath } from './shown.ts'

type Map = Readonly<Record<string, unknown>>
type Path = (string | number)[]

const SOURCES = ['data', 'file', 'sops', 'secretRef']

/** One encrypted value; anchored at both ends, as in `getsops/sops` `aes/cipher.go`. */
const ENCRYPTED = /^ENC\[AES256_GCM,data:[0-9A-Za-z+/=]+,iv:[0-9A-Za-z+/=]+,tag:[0-9A-Za-z+/=]+,type:[a-z]+\]$/

/** Whether a value is one that sops encrypted. */
export function isEncrypted(value: unknown): boolean {
  return typeof value === 'string' && ENCRYPTED.test(value)
}

/** Where a credential's values come from: one source, and nothing in clear. */
export function checkCredential(document: Map, spec: Map, found: Found): void {
  checkSource(spec, found)
  const data = asMap(field(spec, 'data'))
  if (data === undefined) return
  checkValues(data, ['spec', 'data'], found)
  const someEncrypted = Object.values(data).some(isEncrypted)
  if (someEncrypted && !Object.hasOwn(document, 'sops')) {
    found(() => ({
      code: 'sops-missing',
      message: 'spec.data is encrypted, but the document has no "sops" part: nobody can decrypt or verify it',
      cure: 'Restore the part that sops wrote, or encrypt the values again.',
      path: ['spec', 'data'],
      key: true,
    }))
  }
}

function checkSource(spec: Map, found: Found): void {
  const given = SOURCES.filter(name => Object.hasOwn(spec, name))
  if (given.length === 1 || !isWhole(spec)) return
  const message =
    given.length === 0
      ? 'the credential has no source of values'
      : `the credential has ${given.length} sources of values: ${given.join(', ')}`
  const cure = 'Give exactly one of data, file, sops and secretRef.'
  found(() => ({
    code: 'credential-source',
    message,
    cure,
    path: given.length === 0 ? ['spec'] : ['spec', given[1]!],
    key: true,
  }))
}

/** Every leaf must have been encrypted: what sops leaves in clear (nulls, empty text, empty maps) its MAC does not cover. */
function checkValues(value: unknown, path: Path, found: Found): void {
  const children = Array.isArray(value) ? [...value.entries()] : Object.entries(asMap(value) ?? {})
  if (children.length === 0) {
    if (!isEncrypted(value) && value !== UNREADABLE) found(() => inClear(value, path))
    return
  }
  for (const [key, child] of children) checkValues(child, [...path, key], found)
}

function inClear(value: unknown, path: Path): ReturnType<Parameters<Found>[0]> {
  const isEmpty = value === null || value === '' || typeof value === 'object'
  return {
    code: 'secret-in-clear',
    message: isEmpty
      ? `${shownPath(path)} is empty, which sops does not protect`
      : `${shownPath(path)} is not encrypted`,
    cure: isEmpty
      ? 'Remove the field, or give it a value and encrypt it.'
      : "Encrypt the file: sops encrypt --in-place --encrypted-regex '^data$' FILE; then replace the value at the service, for it has been in clear.",
    path: [...path],
    key: true,
  }
}

/** Text that looks like a well-known kind of secret, wherever it stands. `spec.data` and the `sops` part have own rules. */
export function checkLiterals(document: Map, found: Found): void {
  walkText(document, [], (text, at) => {
    const kind = secretKind(text)
    if (kind === undefined) return
    const path = [...at]
    found(() => ({
      code: 'secret-in-clear',
      message: `${shownPath(path)} looks like ${kind}`,
      cure: 'Keep it in a Credential, encrypted, and replace it at the service: it has been in clear.',
      path,
      key: text === path.at(-1),
    }))
  })
}

/** Secrets in the comments of a document, as faults: no path leads to a comment. */
export function secretComments(text: string): Fault[] {
  const faults: Fault[] = []
  let lineEnd = -1
  for (const { kind, offset } of secretsIn(text)) {
    // One for each line: looking back from every secret of a long line would be quadratic.
    if (offset < lineEnd) continue
    const before = text.slice(text.lastIndexOf('\n', offset) + 1, offset)
    const next = text.indexOf('\n', offset)
    lineEnd = next < 0 ? text.length : next
    if (!/^(?:.*[ \t])?#/.test(before)) continue
    const cure = 'Remove it, and replace it at the service: it has been in clear.'
    faults.push({ code: 'secret-in-clear', offset, message: `a comment holds what looks like ${kind}`, cure })
  }
  return faults
}

/** Calls for every text of a document, names of fields included, except where encrypted values belong. */
export function walkText(value: unknown, path: Path, act: (text: string, path: Path) => void): void {
  if (typeof value === 'string') act(value, path)
  else if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) step(item, path, index, act)
  } else {
    for (const [name, item] of Object.entries(asMap(value) ?? {})) {
      const isSealed =
        (path.length === 0 && name === 'sops') || (path.length === 1 && path[0] === 'spec' && name === 'data')
      if (!isSealed) step(item, path, name, act)
    }
  }
}

function step(value: unknown, path: Path, name: string | number, act: (text: string, path: Path) => void): void {
  path.push(name)
  if (typeof name === 'string') act(name, path)
  walkText(value, path, act)
  path.pop()
}
