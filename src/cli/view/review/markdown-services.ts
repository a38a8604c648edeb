import type { Decision, ServiceRevision } from '../../../model/finding.ts'
import { isWrite } from '../../../model/operation.ts'
import { nameIn } from '../../../review/describe.ts'
import { operationOf } from '../../../review/severity.ts'
import { leftOut, type Stream } from './markdown-budget.ts'
import { counted, grouped } from './numbers.ts'
import { idOf, lineText, requestOf } from './phrases.ts'
import type { Writer } from './writer.ts'

/** What became of the operations of services: the counts, then the decisions to take, then other names. */
export function serviceStream(services: readonly ServiceRevision[], write: Writer): Stream {
  const lines = services.flatMap(service => serviceLines(service, write))
  return {
    name: 'services',
    hidden: leftOut(lines.length, 'line on operations', 'lines on operations'),
    share: 0.08,
    at: index => lines[index] && { section: 'services', text: lines[index]() },
  }
}

type LazyLine = () => string

function serviceLines(service: ServiceRevision, write: Writer): readonly LazyLine[] {
  const told = service.decisions.filter(isTold)
  const rest = service.decisions.length - told.length
  const silent = counted(rest, 'new read that no permission would cover', 'new reads that no permission would cover')
  return [
    () => `- ${write.name(nameIn(service.service))}: ${countsText(service)}. ${heldText(service, write)}\n`,
    ...told.map(decision => () => `  - [ ] decide ${decisionText(decision, write)}\n`),
    ...(rest === 0 ? [] : [() => `  - ${silent}\n`]),
    ...service.renamed.map(operation => () => {
      const [before, after] = [operation.before?.id ?? '', operation.after?.id ?? '']
      return `  - ${write.name(before)} is now called ${write.name(after)}\n`
    }),
    ...service.moved.map(({ id, from, to }) => () => {
      return `  - ${write.name(id)} moved: ${write.name(from)} → ${write.name(to)}\n`
    }),
    ...(service.removed.length === 0 ? [] : [() => `  - removed: ${write.names(service.removed.map(idOf))}\n`]),
  ]
}

/** A read that nothing would cover asks for no decision of its own. */
function isTold({ operation, covering }: Decision): boolean {
  return covering.length > 0 || isWrite(operationOf(operation))
}

/** How many operations came, went and were given another name or place. */
export function countsText({ added, renamed, moved, removed }: ServiceRevision): string {
  const counts = { added, renamed, moved, removed }
  return Object.entries(counts)
    .map(([name, list]) => `${grouped(list.length)} ${name}`)
    .join(', ')
}

/** Whether new operations can be called before somebody accepts them. */
export function heldText({ added, decisions, isLocked }: ServiceRevision, write: Writer): string {
  if (!isLocked) {
    return `${write.strong('Not locked')}: what permissions select can be called at once.`
  }
  const held = new Set(decisions.map(({ operation }) => operation.key))
  const callable = added.filter(({ key }) => !held.has(key)).length
  return `${write.strong(`${grouped(callable)} of the added can be called`)} before somebody decides.`
}

const MAX_COVERING = 3

/** A new operation, and whom each permission that selects it would reach. */
export function decisionText({ operation, covering }: Decision, write: Writer): string {
  const { isNew: _isNew, ...known } = operationOf(operation)
  const head = `${write.name(known.id)} (${isWrite(known) ? 'write' : 'read'}${requestText(operation, write)})`
  if (covering.length === 0) return `${head}: no permission would cover it`
  const reached = covering.slice(0, MAX_COVERING).map(cover => coverText(cover, write))
  const more = covering.length - MAX_COVERING
  return `${head}: ${reached.join('; ')}${more > 0 ? `; and ${grouped(more)} more permissions` : ''}`
}

function requestText(operation: Decision['operation'], write: Writer): string {
  const request = requestOf(operation)
  return request === idOf(operation) ? '' : `, ${write.name(request)}`
}

function coverText({ integration, effect, line, people, open }: Decision['covering'][number], write: Writer): string {
  const reached = `${counted(people, 'person', 'people')}${open ? ' and others whose number is unknown here' : ''}`
  return `${lineText(line, write)} would ${effect} it for ${reached} on ${write.name(nameIn(integration))}`
}
