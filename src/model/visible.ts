/**
 * Text from documents made safe for whoever shows it: control characters, which could move a terminal's cursor or hide
 * text, and bidirectional marks, which could show it in another order, become visible escapes.
 */
export function visible(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what this looks for
  return text.replaceAll(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u2028-\u202E\u2060-\u2069\uFEFF]/g, character => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
