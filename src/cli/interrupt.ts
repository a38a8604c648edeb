/** What has to be written when the user stops the program before its result was: `-o json` is complete even then. */
let partial: (() => void) | undefined

/** Says how to end early; nothing to say any more without a function. */
export function onInterrupt(write: (() => void) | undefined): void {
  partial = write
}

/** Writes what there is to write, once. */
export function writePartial(): void {
  const write = partial
  partial = undefined
  write?.()
}
