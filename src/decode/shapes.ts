/** What well-known secrets look like: a fixed beginning, then bounded runs, so that no input makes matching slow. */
export const SHAPES: readonly (readonly [kind: string, pattern: string])[] = [
  ['a Slack token', String.raw`\bxox[abeoprs](?:\.xox[bp])?-[0-9A-Za-z-]{10}|\bxapp-\d-[0-9A-Z]{6}`],
  ['a GitHub token', String.raw`\bgh[pousr]_[0-9A-Za-z]{20}|\bgithub_pat_[0-9A-Za-z_]{22}`],
  ['a GitLab token', String.raw`\bgl(?:pat|ptt|rt|dt|soat)-[0-9A-Za-z_-]{20}`],
  ['an AWS access key', String.raw`\b(?:AKIA|ASIA)[0-9A-Z]{16}\b`],
  ['a private key', String.raw`-----BEGIN (?:[A-Z0-9]{1,20} ){0,3}PRIVATE KEY`],
  ['an age identity', String.raw`\bAGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{10}`],
  ['a JSON Web Token', String.raw`\beyJ[0-9A-Za-z_-]{8,400}\.eyJ[0-9A-Za-z_-]{8}`],
  ['a Stripe key', String.raw`\b[rs]k_(?:live|test)_[0-9A-Za-z]{16}`],
  ['a Google key', String.raw`\bAIza[0-9A-Za-z_-]{35}|\bGOCSPX-[0-9A-Za-z_-]{20}`],
  ['an Atlassian token', String.raw`\bATATT3[0-9A-Za-z_=-]{20}`],
  ['a HubSpot token', String.raw`\bpat-(?:na|eu)\d-[0-9a-f]{8}-[0-9a-f]{4}-`],
  ['a Notion token', String.raw`\b(?:secret|ntn)_[0-9A-Za-z]{40}`],
  ['a key of a language model service', String.raw`\bsk-(?:ant|proj|svcacct)-[0-9A-Za-z_-]{20}|\bsk-[0-9A-Za-z]{40}`],
  ['a SendGrid key', String.raw`\bSG\.[0-9A-Za-z_-]{16,64}\.[0-9A-Za-z_-]{16}`],
  ['an npm token', String.raw`\bnpm_[0-9A-Za-z]{36}`],
  ['a storage account key', String.raw`\bAccountKey=[0-9A-Za-z+/=]{40}`],
  // What stands in for a password in documentation is none: <password>, ${PASSWORD}, ***, "password" itself.
  [
    'a URL with a password',
    String.raw`:\/\/[^\s/?#:@'"]{0,128}:(?!(?:password|passwd|pass|pwd|secret|changeme|x+|\*+)@)[^\s/?#@'"<>{}$*]{1,256}@`,
  ],
  [
    'a connection string with a password',
    String.raw`;[ \t]{0,8}(?:[Pp]assword|PASSWORD|[Pp]wd|PWD)[ \t]{0,8}=[ \t]{0,8}(?!password|secret|x+\b)[^\s;'"<>{}$*]{3}`,
  ],
]

const ANY = new RegExp(SHAPES.map(([, pattern]) => pattern).join('|'))
const EACH = SHAPES.map(([kind, pattern]) => [kind, new RegExp(pattern)] as const)

/** What an unusual run of letters and digits is likely to be; such text is not repeated in a message. */
const RUN = /[0-9A-Za-z+/_=-]{16,}/g

/** Whether anything in a text looks like a secret. */
export function hasSecret(text: string): boolean {
  return ANY.test(text)
}

/** Everything in a text that looks like a secret: its kind, and where it begins. */
export function* secretsIn(text: string): Generator<{ readonly kind: string; readonly offset: number }> {
  for (const { 0: match, index } of text.matchAll(new RegExp(ANY, 'g'))) {
    yield { kind: secretKind(text.slice(index, index + match.length)) ?? 'a secret', offset: index }
  }
}

/** What kind of secret a text looks like it holds, or `undefined`. */
export function secretKind(text: string): string | undefined {
  if (!ANY.test(text)) return undefined
  return EACH.find(([, pattern]) => pattern.test(text))?.[0]
}

/** Whether a text may be a secret of any kind: one of a known shape, or a long mixture of letters and digits. */
export function maybeSecret(text: string): boolean {
  if (ANY.test(text)) return true
  return (text.match(RUN) ?? []).some(run => /[0-9]/.test(run) && /[A-Za-z]/.test(run))
}
