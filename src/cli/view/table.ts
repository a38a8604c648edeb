import { visible, type Paint } from '../style.ts'

/** Rows under a heading, columns as wide as their widest cell, two spaces apart; nothing after the last cell of a line. */
export function table(heading: readonly string[], rows: readonly (readonly string[])[], paint: Paint): string {
  const shown = rows.map(row => row.map(visible))
  const widths = heading.map((title, column) =>
    shown.reduce((widest, row) => Math.max(widest, (row[column] ?? '').length), title.length),
  )
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd()
  return [paint('bold', line(heading)), ...shown.map(line)].map(text => `${text}\n`).join('')
}

/** Rows as CSV (RFC 4180). A cell that a spreadsheet would take for a formula is given an apostrophe. */
export function csv(heading: readonly string[], rows: readonly (readonly string[])[]): string {
  return [heading, ...rows].map(row => `${row.map(csvCell).join(',')}\r\n`).join('')
}

function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}
