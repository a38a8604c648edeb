import { readFileSync } from 'node:fs'
import type { Address } from '../model/address.ts'
import type { OperationTable } from '../model/operation.ts'
import type { Resource, State } from '../model/state.ts'

/** The services that ship with the program: never in a plan, a prune or an export. */
export interface Catalogue {
  readonly state: State
  readonly tables: ReadonlyMap<string, OperationTable>
  /** Names of entries that are only a start for own definitions, refused as a reference. */
  readonly templates: ReadonlySet<string>
}

/** The form in which `schemas/generate.ts` keeps the catalogue: its documents decoded and resolved. */
export interface CatalogueFile {
  readonly resources: readonly Resource[]
  readonly tables: readonly OperationTable[]
  readonly templates: readonly string[]
}

let loaded: Catalogue | undefined

/** The shipped catalogue; read from beside the program once. */
export function catalogue(): Catalogue {
  if (loaded !== undefined) return loaded
  const text = readFileSync(new URL('../catalogue/catalogue.gen.json', import.meta.url), 'utf8')
  const file = JSON.parse(text) as CatalogueFile
  loaded = {
    state: new Map(file.resources.map(resource => [resource.address satisfies Address, resource])),
    tables: new Map(file.tables.map(table => [table.digest, table])),
    templates: new Set(file.templates),
  }
  return loaded
}
