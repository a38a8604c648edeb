import { Option, type Command } from 'commander'
import { count, list, withStore } from './options.ts'

/** The flags of `tenon operator`, as `OperatorFlags` names them. */
export function withOperator(command: Command): Command {
  return withStore(command)
    .option('--kubeconfig <path>', 'how to reach the cluster; else KUBECONFIG, else the service account of the pod')
    .option(
      '--cluster-name <name>',
      'what the store calls this cluster: resources belong to cluster:NAME/ns/…',
      'default',
    )
    .addOption(list('--namespace <name>', 'only this namespace; all of them where nothing is said'))
    .option('--cluster-services', 'read ClusterServiceDefinitions also with --namespace', false)
    .addOption(list('--age-key-file <path>', 'a file with age identities for SOPS; read again when it changes'))
    .option('--require-binding', 'refuse credentials whose encrypted values do not say what they are for', false)
    .addOption(list('--allow-endpoint <host>', 'a host that endpoints may name although it is internal'))
    .addOption(
      new Option(
        '--mode <mode>',
        'of resources that do not say: correct the store, write only what was approved, or only report differences',
      )
        .choices(['Enforce', 'Approve', 'Observe'])
        .default('Enforce'),
    )
    .option(
      '--prune',
      'remove rows whose resources went without waiting for the operator; else they are told of',
      false,
    )
    .option('--interval <duration>', 'how often resources that nobody changed are looked at', '10m')
    .option('--timeout <duration>', 'how long a run may take', '60s')
    .addOption(count('--concurrent <n>', 'requests to the API server at once').default(4))
    .option('--watch-secrets', 'notice changes of Secrets labelled tenon.dev/watch=true at once', false)
    .option('--no-leader-elect', 'do not wait for a turn: there is only this process')
    .option('--lease-namespace <name>', 'where the Lease is; else POD_NAMESPACE, else that of the kubeconfig')
    .option('--lease-name <name>', 'the Lease that replicas take turns by', 'tenon-operator')
    .option('--metrics-address <address>', 'host:port of /metrics; 0 for none', '127.0.0.1:8080')
    .option('--health-address <address>', 'host:port of /healthz and /readyz; 0 for none', '127.0.0.1:8081')
    .option('--webhook-address <address>', 'host:port of the admission webhook; none where nothing is said')
    .option('--webhook-cert-dir <path>', 'the folder of tls.crt and tls.key; read again when they change')
    .option('--cache-dir <path>', 'where operations read from OpenAPI documents are kept')
}
