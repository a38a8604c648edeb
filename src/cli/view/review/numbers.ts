/** `12,345`, the same everywhere. */
export function grouped(number: number): string {
  return String(number).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}

/** `1 person`, `2 people`: a number with its noun, also for none. */
export function counted(number: number, one: string, many = `${one}s`): string {
  return `${grouped(number)} ${number === 1 ? one : many}`
}

/** How many bytes a text has where it is written. */
export function bytesOf(text: string): number {
  return Buffer.byteLength(text, 'utf8')
}

/** How many of something there are of each severity, worst first. */
export function bySeverity({ high, medium, low }: Readonly<Record<'high' | 'medium' | 'low', number>>): string {
  return `${grouped(high)} high, ${grouped(medium)} medium, ${grouped(low)} low`
}
