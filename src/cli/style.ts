import { styleText } from 'node:util'
import type { Io, Sink } from './io.ts'

/** Colours text, or leaves it alone where nobody sees colours. */
export type Paint = (style: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string

/** Colours for a sink: only on a terminal, and never against `--no-color` or `NO_COLOR`. */
export function painter(io: Io, sink: Sink, color: boolean): Paint {
  const wanted = color && sink.isTerminal && !io.env['NO_COLOR'] && io.env['TERM'] !== 'dumb'
  return wanted ? (style, text) => styleText(style, text, { validateStream: false }) : (_style, text) => text
}

/**
 * Text from documents made safe for a terminal: control characters, which could move the cursor or hide text, and
 * bidirectional marks, which could show it in another order, become visible escapes.
 */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
