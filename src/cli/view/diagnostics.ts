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
/** More of a line is never looked at. */
const MAX_LINE = 4096

/** The line with a caret below the column; what stands after the key is left out wherever it might be a secret. */
function excerptOf({ code, line, column }: Diagnostic, source: string, paint: Paint): string {
  const start = source.slice(0, MAX_LINE)
  const shown = mayBeSecret(code, start) ? keyOnly(start) : start
  const safe = visible(shown.replaceAll('\t', ' ')).slice(0, WIDTH)
  const margin = `${line} | `
  const caret = Math.min(column! - 1, safe.length)
  return `${paint('dim', `  ${margin}`)}${safe}\n${' '.repeat(margin.length + 2 + caret)}${paint('red', '^')}\n`
}

/** A line about a credential, an encrypted value, or anything long enough to be a key. */
function mayBeSecret(code: string, source: string): boolean {
  if (/^(?:secret|credential|sops)/.test(code) || source.includes('ENC[')) return true
  return (source.match(/[\w+/=.-]{24,}/g) ?? []).some(run => /\d/.test(run) && /[a-zA-Z]/.test(run))
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
  if (!text.includes('Credential')) return lines
  return lines.map(line => (RECORD.test(line) ? line : keyOnly(line)))
}

/** Lines of a credential's record that hold one plain word, as no value of a credential would stand alone under that key. */
const RECORD = /^\s*(?:apiVersion|kind|type|scope|isDefault|file):\s+[\w./-]{1,80}\s*$/

/** The key of a line, where it begins with one: everything else might be a secret. */
function keyOnly(line: string): string {
  const key = /^\s{0,200}(?:- )?["']?[A-Za-z][\w.-]{0,80}["']?\s{0,8}:(?=\s|$)/.exec(line)?.[0]
  return key === undefined ? '…' : `${key} …`
}
