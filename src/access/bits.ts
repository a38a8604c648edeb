/** A set of small numbers, one bit each. Sets may differ in length: what lies beyond the end is not in the set. */
export type Bits = Uint32Array

/** An empty set with room for the numbers below `size`. */
export function noBits(size: number): Bits {
  return new Uint32Array((size + 31) >>> 5)
}

/** The set of the given numbers, all below `size`. */
export function bitsOf(numbers: Iterable<number>, size: number): Bits {
  const bits = noBits(size)
  for (const number of numbers) setBit(bits, number)
  return bits
}

/** Adds a number that the set has room for. */
function setBit(bits: Bits, number: number): void {
  bits[number >>> 5]! |= 1 << (number & 31)
}

/** Whether a number is in the set. */
export function hasBit(bits: Bits, number: number): boolean {
  return ((bits[number >>> 5] ?? 0) & (1 << (number & 31))) !== 0
}

/** Adds all numbers of another set, which must not be longer. */
export function addBits(bits: Bits, more: Bits): void {
  for (let word = 0; word < more.length; word++) bits[word]! |= more[word]!
}

/** The numbers of the set, ascending. */
export function numbersIn(bits: Bits): number[] {
  const numbers: number[] = []
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) {
      numbers.push(word * 32 + (31 - Math.clz32(rest & -rest)))
    }
  }
  return numbers
}

/** How many numbers the set holds. */
export function countBits(bits: Bits): number {
  let count = 0
  for (let word = 0; word < bits.length; word++) {
    for (let rest = bits[word]!; rest !== 0; rest &= rest - 1) count++
  }
  return count
}

/** Whether the set holds nothing. */
export function isEmpty(bits: Bits): boolean {
  for (let word = 0; word < bits.length; word++) if (bits[word] !== 0) return false
  return true
}

/** Whether two sets hold the same numbers. */
export function equalBits(a: Bits, b: Bits): boolean {
  const length = Math.max(a.length, b.length)
  for (let word = 0; word < length; word++) if ((a[word] ?? 0) !== (b[word] ?? 0)) return false
  return true
}

/** A number that equal sets have in common; others may have it, too. */
export function hashBits(bits: Bits): number {
  let hash = 0
  for (let word = 0; word < bits.length; word++) if (bits[word] !== 0) hash = mix(mix(hash, word), bits[word]!)
  return hash
}

/** A number that equal texts have in common. */
export function hashText(text: string): number {
  let hash = text.length
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193)
  return mix(1, hash)
}

/** Stirs one more number into a hash. */
export function mix(hash: number, number: number): number {
  const stirred = Math.imul(hash ^ number, 0x9e3779b1)
  return stirred ^ (stirred >>> 15)
}

/** The numbers that are in both sets; as long as the first one. */
export function bothBits(a: Bits, b: Bits): Bits {
  const both = new Uint32Array(a.length)
  for (let word = 0; word < a.length; word++) both[word] = a[word]! & (b[word] ?? 0)
  return both
}

/** The numbers of the first set that are not in the second one; as long as the first one. */
export function withoutBits(a: Bits, b: Bits): Bits {
  const without = new Uint32Array(a.length)
  for (let word = 0; word < a.length; word++) without[word] = a[word]! & ~(b[word] ?? 0)
  return without
}
