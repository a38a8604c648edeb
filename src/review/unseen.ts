import type { World } from '../access/consequences.ts'
import { closureOf, idpGroupsIn } from '../access/groups.ts'
import { reader } from '../access/reader.ts'
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
  const found = { idpGroups: new Set<string>(), companies: new Set<string>(), unlisted: new Set<string>() }
  for (const world of [before, after]) look(world, affected, found)
  return [
    ...about(
      found.idpGroups,
      names => `Who is in the identity provider's ${names} is not in these files: they are named and never counted.`,
    ),
    ...about(found.companies, names => `How many people ${names} has is not in these files.`),
    ...about(
      found.unlisted,
      names => `The services of ${names} list no operations: what their permissions cover cannot be counted.`,
    ),
    ...(isLocked ? [] : [NOT_LOCKED]),
    ...(hasValues ? [] : [NO_VALUES]),
  ]
}

type Found = Readonly<Record<'idpGroups' | 'companies' | 'unlisted', Set<string>>>

/** A narrowing names nobody who is not part of the access, so that the access alone tells who is unknown. */
function look(world: World, affected: readonly Address[], found: Found): void {
  const read = reader(world)
  for (const address of affected) {
    const integration = read.integration(address)
    if (integration === undefined) continue
    const { access } = integration.spec
    const groups = read.groups(integration.namespace)
    for (const company of access.companies ?? []) found.companies.add(company)
    for (const group of access.groups ?? []) {
      for (const name of idpGroupsIn(groups, closureOf(groups, group))) found.idpGroups.add(name)
    }
    if (read.operations(integration).length === 0) found.unlisted.add(nameIn(address))
  }
}

const NOT_LOCKED =
  'There is no lock file: broad permissions cover every operation that a service document adds. `tenon lock` writes one.'
const NO_VALUES = 'Encrypted values of credentials were not compared: one side is an export without them.'

function about(names: ReadonlySet<string>, sentence: (names: string) => string): readonly string[] {
  return names.size === 0 ? [] : [sentence(shortList([...names].toSorted()))]
}
