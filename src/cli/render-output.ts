import path from 'node:path'
import type { Diagnostic } from '../model/diagnostic.ts'
import { streamText } from './document-text.ts'
import { EXIT, type ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import type { CommonOptions } from './options.ts'
import { visible } from './style.ts'
import { toJson } from './view/json.ts'
import { overwrites, takenIn, writeFiles } from './write-files.ts'

export interface OutputOptions extends CommonOptions {
  readonly to: 'cluster' | 'files'
  readonly out?: string
  readonly forceOverwrite: boolean
}

/** One file's worth of what is written. */
export interface Rendered {
  /** Its path below the folder given with `--out`. */
  readonly path: string
  readonly text: string
  /** Absent for what only a folder can hold: a file that a document names. */
  readonly document?: Readonly<Record<string, unknown>>
}

export interface Delivery {
  readonly options: OutputOptions
  readonly io: Io
  readonly say: (diagnostics: readonly Diagnostic[]) => void
}

/** Writes everything to standard output or, with `--out`, to a file each: all of them, or none where one is taken. */
export function deliver(
  rendered: readonly Rendered[],
  diagnostics: readonly Diagnostic[],
  delivery: Delivery,
): ExitCode {
  const { options, io } = delivery
  if (options.out !== undefined) return toFolder(rendered, options.out, diagnostics, delivery)
  if (options.output === 'json') {
    const documents = rendered.flatMap(({ document }) => (document === undefined ? [] : [document]))
    io.stdout.write(toJson({ ...listed(documents, options.to), complete: true, diagnostics, errors: [] }))
  } else io.stdout.write(streamText(rendered.map(({ text }) => text)))
  return EXIT.ok
}

/** Custom resources as the List that kubectl takes: it passes over the fields that are not Kubernetes'. */
function listed(documents: readonly object[], to: OutputOptions['to']): object {
  return to === 'files' ? { documents } : { apiVersion: 'v1', kind: 'List', metadata: {}, items: documents }
}

function toFolder(
  rendered: readonly Rendered[],
  folder: string,
  warned: readonly Diagnostic[],
  { options, io, say }: Delivery,
): ExitCode {
  const files = new Map(rendered.map(({ path: below, text }) => [below, text]))
  const target = path.resolve(io.cwd, folder)
  const taken = options.forceOverwrite ? [] : takenIn(target, files.keys())
  const complete = taken.length === 0
  const refused = complete ? [] : [overwrites(taken, folder, 'Render')]
  say(refused)
  if (complete) writeFiles(target, files)
  if (options.output === 'json') {
    const written = complete ? [...files.keys()] : []
    io.stdout.write(toJson({ complete, files: written, diagnostics: [...warned, ...refused], errors: [] }))
  } else if (complete && !options.quiet) io.stdout.write(`Wrote ${files.size} files to ${visible(folder)}.\n`)
  return complete ? EXIT.ok : EXIT.refused
}
