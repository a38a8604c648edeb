import type { Seen, Spoken } from './secrets.ts'
import { counted, listed } from './say.ts'

/** Who can read from now on; those of a new credential are told with it. */
export function readersAdded({ change: { readers }, isNew }: Seen): Spoken | undefined {
  if (readers.added.length === 0 || isNew) return undefined
  return {
    kind: 'credential-readers-added',
    severity: 'medium',
    direction: 'widens',
    summary: credentials => `${credentials}: ${shownReaders(readers.added)} can decrypt from now on`,
    before: shownReaders([...readers.kept, ...readers.removed].toSorted()),
    after: shownReaders([...readers.kept, ...readers.added].toSorted()),
    facts: { readers: readers.added },
    fields: [],
    edit: `${counted(readers.added.length, 'reader')} added`,
  }
}

/** Who is no longer named; that somebody cannot read any more, nothing can promise. */
export function readersRemoved({ change: { readers, isRekeyed } }: Seen): Spoken | undefined {
  if (readers.removed.length === 0) return undefined
  const still = isRekeyed
    ? 'but could have read earlier versions: rotate the values'
    : 'but the data key is still the one they had: rotate it, and the values'
  return {
    kind: 'credential-readers-removed',
    severity: 'low',
    direction: isRekeyed ? 'narrows' : 'unclear',
    summary: credentials =>
      `${credentials}: ${shownReaders(readers.removed)} no longer named as ${readers.removed.length === 1 ? 'a reader' : 'readers'}, ${still}`,
    before: shownReaders([...readers.kept, ...readers.removed].toSorted()),
    after: shownReaders([...readers.kept, ...readers.added].toSorted()),
    facts: { readers: readers.removed, isRekeyed },
    fields: [],
    edit: `${counted(readers.removed.length, 'reader')} removed`,
  }
}

/** Names of keys are long, some of them pages long: their beginning and end tell them apart to a reader. */
export function shownReaders(readers: readonly string[]): string {
  return listed(
    readers.map(reader => (reader.length <= MAX_READER ? reader : `${reader.slice(0, 12)}…${reader.slice(-6)}`)),
  )
}

const MAX_READER = 40
