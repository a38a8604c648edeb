/**
 * Puts a secret together from Shamir shares over GF(2^8) with the polynomial 0x11B, by Lagrange interpolation at 0
 * (getsops/sops `shamir/shamir.go`). A share is the bytes of the secret's length and then its x. `undefined` for fewer
 * than two shares, unequal lengths, x = 0 or one x twice.
 */
export function combineShares(shares: readonly Uint8Array[]): Uint8Array | undefined {
  const length = shares[0]?.length ?? 0
  const xs = shares.map(share => share.at(-1) ?? 0)
  const usable = shares.length > 1 && length > 1 && shares.every(share => share.length === length)
  if (!usable || xs.includes(0) || new Set(xs).size < xs.length) return undefined
  const weights = xs.map((x, index) => weight(x, xs.toSpliced(index, 1)))
  return Uint8Array.from({ length: length - 1 }, (_, at) =>
    shares.reduce((sum, share, index) => sum ^ multiply(share[at] ?? 0, weights[index] ?? 0), 0),
  )
}

/** The Lagrange basis polynomial of a share at 0. */
function weight(x: number, others: readonly number[]): number {
  return others.reduce((product, other) => multiply(product, multiply(other, inverse(other ^ x))), 1)
}

/** Exported for the tests, which split secrets with it. */
export function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 7; bit >= 0; bit--) {
    const doubled = (product << 1) ^ (product & 0x80 ? 0x11b : 0)
    product = doubled ^ ((b >> bit) & 1 ? a : 0)
  }
  return product
}

/** a^254 is the inverse of a, since the multiplicative group has 255 elements. */
function inverse(a: number): number {
  let power = 1
  for (let count = 0; count < 254; count++) power = multiply(power, a)
  return power
}
