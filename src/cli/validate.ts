import type { Diagnostic } from '../model/diagnostic.ts'
import { check } from '../reconcile.ts'
import { EXIT, type ExitCode } from './exit.ts'
import { progress } from './io.ts'
import type { SourceOptions } from './options.ts'
import { openSession, quotable } from './session.ts'
import { painter } from './style.ts'
import type { Call } from './verbs.ts'
import { renderDiagnostics } from './view/diagnostics.ts'
import { toJson } from './view/json.ts'
import type { ErrorJson } from './view/plan-json.ts'

export const NO_DOCUMENTS: Diagnostic = {
  severity: 'error',
  code: 'no-documents',
  message: 'no documents were found',
  cure: 'Check the path given with -f: documents have an apiVersion that begins with tenon.dev/.',
}

/** `tenon validate` */
export async function run({ options, io }: Call<SourceOptions>): Promise<ExitCode> {
  const session = openSession(options, io)
  try {
    const shown = progress(io, options.quiet)
    const checked = await check({ ...session.run, say: shown.say })
    shown.done()
    const { documents } = checked
    const diagnostics = documents === 0 ? [...checked.diagnostics, NO_DOCUMENTS] : checked.diagnostics
    const valid = checked.kind === 'valid' && documents > 0
    const paint = painter(io, io.stderr, options.color)
    io.stderr.write(renderDiagnostics(diagnostics, quotable(session.source), paint))
    if (options.output === 'json') io.stdout.write(toJson({ valid, documents, diagnostics, errors: [] }))
    else if (!options.quiet) io.stdout.write(`${verdict(valid, documents, diagnostics)}\n`)
    return valid ? EXIT.ok : EXIT.invalid
  } finally {
    await session.close()
  }
}

/** Complete JSON also when the files could not be read. */
export function failure(errors: readonly ErrorJson[]): unknown {
  return { valid: false, documents: 0, diagnostics: [], errors }
}

function verdict(valid: boolean, documents: number, diagnostics: readonly Diagnostic[]): string {
  const errors = diagnostics.filter(({ severity }) => severity === 'error').length
  const warnings = diagnostics.length - errors
  const counted = [
    plural(documents, 'document'),
    ...(errors > 0 ? [plural(errors, 'error')] : []),
    ...(warnings > 0 ? [plural(warnings, 'warning')] : []),
  ]
  return `${valid ? 'Valid' : 'Invalid'}: ${counted.join(', ')}.`
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`
}
