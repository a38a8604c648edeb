import type { Diagnostic } from '../model/diagnostic.ts'
import type { Document } from '../model/document.ts'
import { nearest } from '../model/nearest.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import type { CommonOptions } from './options.ts'
import { painter } from './style.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'

/** The files are invalid, or an argument names what does not exist: told like any other diagnostic, exit code 3. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput'
  readonly diagnostics: readonly Diagnostic[]
  readonly documents: readonly Document[]

  constructor(diagnostics: readonly Diagnostic[], documents: readonly Document[] = []) {
    super('the input is invalid')
    this.diagnostics = diagnostics
    this.documents = documents
  }
}

/** An argument that names nothing, with what was probably meant or else what to do. */
export function unknownName(
  what: { readonly code: string; readonly message: string; readonly cure: string },
  name: string,
  candidates: Iterable<string>,
): InvalidInput {
  const suggestion = nearest(name, candidates)
  const cure = suggestion === undefined ? what.cure : `Did you mean "${suggestion}"?`
  return new InvalidInput([{ severity: 'error', code: what.code, message: what.message, cure }])
}

/** Shows invalid input to people, and as the verb's complete JSON to machines. */
export function showInvalid(
  { diagnostics, documents }: InvalidInput,
  json: unknown,
  io: Io,
  options: CommonOptions,
): ExitCode {
  io.stderr.write(renderDiagnostics(diagnostics, documents, painter(io, io.stderr, options.color)))
  if (options.output === 'json') io.stdout.write(toJson(json))
  return EXIT.invalid
}
