import type { Address } from '../../model/address.ts'
import type { Because, EditPath, ResourceFinding, SideName } from '../../model/finding.ts'
import { nameIn, shortList } from '../describe.ts'
import type { OutsideInput } from './input.ts'

/** An edit that makes a finding: what was edited, where it stands, and what was done to it, in words. */
export interface Edit extends EditPath {
  readonly side: SideName
  readonly address: Address
  readonly edit: string
}

type Optional = 'integrations' | 'before' | 'after' | 'because'

/** What a rule says; what it leaves out is empty. */
export type Said = Omit<ResourceFinding, Optional> &
  Partial<Pick<ResourceFinding, 'integrations' | 'before' | 'after'>> & { readonly edits: readonly Edit[] }

/** More edits than this are of one sort, and the first of them show which. */
const MAX_CAUSES = 20

/** The finding that a rule says, with the lines of its edits. */
export function finding({ edits, ...said }: Said, { lineOf }: Pick<OutsideInput, 'lineOf'>): ResourceFinding {
  const causes = edits.slice(0, MAX_CAUSES).map(({ side, address, edit, path, item }) => {
    const { file, line } = lineOf(side, address, item === undefined ? { path } : { path, item })
    return { side, file, line, address, edit }
  })
  const because: readonly Because[] = causes.length === 0 ? [] : [{ need: 'each', causes }]
  return { integrations: [], before: undefined, after: undefined, ...said, because }
}

/** A credential, service or other resource in words, such as `credential acme/jira-bot`. */
export function called(address: Address): string {
  return `${KIND_WORDS[address.slice(0, address.indexOf('/'))] ?? 'resource'} ${nameIn(address)}`
}

const KIND_WORDS: Readonly<Record<string, string>> = {
  clusterServiceDefinition: 'service',
  serviceDefinition: 'service',
  accessGroup: 'group',
  credential: 'credential',
  integration: 'integration',
  consumer: 'consumer',
  guardrail: 'guardrail',
}

/** Up to three of these, then how many more there are; the empty list has a word too. */
export function listed(names: readonly string[], none = 'none'): string {
  return names.length === 0 ? none : shortList(names)
}

/** `1 integration`, `3 integrations`. */
export function counted(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

/** What is in one list and not in the other. */
export function without(these: readonly string[], those: readonly string[]): readonly string[] {
  const known = new Set(those)
  return these.filter(each => !known.has(each))
}
