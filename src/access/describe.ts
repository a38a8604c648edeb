import type { Effect } from '../model/effect.ts'
import type { AccessSpec } from '../model/manifest.gen.ts'
import type { Selector } from '../model/selector.ts'
import type { EndedGroup } from './in-force.ts'
import type { Link } from './link.ts'
import { shortList } from './names.ts'
import type { Reason } from './reasons.ts'

type Of<K extends Reason['kind']> = Extract<Reason, { readonly kind: K }>

/** One plain sentence, without a full stop, that says what a reason says; made of names, lines and selectors only. */
export function describeReason(reason: Reason): string {
  switch (reason.kind) {
    case 'disabled':
      return `${integration(reason)} is disabled, which denies everything`
    case 'no-access':
      return `${reason.person} has no access to ${integration(reason)}, which is for ${meantFor(reason.access)}${endedText(reason.ended)}`
    case 'access-unknown':
      return `whether ${reason.person} has access to ${integration(reason)} is unknown here: ${doubt(reason.link)}`
    case 'nothing-matches':
      return `no permission of ${integration(reason)} gives ${reason.person} ${reason.operation}, and what nothing names is denied`
    case 'rule':
      return `${rule(reason)}${narrowedTo(reason)}${OVERRULED[reason.overruled ?? 'not']}`
    case 'rule-unknown':
      return `${rule(reason)} only for ${groupNames(reason.link.groups)}, to which ${reason.person} may belong, so it gives nothing: ${doubt(reason.link)}`
    case 'rule-new':
      return `${ruleOf(reason, `would ${reason.effect}`)}${narrowedAside(reason)} is new since the lock: name it, or run \`tenon lock\``
    case 'access':
      return `${reason.person} has access to ${integration(reason)} ${accessThrough(reason.link)}`
    default:
      return reason satisfies never
  }
}

const VERBS = { deny: 'denies', confirm: 'confirms', allow: 'allows' } as const satisfies Record<Effect, string>

const OVERRULED = {
  not: '',
  disabled: ', which counts for nothing while the integration is disabled',
  deny: ', but a permission that denies wins',
  confirm: ', but a permission that confirms wins',
} as const

const SELECTED_BY = { methods: 'method', tags: 'tag', paths: 'path' } as const satisfies Partial<
  Record<Selector, string>
>

function integration({ integration: address, file, line }: Reason): string {
  return `integration ${address.slice(address.indexOf('/') + 1)} (${file}:${line})`
}

type AboutRule = Of<'rule' | 'rule-unknown' | 'rule-new'>

function rule(reason: Of<'rule' | 'rule-unknown'>): string {
  return ruleOf(reason, VERBS[reason.effect])
}

function ruleOf({ permission, file, line, operation, selectors }: AboutRule, verb: string): string {
  const by = (['methods', 'tags', 'paths'] as const)
    .filter(selector => selectors[selector] !== undefined)
    .map(selector => `${SELECTED_BY[selector]} ${selectors[selector]}`)
  return `permission ${permission + 1} (${file}:${line}) ${verb} ${operation}${by.length > 0 ? ` by ${list(by)}` : ''}`
}

function narrowedTo({ link, person }: Of<'rule' | 'rule-new'>): string {
  switch (link?.kind) {
    case undefined:
      return ''
    case 'individual':
      return ` for ${link.name}`
    case 'company':
      return ` for ${link.name}, the company of ${person}`
    case 'group':
      return ` for group ${link.name}, which ${person} belongs to${through(link)}`
    case 'unknown':
      return ` for ${groupNames(link.groups)}, to which ${person} may belong: ${doubt(link)}`
    default:
      return link satisfies undefined
  }
}

/** Whom it is for, in a sentence that goes on about the operation. */
function narrowedAside(reason: Of<'rule-new'>): string {
  return reason.link === undefined ? ', which' : `${narrowedTo(reason)}, but ${reason.operation}`
}

function through({ path, idpGroup }: Link & { kind: 'group' }): string {
  const steps = [...path.slice(1), ...(idpGroup === undefined ? [] : [`identity provider group ${idpGroup}`])]
  return steps.length === 0 ? '' : ` through ${steps.join(' → ')}`
}

function accessThrough(link: Link): string {
  switch (link.kind) {
    case 'individual':
      return 'by name'
    case 'company':
      return `as one of ${link.name}`
    case 'group':
      return `as a member of group ${link.name}${through(link)}`
    case 'unknown':
      return 'perhaps'
    default:
      return link satisfies never
  }
}

function doubt({ idpGroups, undeclared }: Link & { kind: 'unknown' }): string {
  return list([
    ...(idpGroups.length > 0 ? [`only the identity provider knows who is in ${list(idpGroups)}`] : []),
    ...(undeclared.length > 0
      ? [`${groupNames(undeclared)} ${undeclared.length > 1 ? 'are' : 'is'} not declared`]
      : []),
  ])
}

function meantFor({ groups, individuals, companies }: AccessSpec): string {
  if (groups !== undefined) return groupNames(groups)
  return shortList(individuals ?? companies ?? [])
}

/** Who was in a group that has ended cannot be told: that it counts no more has to be. */
function endedText(ended: readonly EndedGroup[] = []): string {
  return ended.length === 0 ? '' : `; ${list(ended.map(({ name, until }) => `group ${name} counts until ${until}`))}`
}

function groupNames(names: readonly string[]): string {
  return `group${names.length === 1 ? '' : 's'} ${shortList(names)}`
}

function list(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`
}
