import { Option, type Command } from 'commander'
import type { ExitCode } from './exit.ts'
import type { Io } from './io.ts'
import { count, list, withSource, withStore } from './options.ts'
import { withOperator } from './operator-options.ts'
import { withReadingFlags } from './reading-options.ts'
import { withReviewFlags } from './review-flags.ts'
import type { ErrorJson } from './view/plan-json.ts'

/** What a verb is called with: arguments and flags as commander read them, checked by the verb's own types. */
export interface Call<Options = never> {
  readonly args: readonly string[]
  readonly options: Options
  readonly io: Io
  /** Programs of their own that a verb starts; what starts this one knows them. */
  readonly drivers: Drivers
}

export interface Drivers {
  readonly operator?: (flags: Readonly<Record<string, unknown>>, io: Io) => Promise<ExitCode>
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
const YAML_JSON = ['yaml', 'json']

const force = new Option('--force <rule>', 'let a guard pass').choices(['in-use', 'last-member'])

function asOf(): Option {
  return new Option('--as-of <date>', 'the day to answer for, YYYY-MM-DD: groups expire; else today')
}

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
    .addOption(
      list('--approved <digest>', 'the digest that a review printed: anything else than what it approves is refused'),
    )
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
    name: 'review',
    summary:
      'show who gains and who loses what between two revisions or folders; decrypts nothing, runs nothing of them, opens no socket',
    formats: ['text', 'json', 'yaml', 'markdown', 'sarif', 'gitlab-codequality', 'github-annotations', 'junit'],
    examples: [
      'tenon review --base main --head HEAD -f integrations/',
      'tenon review --base origin/main --head feature -o markdown > comment.md',
      'tenon review --base ./before --head ./after --fail-on none -o json',
    ],
    define: command =>
      withReviewFlags(command)
        .addOption(count('--max-bytes <n>', 'the most bytes of the Markdown').default(60_000))
        .option('--out <folder>', 'write every format into this folder, too')
        .option('--detailed-exitcode', 'exit 2 when the gate passed and something changes', false),
    load: () => import('./review.ts'),
  },
  {
    name: 'explain',
    args: '<row>',
    summary:
      'print how one row of a review comes about: everybody and everything in it, the proof, and the edits behind it',
    formats: TEXT_JSON,
    examples: ['tenon explain A1 --base main --head HEAD -f integrations/'],
    define: withReviewFlags,
    load: () => import('./explain.ts'),
  },
  {
    name: 'can',
    args: '<person> <operation> <integration>',
    summary: 'say whether a person may call an operation, whether they must confirm first, and why',
    formats: TEXT_JSON,
    examples: [
      'tenon can ana@acme.example createIssue acme/jira-support',
      'tenon can ana@acme.example "GET /issue/{issueIdOrKey}" acme/jira-support -o json',
      'tenon can ana@acme.example createIssue acme/jira-support -f integrations/ --idp-group okta:support',
    ],
    define: command =>
      withReadingFlags(command)
        .addOption(list('--idp-group <name>', 'a group that the identity provider reports for the person'))
        .addOption(asOf()),
    load: () => import('./can.ts'),
  },
  {
    name: 'who-can',
    args: '<operation> <integration>',
    summary: 'list who may call an operation, by effect, and whom nobody here knows by name',
    formats: TEXT_JSON,
    examples: [
      'tenon who-can createIssue acme/jira-support',
      'tenon who-can "POST /issue" acme/jira-support -f integrations/',
    ],
    define: command => withReadingFlags(command).addOption(asOf()),
    load: () => import('./who-can.ts'),
  },
  {
    name: 'services',
    args: '[text] [name]',
    summary:
      'list and search the services that integrations can connect to; `show NAME` tells all about one, `scaffold NAME` prints documents to start from',
    formats: TEXT_JSON,
    examples: [
      'tenon services',
      'tenon services google --category storage',
      'tenon services show jira --redirect-base https://tenon.example',
      'tenon services scaffold jira --namespace acme > integrations/jira.yaml',
    ],
    define: command =>
      withReadingFlags(command)
        .option('--category <name>', 'only services of this category')
        .option('--namespace <name>', 'only services that this namespace may use')
        .option('--redirect-base <url>', 'the address of this installation, for the redirect URI of OAuth services')
        .option('--request-text <text>', 'what to tell people who miss a service'),
    load: () => import('./services.ts'),
  },
  {
    name: 'usage',
    args: '[address]',
    summary: 'list what uses a service, group, credential or integration, directly and through others',
    formats: ['text', 'json', 'csv'],
    examples: [
      'tenon usage credential/acme/billing-bot',
      'tenon usage clusterServiceDefinition/jira -o json',
      'tenon usage --accounts -o csv > accounts.csv',
    ],
    define: command =>
      withReadingFlags(command).option('--accounts', 'list the accounts that credentials sign in as, instead', false),
    load: () => import('./usage.ts'),
  },
  {
    name: 'duplicate',
    args: '<address>',
    summary: 'print a new document made from an existing resource, its credentials reset',
    formats: YAML_JSON,
    examples: ['tenon duplicate integration/acme/jira-support --name jira-sales > integrations/jira-sales.yaml'],
    define: command =>
      withReadingFlags(command)
        .option('--name <name>', 'the name of the copy')
        .option('--namespace <name>', 'the namespace of the copy; else that of the original'),
    load: () => import('./duplicate.ts'),
  },
  {
    name: 'export',
    summary: 'write the store back as documents that apply to no change; credentials encrypted, or without values',
    formats: YAML_JSON,
    examples: [
      'tenon export > everything.yaml',
      'tenon export --namespace acme --out integrations/ --recipient age1…',
      'tenon export --kind integration --owner git:acme/integrations -o json',
      'tenon export --cluster --namespace acme --out integrations/',
    ],
    define: command =>
      withStore(command)
        .option('--namespace <name>', 'only resources of this namespace')
        .addOption(list('--kind <kind>', 'only resources of this kind'))
        .option('--owner <owner>', 'only resources that this owner declared')
        .option('--out <folder>', 'a file for each resource, <namespace>/<kind>/<name>.yaml, instead of one stream')
        .addOption(list('--recipient <age1…>', 'an age recipient to encrypt the values of credentials to'))
        .option('--cluster', 'the custom resources of a cluster instead of the store; values stay as they are', false)
        .option('--kubeconfig <path>', 'with --cluster: how to reach it; else KUBECONFIG')
        .option('--force-overwrite', 'replace files that are there already', false),
    load: () => import('./export.ts'),
  },
  {
    name: 'render',
    summary:
      'turn files into custom resources, or what kubectl prints of them into files; comments are lost; opens no socket and needs no key',
    formats: YAML_JSON,
    examples: [
      'tenon render -f integrations/ | kubectl apply --server-side -f -',
      'tenon render -f integrations/ --out manifests/',
      'kubectl get tenon,configmaps -A -o yaml | tenon render --to files -f - --out integrations/',
    ],
    define: command =>
      withSource(command)
        .addOption(
          new Option(
            '--to <target>',
            'cluster: custom resources of these files; files: documents of custom resources, without what the server and tools added',
          )
            .choices(['cluster', 'files'])
            .default('cluster'),
        )
        .option('--out <folder>', 'a file for each resource, <namespace>/<kind>/<name>.yaml, instead of one stream')
        .option('--force-overwrite', 'replace files that are there already', false),
    load: () => import('./render.ts'),
  },
  {
    name: 'lock',
    summary:
      'write down which operations of the declared services are accepted: broad permissions leave out those that come later; opens no socket and needs no key',
    formats: TEXT_JSON,
    examples: [
      'tenon lock -f integrations/',
      'tenon lock -f integrations/ --check',
      'tenon lock -f integrations/ --service serviceDefinition/acme/billing --operation "POST /refunds"',
    ],
    define: command =>
      withSource(command)
        .option(
          '--check',
          'write nothing; exit 4 if the lock file does not accept everything, or lists what is gone',
          false,
        )
        .option('--dry-run', 'write nothing', false)
        .addOption(list('--service <address>', 'only this service; the others stay as the lock file has them'))
        .addOption(list('--operation <operation>', 'accept only this one more, by "METHOD /path" or its id')),
    load: () => import('./lock.ts'),
  },
  {
    name: 'guardrails',
    args: '<action> [paths...]',
    summary:
      'list the built-in rules with their parameters, or test guardrails with the example cases beside them (*.guardrail-cases.yaml)',
    formats: ['text', 'json', 'markdown'],
    examples: [
      'tenon guardrails list',
      'tenon guardrails test integrations/',
      'tenon guardrails test integrations/payments.guardrail-cases.yaml -o json',
    ],
    define: command =>
      command
        .addOption(asOf())
        .addOption(list('--allow-endpoint <host>', 'a host that endpoints may name although it is internal')),
    load: () => import('./guardrails.ts'),
  },
  {
    name: 'audit',
    args: '[address]',
    summary: 'list who changed what, from which commit; `audit verify` proves that no record was changed or removed',
    formats: TEXT_JSON,
    examples: ['tenon audit', 'tenon audit integration/acme/jira-support --limit 10', 'tenon audit verify -o json'],
    define: command =>
      withStore(command)
        .addOption(count('--limit <n>', 'the newest n records; 0 for all').default(100))
        .option('--owner <owner>', 'only records of this owner'),
    load: () => import('./audit.ts'),
  },
  {
    name: 'operator',
    summary: 'watch the custom resources of a cluster and keep the store equal to them; ends when it is stopped',
    formats: ['text'],
    examples: [
      'tenon operator --cluster-name prod --store postgres://tenon@db/tenon --key-file /keys/store',
      'tenon operator --kubeconfig ~/.kube/config --namespace acme --mode Observe',
    ],
    define: withOperator,
    load: () => import('./operator.ts'),
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
