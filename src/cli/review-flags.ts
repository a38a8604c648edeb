import { Option, type Command } from 'commander'
import { FAIL_ON } from '../review/gate.ts'
import { list } from './options.ts'

/** Adds the flags that say what is compared, and what the gate goes by. */
export function withReviewFlags(command: Command): Command {
  return command
    .option('--base <ref|folder>', 'what it was: a Git revision, or a folder')
    .option('--head <ref|folder>', 'what it would be; of two revisions, the merge of the head into the base')
    .addOption(list('-f, --file <folder>', 'the folder inside the repository that is reviewed', ['.']))
    .option('--no-merge-result', 'compare the base with the head as it stands, not with the merge of both')
    .option('--live <file>', 'what it was, from `tenon export` of a store instead of --base')
    .option('--env <name>', 'a name for what is reviewed, where one repository holds several')
    .addOption(
      new Option('--fail-on <severity>', 'the least severe finding that blocks; guardrails block by themselves')
        .choices(FAIL_ON)
        .default('high'),
    )
    .addOption(
      list('--approved <digest>', 'the digest of a change, or of a finding, that was approved: it blocks no longer'),
    )
    .option('--as-of <day>', 'the day for which everything holds, YYYY-MM-DD; else today')
    .option('--default-namespace <name>', 'namespace of documents that name none; else tenon.yaml, else "default"')
    .option('--strict', "refuse documents that are not Tenon's", false)
    .addOption(list('--allow-endpoint <host>', 'a host that endpoints may name although it is internal'))
}
