import type { OpenApiReader, OpenApiResult } from './operations.ts'

/**
 * A reader that reads what two states of the files share once: the same bytes, or the same inline description, under the
 * same name give the same result, and with it the same operation table.
 */
export function readOnce(reader: OpenApiReader): OpenApiReader {
  const done = new WeakMap<object, Map<string, Promise<OpenApiResult>>>()
  const once = (source: object, name: string, read: () => Promise<OpenApiResult>): Promise<OpenApiResult> => {
    const known = done.get(source) ?? new Map<string, Promise<OpenApiResult>>()
    done.set(source, known)
    const result = known.get(name) ?? read()
    known.set(name, result)
    return result
  }
  return {
    read: (bytes, options) => once(bytes, options.file, () => reader.read(bytes, options)),
    readInline: (value, options) => {
      const read = (): Promise<OpenApiResult> => reader.readInline(value, options)
      if (typeof value !== 'object' || value === null) return read()
      const { index, path } = options.place ?? {}
      return once(value, JSON.stringify([options.file, index, path]), read)
    },
    close: () => reader.close(),
  }
}
