import { compiler, type World } from '../access/consequences.ts'
import { audiencesOf, idpGroupsOf } from '../access/people.ts'
import type { Address } from '../model/address.ts'
import { nameIn, shortList } from './describe.ts'

/** What a review has to know to say what it could not see. */
export interface Unseen {
  readonly affected: readonly Address[]
  readonly before: World
  readonly after: World
  /** Whether the operations that were accepted are known: a lock file, or a list in each service. */
  readonly isLocked: boolean
}

/** Sentences about what these documents do not tell: nobody should take silence for "nothing". */
export function unseenIn({ affected, before, after, isLocked }: Unseen): readonly string[] {
  const sides = [compiler(before), compiler(after)].flatMap(compiled =>
    affected.flatMap(address => compiled(address) ?? []),
  )
  const idpGroups = sides.flatMap(side => audiencesOf(side).flatMap(people => idpGroupsOf(people, side)))
  const companies = sides.flatMap(side => audiencesOf(side).flatMap(people => people.companies))
  const unlisted = sides.filter(({ operations }) => operations.length === 0)
  const named = (names: Iterable<string>): string => shortList([...new Set(names)].toSorted())
  return [
    ...(idpGroups.length === 0
      ? []
      : [`Who is in the identity provider's ${named(idpGroups)} is not in these files: they are named and never counted.`]),
    ...(companies.length === 0 ? [] : [`How many people ${named(companies)} has is not in these files.`]),
    ...(unlisted.length === 0
      ? []
      : [
          `The services of ${named(unlisted.map(({ integration }) => nameIn(integration.address)))} list no operations: ` +
            'what their permissions cover cannot be counted.',
        ]),
    ...(isLocked
      ? []
      : ['There is no lock file: broad permissions cover every operation that a service document adds. `tenon lock` writes one.']),
  ]
}
