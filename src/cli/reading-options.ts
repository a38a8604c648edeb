import type { Command } from 'commander'
import { list, withStore, type SourceOptions, type StoreOptions } from './options.ts'

/** The flags of verbs that answer from the store, or with `-f` from files. */
export interface ReadingOptions extends SourceOptions, StoreOptions {
  readonly defaultNamespace?: string
}

/** Adds the flags that say what a verb answers from. */
export function withReadingFlags(command: Command): Command {
  return withStore(command)
    .addOption(list('-f, --file <path>', 'answer from these files instead of the store; needs no key'))
    .option('--default-namespace <name>', 'namespace of documents that name none; else tenon.yaml, else "default"')
    .option('--strict', "refuse documents that are not Tenon's", false)
    .addOption(list('--allow-endpoint <host>', 'a host that endpoints may name although it is internal'))
}
