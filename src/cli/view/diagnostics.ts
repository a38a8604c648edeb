import type { Diagnostic } from '../../model/diagnostic.ts'
import type { Document } from '../../model/document.ts'
import { visible, type Paint } from '../style.ts'

/** Diagnostics as people read them: position, severity and code, the line with a caret, then the cure. */
export function renderDiagnostics(
  diagnostics: readonly Diagnostic[],
  documents: readonly Document[],
  paint: Paint,
): string {
  const lines = lineReader(documents)
  return diagnostics.map(diagnostic => render(diagnostic, lines, paint)).join('')
}

type LineReader = (file: string, line: number) => string | undefined

function render(diagnostic: Diagnostic, lines: LineReader, paint: Paint): string {
  const { severity, code, message, cure, file, line, column } = diagnostic
  const position = [file === undefined ? undefined : visible(file), line, column]
    .filter(part => part !== undefined)
    .join(':')
  const label = paint(severity === 'error' ? 'red' : 'yellow', severity)
  const head = `${position === '' ? '' : `${paint('bold', position)} `}${label} ${code}: ${visible(message)}\n`
  const source = file !== undefined && line !== undefined ? lines(file, line) : undefined
  const excerpt = source === undefined || column === undefined ? '' : excerptOf(diagnostic, source, paint)
  return `${head}${excerpt}${cure === undefined ? '' : `  ${paint('cyan', visible(cure))}\n`}`
}

const WIDTH = 120

/** The line with a caret below the column; what stands after the key is left out wherever it might be a secret. */
function excerptOf({ code, line, column }: Diagnostic, source: string, paint: Paint): string {
  const shown = mayBeSecret(code, source) ? keyOnly(source) : source
  const safe = visible(shown.replaceAll('\t', ' ')).slice(0, WIDTH)
  const margin = `${line} | `
  const caret = Math.min(column! - 1, safe.length)
  return `${paint('dim', `  ${margin}`)}${safe}\n${' '.repeat(margin.length + 2 + caret)}${paint('red', '^')}\n`
}

/** A line of a credential, an encrypted value, or anything long enough to be a key. */
function mayBeSecret(code: string, source: string): boolean {
  const isAboutSecrets = /^(?:secret|credential|sops)/.test(code) || source.includes('ENC[')
  return isAboutSecrets || /(?=[\w+/=.-]*\d)(?=[\w+/=.-]*[a-zA-Z])[\w+/=.-]{24,}/.test(source)
}

/** Lines of the files that were read, split only when one is asked for. A file with credentials shows keys alone. */
function lineReader(documents: readonly Document[]): LineReader {
  const byFile = new Map(documents.map(document => [document.file, document]))
  const split = new Map<string, readonly string[]>()
  return (file, line) => {
    const document = byFile.get(file)
    if (document === undefined) return undefined
    let lines = split.get(file)
    if (lines === undefined) split.set(file, (lines = linesOf(document)))
    return lines[line - 1]
  }
}

function linesOf({ bytes }: Document): readonly string[] {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8')
  const lines = text.split(/\r\n|\n|\r/)
  if (!/kind['"]?:\s*['"]?Credential\b/.test(text)) return lines
  return lines.map(line => (RECORD.test(line) && !/data|secret|token|pass/i.test(line) ? line : keyOnly(line)))
}

/** Lines of a credential's record, which stand in clear and hold no value of it. */
const RECORD = /^\s*(?:apiVersion|kind|metadata|name|namespace|service|type|scope|label|isDefault|file):\s/

function keyOnly(line: string): string {
  return line.replace(/^(\s*(?:- )?[^:]{0,80}:)\s.*$/, '$1 …')
}
