import { RESOURCES } from './crd-names.ts'
import { statusSchema } from './crd-status.ts'
import { KIND_FILES, loadSchema, type KindFile, type Schema } from './load.ts'

/** What a cluster adds to the kinds: names, status fields, conditions and their reasons, as Markdown. */
export function clusterReference(): string {
  return [
    '## In a cluster',
    '',
    'As custom resources of the group `tenon.dev` the kinds have these names. `kubectl get tenon` lists all of them. Another product has a kind `Integration`, too: say `integrations.tenon.dev` where both are installed.',
    '',
    '| kind | resource | short name | scope |',
    '| --- | --- | --- | --- |',
    ...KIND_FILES.map(nameRow),
    '',
    'A credential takes its values from `sops` or `secretRef` there, and a service its document from `inline` or `configMapRef`: there are no files beside a custom resource.',
    '',
    '### Status',
    '',
    'The operator writes it, and nobody else.',
    '',
    '| field | kinds | meaning |',
    '| --- | --- | --- |',
    ...statusRows(),
    '',
    '### Conditions',
    '',
    '| condition | meaning |',
    '| --- | --- |',
    ...CONDITIONS.map(([name, meaning]) => `| \`${name}\` | ${meaning} |`),
    '',
    'The reasons of the first three:',
    '',
    '| reason | with | meaning |',
    '| --- | --- | --- |',
    ...REASONS.map(([name, beside, meaning]) => `| \`${name}\` | ${beside} | ${meaning} |`),
    '',
  ].join('\n')
}

const CONDITIONS = [
  ['Ready', 'The store has what the resource asks for.'],
  ['Reconciling', 'Only ever `True`: it is not ready yet, and is tried again by itself.'],
  ['Stalled', 'Only ever `True`: it is not ready, and somebody has to act.'],
  ['Tested', '`Unknown` where the service does not say how its credentials are tested.'],
  ['RotationDue', 'The values of the credential had to be replaced before today.'],
  ['Expired', 'The credential has expired.'],
  ['ReviewDue', 'The account had to be reviewed before today.'],
  ['PersonalAccount', "A company's credential signs in as a person."],
  ['AdminLevel', 'The credential signs in with administrator rights.'],
] as const

const REASONS = [
  ['Succeeded', 'Ready', 'Nothing is left to do.'],
  ['Progressing', 'Reconciling', 'A run takes long and is under way.'],
  ['ProgressingWithRetry', 'Reconciling', 'A run failed and is repeated, after growing pauses of up to five minutes.'],
  [
    'ValidationFailed',
    'Stalled',
    'The resource is wrong in itself or beside others; the message has the codes of `tenon validate`.',
  ],
  ['DecryptFailed', 'Stalled', 'The SOPS document was tampered with, or no age identity opens it.'],
  [
    'GuardRefused',
    'Stalled',
    'A guard refuses: what is in use is deleted, a group loses its last member, values are older than those applied, a guardrail denies it.',
  ],
  [
    'ApprovalRequired',
    'Stalled',
    'In mode `Approve`: somebody has to approve what would happen, by the digest in the message and in `approvalRequired`.',
  ],
  ['Conflict', 'Stalled', 'The store has a row of this address that belongs to another owner.'],
  ['AccessDenied', 'Stalled', 'The operator may not read a Secret or ConfigMap that the resource names.'],
  ['Drifted', 'Stalled', 'In mode `Observe`: the store differs from the resource.'],
  ['DependencyNotReady', 'Reconciling', 'Something that the resource names is not there yet, or not ready.'],
  ['ApplyFailed', 'Reconciling', 'The store could not be written.'],
  ['PruneFailed', 'Reconciling', 'The row of a deleted resource could not be removed from the store.'],
] as const

function nameRow(file: KindFile): string {
  const { plural, shortNames, scope } = RESOURCES[file]
  return `| ${String(loadSchema(file)['title'])} | \`${plural}\` | \`${shortNames.join('`, `')}\` | ${scope === 'Cluster' ? 'the cluster' : 'a namespace'} |`
}

/** Each status field once, with the kinds that have it; nested counts below it. */
function statusRows(): readonly string[] {
  const rows = new Map<string, { readonly meaning: string; readonly kinds: string[] }>()
  for (const file of KIND_FILES) {
    for (const [path, meaning] of fieldsOf(statusSchema(file), '')) {
      const row = rows.get(path) ?? { meaning, kinds: [] }
      row.kinds.push(String(loadSchema(file)['title']))
      rows.set(path, row)
    }
  }
  return [...rows].map(([path, { meaning, kinds }]) => {
    return `| \`${path}\` | ${kinds.length === KIND_FILES.length ? 'all' : kinds.join(', ')} | ${meaning} |`
  })
}

function* fieldsOf(schema: Schema, prefix: string): Generator<readonly [path: string, meaning: string]> {
  for (const [name, field] of Object.entries((schema['properties'] ?? {}) as Record<string, Schema>)) {
    yield [`${prefix}${name}`, String(field['description'] ?? '')]
    yield* fieldsOf(field, `${prefix}${name}.`)
  }
}
