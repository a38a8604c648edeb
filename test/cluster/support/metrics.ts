/** Prometheus' text format, read without the library that writes it. */
export interface Sample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

export interface Metrics {
  readonly samples: readonly Sample[]
  /** The sum of a metric over the samples that have these labels; 0 where there is none. */
  sum(name: string, labels?: Readonly<Record<string, string>>): number
  has(name: string): boolean
}

/** Reads what `/metrics` answers. A line that is neither a comment nor a sample is an error. */
export function parseMetrics(text: string): Metrics {
  const lines = text.split('\n').filter(line => line !== '' && !line.startsWith('#'))
  const samples = lines.map(parseSample)
  return {
    samples,
    sum: (name, labels = {}) =>
      samples
        .filter(sample => sample.name === name && matches(sample.labels, labels))
        .reduce((sum, { value }) => sum + value, 0),
    has: name => samples.some(sample => sample.name === name),
  }
}

function parseSample(line: string): Sample {
  const found = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)$/.exec(line)
  if (found === null) throw new Error(`not a sample: ${line}`)
  const labels = [...(found[2] ?? '').matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)]
  return {
    name: found[1]!,
    labels: Object.fromEntries(labels.map(([, key, value]) => [key!, value!])),
    value: found[3] === '+Inf' ? Infinity : Number(found[3]),
  }
}

function matches(labels: Readonly<Record<string, string>>, wanted: Readonly<Record<string, string>>): boolean {
  return Object.entries(wanted).every(([name, value]) => labels[name] === value)
}
