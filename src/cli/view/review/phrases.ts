import type {
  AccessFinding,
  Cause,
  Finding,
  Line,
  ResourceFinding,
  ReviewedOperation,
  Who,
} from '../../../model/finding.ts'
import { isWrite } from '../../../model/operation.ts'
import { nameIn, stepWords } from '../../../review/describe.ts'
import { endpoint } from '../../../review/services.ts'
import { operationOf } from '../../../review/severity.ts'
import { counted, grouped } from './numbers.ts'
import { aboutTexts, reasonsOf, type Edits, type Reason } from './reasons.ts'
import type { Writer } from './writer.ts'

/** Who a finding is about, with their number where somebody knows it. */
export function whoText(who: Who, write: Writer): string {
  switch (who.kind) {
    case 'people': {
      const name = write.sentence(who.name, namesIn(who))
      return who.people.length === 1 ? name : `${name} (${counted(who.people.length, 'person', 'people')})`
    }
    case 'company':
      return `everyone at ${write.name(who.name)} (how many is unknown here)`
    case 'idpGroup':
      return `identity provider group ${write.name(who.name)} (members unknown here)`
    default:
      return who satisfies never
  }
}

/** The people and groups that the words for a set of people name. */
function namesIn({ name, people }: Extract<Who, { kind: 'people' }>): readonly string[] {
  const groups = /^groups? (.*)$/s.exec(name)?.[1]?.split(/, | and | without /) ?? []
  return [...people.filter(person => name.includes(person)), ...groups.filter(group => !/^\d+ others?$/.test(group))]
}

/** `2 writes and 1 read: a, b, c`: how many operations there are, and the first of their names. */
export function operationsText(operations: readonly ReviewedOperation[], write: Writer, condition = ''): string {
  const writes = operations.filter(operation => isWrite(operationOf(operation)))
  const reads = operations.filter(operation => !isWrite(operationOf(operation)))
  // What changes something matters more, so it is named first.
  const names = write.names([...writes, ...reads].map(idOf))
  return `${amount(writes.length, reads.length)}${condition === '' ? '' : ` ${condition}`}: ${names}`
}

function amount(writes: number, reads: number): string {
  if (reads === 0) return counted(writes, 'write')
  return writes === 0 ? counted(reads, 'read') : `${counted(writes, 'write')} and ${counted(reads, 'read')}`
}

/** What an operation is called: after the change, or before it where it is gone. */
export function idOf(operation: ReviewedOperation): string {
  return operationOf(operation).id
}

/** What is called, such as `POST /refunds`. */
export function requestOf(operation: ReviewedOperation): string {
  return endpoint(operationOf(operation))
}

/** What people can do now; the stress is on what they are not asked about. */
export function canText({ before, after, operations }: AccessFinding, write: Writer): string {
  const { verb, condition, was = '' } = stepWords(before, after)
  const isGrave = after === 'allow' && operations.some(operation => isWrite(operationOf(operation)))
  const stressed = isGrave ? write.strong(condition) : condition
  return `${verb} ${operationsText(operations, write, `${stressed}${was}`)}`
}

/** Places that a finding holds for, without the kind that they all have. */
export function placesText(finding: Finding, write: Writer): string {
  const places = finding.kind === 'access' || finding.integrations.length > 0 ? finding.integrations : [finding.address]
  return write.names(places.map(nameIn))
}

/** A finding as one sentence without a full stop. */
export function sentenceOf(finding: Finding, write: Writer): string {
  if (finding.kind !== 'access') return factText(finding, write)
  const { who, before, after } = finding
  const { can } = stepWords(before, after)
  return `${whoText(who, write)} ${can} ${canText(finding, write)}, on ${placesText(finding, write)}`
}

function factText({ summary, before, after }: ResourceFinding, write: Writer): string {
  const text = write.sentence(summary)
  return before === undefined || after === undefined
    ? text
    : `${text} (${write.sentence(before)} → ${write.sentence(after)})`
}

/** `file:line`, and a word where the line is to be found only before the change. */
export function lineText(line: Line, write: Writer): string {
  return `${placeText(line, write)}${line.side === 'before' ? ' (before)' : ''}`
}

function placeText({ file, line }: Line, write: Writer): string {
  const both = `${file}:${line}`
  // A line without its number is nowhere.
  return both.length <= write.limit ? write.name(both) : `${write.name(file)} line ${line}`
}

/** The lines that a finding comes from, each once. */
export function causesOf({ because }: Finding): readonly Cause[] {
  const seen = new Set<string>()
  return because
    .flatMap(({ causes }) => causes)
    .filter(({ side, file, line }) => {
      const key = `${side} ${line} ${file}`
      return !seen.has(key) && seen.add(key)
    })
}

const MAX_CAUSES = 4
const MAX_REASONS = 3
const MAX_PLACES = 3

/** Why a finding holds: which edits it needs, all or any of them, and for which of its people, operations and integrations. */
export function becauseText(finding: Finding, write: Writer): string {
  const all = reasonsOf(finding)
  const more = all.length - MAX_REASONS
  const reasons = all.slice(0, MAX_REASONS)
  const abouts = aboutTexts(reasons, finding, write)
  const texts = reasons.map((reason, index) => {
    const about = abouts[index]!
    return `${about === '' ? '' : `${about}: `}${reasonText(reason, write)}`
  })
  return more > 0 ? `${texts.join('; ')}; and ${grouped(more)} more` : texts.join('; ')
}

function reasonText({ each, either }: Reason, write: Writer): string {
  if (each.length === 0 && either.length > 1) return `any of ${editsText(either, 'or', write)} is enough`
  if (either.length === 0 && each.length < 2) return editsText(each, 'and', write)
  const needs = each.length < 2 ? 'needs' : each.length === 2 ? 'needs both' : 'needs all of'
  const needed = `${write.strong(needs)} ${editsText(each, 'and', write)}`
  return either.length === 0 ? needed : `${needed}, and any of ${editsText(either, 'or', write)}`
}

function editsText(edits: readonly Edits[], joint: string, write: Writer): string {
  const more = edits.length - MAX_CAUSES
  const shown = edits.slice(0, MAX_CAUSES).map(each => causeText(each, write))
  if (more > 0) shown.push(counted(more, 'more edit', 'more edits'))
  // Lines have an "and" of their own.
  return shown.join(edits.some(({ length }) => length > 1) ? `, ${joint} ` : ` ${joint} `)
}

/** What was edited, and where. */
export function causeText(causes: Edits, write: Writer): string {
  const [{ edit }] = causes
  const more = causes.length - MAX_PLACES
  const places = causes.slice(0, MAX_PLACES).map(cause => lineText(cause, write))
  if (more > 0) places.push(`${grouped(more)} more`)
  const last = places.pop()!
  const where = places.length === 0 ? last : `${places.join(', ')} and ${last}`
  return `${write.sentence(edit, namesInEdit(edit))} at ${where}`
}

/** The names in the words for an edit: they stay whole, whatever they are made of. */
function namesInEdit(edit: string): readonly string[] {
  const [, noun, names] = EDIT.exec(edit) ?? INDIVIDUAL.exec(edit) ?? []
  if (names === undefined) return []
  return noun === 'members' || noun === 'operations' ? names.split(/, | and /) : [names]
}

const EDIT =
  /^(members?|operations?|group|identity provider group|company|service|integration|credential|data class) (.+) (?:added|removed|created|deleted|nested|no longer nested)(?: to the access| from the access)?$/s
const INDIVIDUAL = /^()(.+) (?:added to|removed from) the access$/s

/** One person, one call, and what became of it. */
export function witnessText({ witness }: AccessFinding, write: Writer): string {
  const { who, operation, integration, before, after } = witness
  return `${write.name(who)} → ${write.name(requestOf(operation))} on ${write.name(nameIn(integration))}: ${before} → ${after}`
}
