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
  /** Whether both sides have the encrypted values of credentials. */
  readonly hasValues: boolean
}

/** Sentences about what these documents do not tell: nobody should take silence for "nothing". */
export function unseenIn({ affected, before, after, isLocked, hasValues }: Unseen): readonly string[] {
  const sides = [compiler(before), compiler(after)].flatMap(compiled =>
    affected.flatMap(address => compiled(address) ?? []),
  )
  const idpGroups = sides.flatMap(side => audiencesOf(side).flatMap(people => idpGroupsOf(people, side)))
  const companies = sides.flatMap(side => audiencesOf(side).flatMap(people => people.companies))
  const unlisted = sides.filter(({ operations }) => operations.length === 0)
  return [
    ...about(
      idpGroups,
      names => `Who is in the identity provider's ${names} is not in these files: they are named and never counted.`,
    ),
    ...about(companies, names => `How many people ${names} has is not in these files.`),
    ...about(
      unlisted.map(({ integration }) => nameIn(integration.address)),
      names => `The services of ${names} list no operations: what their permissions cover cannot be counted.`,
    ),
    ...(isLocked ? [] : [NOT_LOCKED]),
    ...(hasValues ? [] : [NO_VALUES]),
  ]
}

const NOT_LOCKED =
  'There is no lock file: broad permissions cover every operation that a service document adds. `tenon lock` writes one.'
const NO_VALUES = 'Encrypted values of credentials were not compared: one side is an export without them.'

function about(names: readonly string[], sentence: (names: string) => string): readonly string[] {
  return names.length === 0 ? [] : [sentence(shortList([...new Set(names)].toSorted()))]
}
