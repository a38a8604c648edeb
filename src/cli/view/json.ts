/** A result as `-o json` prints it: indented, keys in the order given, ending in a line break. */
export function toJson(value: unknown): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
