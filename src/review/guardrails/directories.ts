import type { Audience } from '../../access/audience.ts'
import type { Directory } from '../../access/directory.ts'
import type { GroupResolver } from '../../access/groups.ts'
import { peopleOf } from './people.ts'
import { affectedIn, SIDES, type Guardrail, type Scene, type Scope } from './scene.ts'
import { directoryOver } from './subjects.ts'

const known = new WeakMap<Scene, Map<string | undefined, Directory>>()

/** Everybody whom the affected integrations of the guardrail's namespace name, or any of its guardrails; made once. */
export function directoryFor(scope: Scope): Directory {
  const { scene, guardrail } = scope
  let ofScene = known.get(scene)
  if (ofScene === undefined) known.set(scene, (ofScene = new Map()))
  let directory = ofScene.get(guardrail.namespace)
  if (directory === undefined) ofScene.set(guardrail.namespace, (directory = make(scope)))
  return directory
}

function make(scope: Scope): Directory {
  const { before, after } = scope.scene.input.guardrails
  const guardrails = [...before, ...after].filter(({ namespace }) => namespace === scope.guardrail.namespace)
  return directoryOver(
    SIDES.flatMap(side => {
      const { compiled } = scope.scene[side]
      const all = affectedIn(scope).flatMap(address => compiled(address) ?? [])
      // Groups are the same for all of a side, so that one of them can carry those whom the rules name.
      return all.map((access, index) => ({
        compiled: access,
        named: index === 0 ? namedByRules(guardrails, access.groups) : [],
      }))
    }),
  )
}

function namedByRules(guardrails: readonly Guardrail[], groups: GroupResolver): readonly Audience[] {
  return guardrails.flatMap(({ spec: { parameters = {} } }) => {
    const named = [parameters.who, ...(parameters.ceiling ?? []).map(({ who }) => who)]
    return named.flatMap(who => peopleOf(who, groups)?.audience ?? [])
  })
}
