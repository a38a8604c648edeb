import type { ResourceFinding, SecretChange } from '../../model/finding.ts'
import { nameIn, shortList } from '../describe.ts'
import { secretChanges } from '../secrets.ts'
import { integrationsUsing, usersOf, type OutsideInput } from './input.ts'
import { movedFindings } from './moved.ts'
import { readersAdded, readersRemoved, shownReaders } from './readers.ts'
import { finding, listed, without, type Edit, type Said } from './say.ts'
import { weakened } from './weakened.ts'

/** What a rule sees of a credential whose ciphertext, or whose readers, differ. */
export interface Seen {
  readonly change: SecretChange
  /** Whether there was such a credential before. */
  readonly isNew: boolean
  readonly input: OutsideInput
}

/** What a rule says of one credential; those that say the same of several credentials are joined. */
export interface Spoken extends Pick<Said, 'kind' | 'severity' | 'direction' | 'before' | 'after' | 'facts'> {
  /** Fields that it is about; none where it is about all of them. */
  readonly fields: readonly string[]
  readonly edit: string
  /** The summary, for the credentials of which it is said. */
  summary(credentials: string): string
}

type Rule = (seen: Seen) => Spoken | undefined

const RULES: readonly Rule[] = [
  created,
  changed,
  binding,
  reencrypted,
  rewrapped,
  added,
  removed,
  readersAdded,
  readersRemoved,
]

/** The findings about encrypted values, and about who can read them; nothing is decrypted. */
export function secretFindings(input: OutsideInput): readonly ResourceFinding[] {
  const { before, after } = input.sealed
  const changes = secretChanges(before, after)
  const spoken = changes.flatMap(change => {
    const seen = { change, isNew: !before.has(change.credential), input }
    const weaker = weakened(before.get(change.credential), after.get(change.credential))
    return [...RULES.flatMap(rule => rule(seen) ?? []), ...weaker].map(said => ({ change, said }))
  })
  return [...joined(spoken, input), ...movedFindings(changes, input)].map(said => finding(said, input))
}

interface SpokenOf {
  readonly change: SecretChange
  readonly said: Spoken
}

function joined(spoken: readonly SpokenOf[], input: OutsideInput): readonly Said[] {
  const groups = new Map<string, SpokenOf[]>()
  for (const each of spoken) {
    const { kind, severity, direction, facts } = each.said
    const key = JSON.stringify([kind, severity, direction, facts])
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [each])
    else group.push(each)
  }
  return [...groups.values()].map(group => {
    const { said } = group[0]!
    const credentials = group.map(({ change }) => change.credential)
    const names = `${credentials.length === 1 ? 'credential' : 'credentials'} ${shortList(credentials.map(nameIn))}`
    const integrations = credentials.flatMap(credential => integrationsUsing(input, credential))
    return {
      kind: said.kind,
      severity: said.severity,
      direction: said.direction,
      before: said.before,
      after: said.after,
      address: credentials[0]!,
      integrations: usersOf('integration', integrations),
      summary: said.summary(names),
      facts: Object.assign({ credentials }, said.facts),
      edits: group.flatMap(each => editsOf(each, input)),
    }
  })
}

function editsOf({ change, said }: SpokenOf, { after }: OutsideInput): readonly Edit[] {
  const { credential, file } = change
  const isInPlace = after.find(credential)?.origin.file === file
  const at = (path: readonly string[]): Edit => ({ side: 'after', address: credential, path, edit: said.edit })
  if (!isInPlace) return [at(['spec', 'file'])]
  return said.fields.length === 0
    ? [at(['spec', 'data'])]
    : said.fields.map(field => at(['spec', 'data', ...field.split('.')]))
}

function named(
  { change: { entries } }: Seen,
  ...changes: readonly SecretChange['entries'][number]['change'][]
): readonly string[] {
  return entries.filter(({ change }) => changes.includes(change)).map(({ name }) => name)
}

/** What a credential is for stands among its values. */
function isBinding(name: string): boolean {
  return name === 'for' || name.startsWith('for.')
}

function created({ change, isNew }: Seen): Spoken | undefined {
  if (!isNew) return undefined
  const readers = change.readers.added
  return {
    kind: 'credential-values-added',
    severity: 'low',
    direction: 'unclear',
    summary: credentials => `${credentials}: new encrypted values, which ${shownReaders(readers)} can decrypt`,
    after: shownReaders(readers),
    facts: { isNew: true, readers },
    fields: [],
    edit: 'values added',
  }
}

function changed(seen: Seen): Spoken | undefined {
  const inClear = seen.input.sealed.after.get(seen.change.credential)?.inClear ?? []
  const fields = without(named(seen, 'changed'), inClear).filter(name => !isBinding(name))
  if (fields.length === 0) return undefined
  return {
    kind: 'credential-values-changed',
    severity: 'low',
    direction: 'unclear',
    summary: credentials => `${credentials}: another value of ${listed(fields)}`,
    after: `${listed(fields)} changed`,
    facts: { fields },
    fields,
    edit: 'value changed',
  }
}

/** What the values may be used for is encrypted with them, so that nobody sees what it becomes. */
function binding(seen: Seen): Spoken | undefined {
  const fields = [...named(seen, 'changed', 'added', 'removed')].filter(isBinding)
  if (fields.length === 0 || seen.isNew) return undefined
  const isGone = named(seen, 'added', 'changed', 'unchanged', 'unknown').every(name => !isBinding(name))
  return {
    kind: 'credential-values-changed',
    severity: 'medium',
    direction: isGone ? 'widens' : 'unclear',
    summary: credentials =>
      isGone
        ? `${credentials}: no longer bound to what it was encrypted for`
        : `${credentials}: bound to something else, which only its readers can see (${listed(fields)})`,
    after: `${listed(fields)} changed`,
    facts: { fields, isGone },
    fields,
    edit: 'binding changed',
  }
}

function reencrypted({ change: { isRekeyed } }: Seen): Spoken | undefined {
  if (!isRekeyed) return undefined
  return {
    kind: 'credential-re-encrypted',
    severity: 'low',
    direction: 'unclear',
    summary: credentials =>
      `${credentials}: everything was encrypted anew, so which values changed cannot be told; maybe none`,
    facts: { isRekeyed },
    fields: [],
    edit: 'encrypted anew',
  }
}

/** The names of readers are not proven: the same name may stand over a data key that was encrypted for somebody else. */
function rewrapped({ change, isNew, input: { sealed } }: Seen): Spoken | undefined {
  const [was, is] = [sealed.before.get(change.credential), sealed.after.get(change.credential)]
  const { added: more, removed: fewer } = change.readers
  if (isNew || change.isRekeyed || was?.dataKey === is?.dataKey || more.length + fewer.length > 0) return undefined
  return {
    kind: 'credential-re-encrypted',
    severity: 'medium',
    direction: 'unclear',
    summary: credentials =>
      `${credentials}: the data key was encrypted anew for readers of the same names, and nothing proves that they are the same`,
    facts: { isRewrapped: true },
    fields: [],
    edit: 'data key encrypted anew',
  }
}

function added(seen: Seen): Spoken | undefined {
  const fields = named(seen, 'added').filter(name => !isBinding(name))
  if (fields.length === 0 || seen.isNew) return undefined
  return {
    kind: 'credential-values-added',
    severity: 'low',
    direction: 'unclear',
    summary: credentials => `${credentials}: a value for ${listed(fields)}, which had none`,
    after: `${listed(fields)} added`,
    facts: { fields },
    fields,
    edit: 'value added',
  }
}

function removed(seen: Seen): Spoken | undefined {
  const fields = named(seen, 'removed').filter(name => !isBinding(name))
  if (fields.length === 0) return undefined
  return {
    kind: 'credential-values-removed',
    severity: 'low',
    direction: 'unclear',
    summary: credentials => `${credentials}: no value for ${listed(fields)} any more`,
    before: listed(fields),
    facts: { fields },
    fields: [],
    edit: 'value removed',
  }
}
