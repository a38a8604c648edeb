import type { Address } from './address.ts'
import type { Document } from './document.ts'

/** The name of the file at the top of a source that lists the accepted operations of its services. */
export const LOCK_FILE = 'tenon.lock.yaml'

/** What the lock files of all sources say. Where there is one, the operations of a service that none lists are new. */
export interface Lock {
  /** The accepted operations of each service, as the files write them. */
  readonly services: ReadonlyMap<Address, readonly string[]>
  /** The file that lists a service. */
  readonly files: ReadonlyMap<Address, Document>
  /** Whether all documents of the sources were read, so that a service that none declares is gone. */
  readonly isWhole: boolean
}
