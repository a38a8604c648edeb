import { decode, type Decoded, type DecodeOptions } from '../../src/decode/decode.ts'
import { locate } from '../../src/decode/positions.ts'
import type { Diagnostic, Problem } from '../../src/model/diagnostic.ts'
import type { Document } from '../../src/model/document.ts'

export interface Reading extends Decoded {
  readonly diagnostics: readonly Diagnostic[]
}

/** A file as a source gives it. */
export function file(name: string, content: string | Uint8Array): Document {
  const bytes = typeof content === 'string' ? Buffer.from(content) : content
  return { file: name, path: name, root: '/source', bytes }
}

/** Decodes files and looks up all positions. */
export function read(documents: readonly Document[], options: Partial<DecodeOptions> = {}): Reading {
  const problems: Problem[] = []
  const decoded = decode(documents, { defaultNamespace: 'default', strict: false, ...options }, problem => {
    problems.push(problem)
  })
  return { ...decoded, diagnostics: locate(problems) }
}

/** Decodes one file `x.yaml`. */
export function readText(content: string | Uint8Array, options: Partial<DecodeOptions> = {}): Reading {
  return read([file('x.yaml', content)], options)
}

/** Diagnostics as people read them. */
export function written(diagnostics: readonly Diagnostic[]): string {
  return diagnostics
    .map(({ file: name, line, column, severity, code, message, cure }) => {
      const position = [name, line, column].filter(part => part !== undefined).join(':')
      return `${position} ${severity} ${code}: ${message}${cure === undefined ? '' : `\n    ${cure}`}`
    })
    .join('\n')
}
