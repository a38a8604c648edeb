/**
 * The line of an OpenAPI document, YAML or JSON, that declares an operation, or else of its path; 1 where neither is written
 * on a line of its own. Found by its text: reading megabytes for one line would cost more than the review.
 *
 * `endpoint`: `METHOD /path` with the path as the document writes it.
 */
export function openApiLine(text: string, endpoint: string): number {
  const [method = '', path = ''] = endpoint.split(/ (.*)/s)
  const lines = text.split('\n')
  const at = lines.findIndex(line => keyOf(line) === path)
  if (at < 0) return 1
  const indent = indentOf(lines[at]!)
  for (let next = at + 1; next < lines.length; next++) {
    const line = lines[next]!
    if (line.trim() !== '' && indentOf(line) <= indent) break
    if (keyOf(line) === method.toLowerCase()) return next + 1
  }
  return at + 1
}

/** The key that a line begins with, without quotes. */
function keyOf(line: string): string | undefined {
  const text = line.trim()
  const [quote] = text
  if (quote !== '"' && quote !== "'") {
    const end = text.search(/:(?:\s|$)/)
    return end < 0 ? undefined : text.slice(0, end)
  }
  const end = text.indexOf(quote, 1)
  return end > 0 &&
    text
      .slice(end + 1)
      .trimStart()
      .startsWith(':')
    ? text.slice(1, end)
    : undefined
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length
}
