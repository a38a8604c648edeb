import { toYaml } from '../decode/write.ts'

/** A document to print, with what its reader has to know in front of it. */
export interface Commented {
  readonly comment: readonly string[]
  readonly document: Readonly<Record<string, unknown>>
}

/** A document as YAML below its comment. */
export function documentText({ comment, document }: Commented): string {
  return `${comment.map(line => `# ${line}\n`).join('')}${toYaml(document)}`
}

/** Documents as one YAML stream. */
export function streamText(parts: readonly string[]): string {
  return parts.join('---\n')
}
