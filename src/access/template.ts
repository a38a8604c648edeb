/** A segment of a path template: the text around its parameters. One piece only means that there is no parameter. */
export type TemplateSegment = readonly string[]

/** A path template, by segment. */
export type Template = readonly TemplateSegment[]

/** Takes a path template apart at its slashes and parameters. */
export function readTemplate(path: string): Template {
  return path.slice(1).split('/').map(readSegment)
}

/** Literal text is compared decoded, as requests are; text that is no proper encoding stands for itself. */
function readSegment(segment: string): TemplateSegment {
  return segment.split(/\{[^{}]*\}/).map(text => {
    try {
      return decodeURIComponent(text)
    } catch {
      return text
    }
  })
}

/** Whether the decoded segments of a path match a template. A parameter stands for one character or more. */
export function matchesTemplate(template: Template, segments: readonly string[]): boolean {
  return (
    template.length === segments.length && template.every((segment, index) => matchesSegment(segment, segments[index]!))
  )
}

/** Takes each piece of text at its first place after a parameter, which leaves most room for what follows. */
function matchesSegment([first = '', ...rest]: TemplateSegment, text: string): boolean {
  const last = rest.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of rest) {
    const found = text.indexOf(piece, at + 1)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.endsWith(last) && text.length - last.length > at
}

/** Whether a template says more than another one that matches the same path: nowhere less, somewhere more. */
export function moreSpecific(a: Template, b: Template): boolean {
  let more = false
  for (const [index, segment] of a.entries()) {
    const difference = literalness(segment) - literalness(b[index]!)
    if (difference < 0) return false
    more ||= difference > 0
  }
  return more
}

/** A literal segment says most; of templated ones, the one with more text. */
function literalness(segment: TemplateSegment): number {
  return segment.length === 1 ? Number.MAX_SAFE_INTEGER : segment.join('').length
}
