import type { SecretChange } from '../../../model/finding.ts'
import { nameIn } from '../../../review/describe.ts'
import { leftOut, type Stream } from './markdown-budget.ts'
import { row } from './markdown-findings.ts'
import { counted, grouped } from './numbers.ts'
import type { Writer } from './writer.ts'

/** What ciphertext tells of credentials: a row for each value that differs, and one for those that do not. */
export function secretStream(secrets: readonly SecretChange[], write: Writer): Stream {
  const rows = secrets.flatMap(secret => secretRows(secret, write))
  return {
    name: 'secrets',
    share: 0.06,
    at: index => rows[index] && { section: 'secrets', text: rows[index]() },
    hidden: leftOut(rows.length, 'line on secrets', 'lines on secrets'),
  }
}

type LazyRow = () => string

function secretRows(secret: SecretChange, write: Writer): readonly LazyRow[] {
  const { isRekeyed, entries } = secret
  const name = write.name(nameIn(secret.credential))
  const readers = (): string => readersText(secret, write)
  // With another data key every ciphertext differs, whatever the values.
  const differing = entries.filter(({ change }) => change !== 'unchanged' && !(isRekeyed && change === 'unknown'))
  const same = entries.length - differing.length
  return [
    ...(isRekeyed ? [() => row([`${name}: all of ${write.name(secret.file)}`, REKEYED, readers()])] : []),
    ...differing.map(entry => () => row([`${name} ${write.name(entry.name)}`, CHANGES[entry.change], readers()])),
    ...(same > 0 && !isRekeyed
      ? [
          () =>
            row([`${name}: ${counted(same, differing.length > 0 ? 'other value' : 'value')}`, 'unchanged', readers()]),
        ]
      : []),
    ...(entries.length === 0 && !isRekeyed ? [() => row([name, 'no value differs', readers()])] : []),
  ]
}

/** What is known where everything was encrypted anew. */
export const REKEYED = 'encrypted anew with another key: which values changed cannot be told'

/** What became of an encrypted value, in words. */
export const CHANGES = {
  added: 'added',
  removed: '**removed**',
  changed: 'new value',
  unchanged: 'unchanged',
  moved: '**moved from another place: applying it will fail**',
  unknown: 'cannot be told',
} as const satisfies Record<SecretChange['entries'][number]['change'], string>

/** Who can decrypt now who could not before, and the other way round. */
export function readersText({ readers }: SecretChange, write: Writer): string {
  const { added, removed, kept } = readers
  if (added.length === 0 && removed.length === 0) return `unchanged (${grouped(kept.length)})`
  return [
    added.length === 0 ? '' : `${write.strong(`+${grouped(added.length)}`)} ${write.names(added)}`,
    removed.length === 0
      ? ''
      : `−${grouped(removed.length)} ${write.names(removed)} (could have read earlier versions: rotate)`,
    `${grouped(kept.length)} kept`,
  ]
    .filter(text => text !== '')
    .join(', ')
}
