import { Option, type Command } from 'commander'
import type { ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import { count, list, withSource, withStore } from './options.ts'
import type { ErrorJson } from './view/plan-json.ts'

/** What a verb is called with: arguments and flags as commander read them, checked by the verb's own types. */
export interface Call<Options = never> {
  readonly args: readonly string[]
  readonly options: Options
  readonly io: Io
}

/** The code of a verb, loaded only when it is called. */
export interface VerbCode {
  /** Does the work, writes the result, and gives the exit code. */
  run(call: Call): Promise<ExitCode>
  /** What `-o json` prints when the work failed half-way: the verb's own shape, complete, with the errors in it. */
  failure?(errors: readonly ErrorJson[]): unknown
}

export interface Verb {
  readonly name: string
  /** Positional arguments as commander writes them. */
  readonly args?: string
  readonly summary: string
  readonly formats: readonly string[]
  readonly examples: readonly string[]
  define(command: Command): Command
  load(): Promise<VerbCode>
}

const TEXT_JSON = ['text', 'json']
const DOCUMENTS = ['text', 'json', 'yaml', 'markdown']

const force = new Option('--force <rule>', 'let a guard pass').choices(['in-use', 'last-member'])

/** The flags that shape a plan: the same in a preview as in an apply. */
function withPlan(command: Command): Command {
  return withStore(withSource(command))
    .option('--prune', 'delete what this owner no longer declares', false)
    .addOption(list('--replace <address>', 'an integration that may be deleted and created anew'))
    .addOption(list('--adopt <address>', 'a resource to take over from its owner'))
    .addOption(list('--accept-older <address>', 'a credential whose values may be older than those applied'))
    .addOption(force.argParser((rule: string, previous: readonly string[]) => [...previous, rule]).default([]))
    .addOption(count('--max-deletes <n>', 'how many integrations may be deleted (default 10)'))
    .addOption(count('--max-delete-percent <p>', 'which share of the integrations may be deleted (default 30)'))
    .option('--allow-empty', 'no documents at all are meant', false)
    .addOption(list('--namespace <name>', 'only resources of this namespace'))
    .option('-l, --selector <labels>', 'only resources with these labels: key=value,key!=value,key,!key')
    .option('--no-decrypt', 'compare SOPS files by digest only; the plan says so')
}

/** Every verb, in the order of the help. */
export const VERBS: readonly Verb[] = [
  {
    name: 'validate',
    summary: 'check files against schemas, catalogue and each other; opens no socket and needs no key',
    formats: TEXT_JSON,
    examples: ['tenon validate -f integrations/', 'tenon validate -f - -o json < jira.yaml'],
    define: withSource,
    load: () => import('./validate.ts'),
  },
  {
    name: 'plan',
    summary: 'show what apply would do, and how access changes',
    formats: DOCUMENTS,
    examples: [
      'tenon plan -f integrations/',
      'tenon plan -f integrations/ --prune --owner git:acme/integrations --out plan.json',
    ],
    define: command =>
      withPlan(command)
        .option('--out <path>', 'save the plan for `tenon apply PLAN`')
        .option('--detailed-exitcode', 'exit 2 when there are changes', false),
    load: () => import('./plan.ts'),
  },
  {
    name: 'apply',
    args: '[plan]',
    summary: 'make the store equal to the files, in one transaction',
    formats: DOCUMENTS,
    examples: ['tenon apply -f integrations/', 'tenon apply plan.json -f integrations/ --yes'],
    define: command =>
      withPlan(command)
        .option('-y, --yes', 'do not ask', false)
        .option('--actor <name>', 'who applies, for the audit log; else the user')
        .option('--commit <id>', 'the commit that the files come from; else that of their Git directory')
        .option('--detailed-exitcode', 'exit 2 when something was changed', false),
    load: () => import('./apply.ts'),
  },
  {
    name: 'version',
    summary: 'print the version',
    formats: TEXT_JSON,
    examples: ['tenon version'],
    define: command => command,
    load: () => import('./print-version.ts'),
  },
]
