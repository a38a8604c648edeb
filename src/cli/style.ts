import { styleText } from 'node:util'
import type { Io, Sink } from './io.ts'

export { visible } from '../model/visible.ts'

/** Colours text, or leaves it alone where nobody sees colours. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string

/** Colours for a sink: only on a terminal, and never against `--no-color` or `NO_COLOR`. */
export function painter(io: Io, sink: Sink, color: boolean): Paint {
  const wanted = color && sink.isTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
}
