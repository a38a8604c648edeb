import { addressOf } from '../../../model/address.ts'
import type { SideName } from '../../../model/finding.ts'
import { serviceAddress } from '../../../model/references.ts'
import type { ResourceOf } from '../../../model/state.ts'
import { nameIn } from '../../describe.ts'
import { judgeCells, type CellRule } from '../cells.ts'
import type { Outcome } from '../breach.ts'
import { daysBetween } from '../days.ts'
import { judgeItems, type Item } from '../items.ts'
import { isLikeAny } from '../match.ts'
import { affectedIn, matched, type Scope, type Side } from '../scene.ts'
import { aboutOf, neverRule, onlyRule } from './people.ts'

type Integration = ResourceOf<'integration'>

/** The affected integrations that the guardrail is about, on one side. */
function affected(scope: Scope, side: Side): readonly Integration[] {
  return affectedIn(scope).flatMap(address => matched(scope, side, address) ?? [])
}

function item({ address }: Integration, path: Item['path'], facts: Pick<Item, 'way' | 'degree' | 'message'>): Item {
  return { address, integrations: [address], path: ['spec', ...path], ...facts }
}

/** Classes of data may flow only to some people, only with confirmation, or not at all. */
export function dataClasses(scope: Scope): Outcome {
  const { demand } = scope.parameters
  if (demand === 'only') return judgeCells(scope, withClasses(scope, onlyRule(aboutOf(scope))))
  if (demand === 'confirm') {
    return judgeCells(scope, withClasses(scope, neverRule({ ...aboutOf(scope), effect: 'allow' })))
  }
  return judgeItems(scope, side =>
    affected(scope, side).flatMap(integration =>
      demand === 'forbid' ? forbidden(scope, side, integration) : undeclared(scope, integration),
    ),
  )
}

/** The classes of an integration. A class that it had before the change counts after it as well. */
function classesOf({ scene }: Scope, side: SideName, { address, spec }: Integration): readonly string[] {
  const was = side === 'after' ? scene.before.world.find(address) : undefined
  return was?.kind === 'integration' ? [...new Set([...spec.dataClasses, ...was.spec.dataClasses])] : spec.dataClasses
}

/** The rule for integrations with one of the classes; for others nothing goes too far. */
function withClasses(scope: Scope, rule: CellRule): CellRule {
  const classes = new Set(scope.parameters.classes)
  return {
    ...rule,
    beyond: (looked, subject) => {
      const own = classesOf(scope, looked.side, looked.compiled.integration)
      return own.some(name => classes.has(name)) ? rule.beyond(looked, subject) : []
    },
  }
}

function forbidden(scope: Scope, side: Side, integration: Integration): readonly Item[] {
  const { parameters } = scope
  const own = classesOf(scope, side.name, integration)
  const found = integration.spec.enabled ? own.filter(name => parameters.classes?.includes(name)) : []
  return found.map(name =>
    item(integration, ['dataClasses'], {
      way: `class ${name}`,
      message: `${nameIn(integration.address)} has data of class ${name}`,
    }),
  )
}

function undeclared({ parameters }: Scope, integration: Integration): readonly Item[] {
  const { dataClasses: own } = integration.spec
  const name = nameIn(integration.address)
  if (own.length === 0) return [item(integration, [], { way: 'none', message: `${name} declares no data classes` })]
  const { classes } = parameters
  const unknown = classes === undefined ? [] : own.filter(each => !classes.includes(each))
  return unknown.map(each =>
    item(integration, ['dataClasses'], {
      way: `class ${each}`,
      message: `${name} declares data class ${each}, which is not one of ${classes!.join(', ')}`,
    }),
  )
}

/** Integrations acknowledge terms, and not too long ago. */
export function acknowledgedTerms(scope: Scope): Outcome {
  return judgeItems(scope, side => affected(scope, side).flatMap(integration => unacknowledged(scope, integration)))
}

function unacknowledged({ parameters, scene }: Scope, integration: Integration): readonly Item[] {
  const { acknowledgement } = integration.spec
  const name = nameIn(integration.address)
  if (acknowledgement === undefined)
    return [item(integration, [], { way: 'none', message: `${name} acknowledges no terms` })]
  const { terms, days } = parameters
  const items: Item[] = []
  if (terms !== undefined && !terms.includes(acknowledgement.terms)) {
    const message = `${name} acknowledges terms ${acknowledgement.terms}, and not ${terms.join(' or ')}`
    items.push(item(integration, ['acknowledgement', 'terms'], { way: `terms ${acknowledgement.terms}`, message }))
  }
  const age = daysBetween(acknowledgement.date, scene.input.asOf)
  if (days !== undefined && age > days) {
    const message = `${name} acknowledged its terms ${age} days ago, and at most ${days} are allowed`
    items.push(item(integration, ['acknowledgement', 'date'], { way: 'old', degree: age, message }))
  }
  if (age < 0) {
    const message = `${name} acknowledges its terms on ${acknowledgement.date}, a day that is still to come`
    items.push(item(integration, ['acknowledgement', 'date'], { way: 'early', message }))
  }
  return items
}

/** Where the integration's credentials are sent, as far as documents say. */
export function sentElsewhere(scope: Scope, hosts: readonly string[]): Outcome {
  return judgeItems(scope, side =>
    affected(scope, side).flatMap(integration => {
      const host = hostOf(side, integration)
      if (host !== undefined && isLikeAny(host, hosts)) return []
      return sent(side, integration, host)
    }),
  )
}

/** Each credential that is sent there by itself: one more is not what was broken before. */
function sent({ name: side }: Side, integration: Integration, host: string | undefined): readonly Item[] {
  const { address, namespace, spec } = integration
  const where = host === undefined ? 'to a place that the documents do not name' : `to ${host}`
  const way = `host ${host ?? 'unknown'}`
  const place = item(integration, ['endpoint'], {
    way,
    message: `${nameIn(address)} sends its credentials ${where}`,
  })
  const each = spec.credentials.map(name =>
    item(integration, ['credentials'], {
      way: `${way} ${name}`,
      message: `${nameIn(address)} sends its credential ${nameIn(addressOf('credential', namespace, name))} ${where}`,
    }),
  )
  // Taking all of them away breaks nothing anew.
  if (each.length === 0) return [place]
  return side === 'before' ? [place, ...each] : each
}

function hostOf({ world }: Side, { spec, namespace }: Integration): string | undefined {
  const service = world.find(serviceAddress(spec.service, namespace))
  const ownEndpoint = service !== undefined && 'endpoint' in service.spec ? service.spec.endpoint : undefined
  const endpoint = spec.endpoint ?? ownEndpoint
  return endpoint !== undefined && URL.canParse(endpoint) ? new URL(endpoint).host : undefined
}
