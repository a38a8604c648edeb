import type { Finding, ResourceFindingKind } from '../../../model/finding.ts'

/** What programs call one sort of finding: its kind, and for access what becomes of it. */
export type Rule =
  | ResourceFindingKind
  | 'access-unguarded'
  | 'access-widened'
  | 'access-narrowed'
  | 'guardrail-broken'
  | 'guardrail-failed'

/** The rule that a finding falls under. */
export function ruleOf(finding: Finding): Rule {
  if (finding.kind !== 'access') return finding.kind
  if (finding.direction === 'narrows') return 'access-narrowed'
  return finding.before === 'confirm' ? 'access-unguarded' : 'access-widened'
}

/** What each rule says in a few words, and what to do about it. */
export const RULES: Readonly<Record<Rule, { readonly title: string; readonly help: string }>> = {
  'access-unguarded': {
    title: 'Nobody is asked any more',
    help: 'Calls that needed a confirmation no longer do. Check that these people may make them unasked; if not, keep the effect "confirm".',
  },
  'access-widened': {
    title: 'Access widened',
    help: 'People can call what they could not call before. Check who they are and what they reach; if it is too much, narrow the permission or the group.',
  },
  'access-narrowed': {
    title: 'Access narrowed',
    help: 'People can no longer call something, or are asked first. Check that nobody needs it as it was.',
  },
  'guardrail-broken': {
    title: 'Guardrail broken',
    help: 'The change breaks a promise. Change it until the promise holds, or have the promise changed or waived at the base first.',
  },
  'guardrail-failed': {
    title: 'Guardrail could not be evaluated',
    help: 'Nobody knows whether the promise holds, so it counts as broken. Repair the guardrail at the base.',
  },
  'unlisted-permissions': {
    title: 'Permissions on unlisted operations',
    help: 'The service lists no operations, so nobody can count what these permissions cover. List its operations, or review the permissions by hand.',
  },
  'destination-changed': {
    title: 'Credential sent elsewhere',
    help: 'The same credential is sent to another host or place. Check that the new one is yours; otherwise whoever runs it holds the credential.',
  },
  'auth-placement-changed': {
    title: 'Credential placed elsewhere',
    help: 'The credential is sent in another part of the request. In a query it ends up in logs: prefer a header.',
  },
  'credential-shared': {
    title: 'Personal credential shared',
    help: 'A credential of users becomes one for everybody. Check whose account it is, and what it may do.',
  },
  'oauth-scopes-widened': {
    title: 'OAuth scopes widened',
    help: 'The credential may ask for more at the service. Check that the operations need it.',
  },
  'oauth-scopes-narrowed': {
    title: 'OAuth scopes narrowed',
    help: 'The credential may ask for less at the service. Check that the operations still work.',
  },
  'credentials-of-integration-changed': {
    title: 'Other credentials',
    help: 'The integration signs in as somebody else, who may be able to do more. Check the account behind the credential.',
  },
  'account-changed': {
    title: 'Account changed',
    help: 'The account behind a credential is said to be another one. Check its owner and its rights at the service.',
  },
  'credential-changed': {
    title: 'Credential changed',
    help: 'What is said about a credential differs. Check what it means for the integrations that sign in with it.',
  },
  'credential-values-changed': {
    title: 'Secret value changed',
    help: 'Encrypted values differ. Nothing was decrypted: ask the author where the new ones come from.',
  },
  'credential-re-encrypted': {
    title: 'Secrets encrypted anew',
    help: 'Everything was encrypted with another key, so changed values cannot be told from unchanged ones. Ask the author whether any changed.',
  },
  'credential-values-added': {
    title: 'Secret value added',
    help: 'A credential has a value that it did not have. Check that its way of signing in needs it.',
  },
  'credential-values-removed': {
    title: 'Secret value removed',
    help: 'A credential lost a value. Check that nothing needs it, and revoke it at the service.',
  },
  'credential-values-moved': {
    title: 'Ciphertext moved',
    help: 'Ciphertext stands where it was not encrypted for, so applying it will fail. Encrypt the value where it belongs.',
  },
  'credential-readers-added': {
    title: 'New reader of secrets',
    help: 'Somebody else can decrypt. Check whose key it is.',
  },
  'credential-readers-removed': {
    title: 'Reader of secrets removed',
    help: 'Whoever held the key could read earlier versions: rotate the values.',
  },
  'encryption-weakened': {
    title: 'Encryption weakened',
    help: 'Less is encrypted, or fewer keys are needed to read it. Check the rules for encryption.',
  },
  'credential-created': {
    title: 'Credential created',
    help: 'A new account at a service. Check whose it is, what it may do, and who may use it.',
  },
  'service-created': {
    title: 'Service created',
    help: 'A new service that integrations can connect to. Check its hosts and its operations.',
  },
  'integration-created': {
    title: 'Integration created',
    help: 'A new connection to a service. Check its account, its access and its permissions.',
  },
  'integration-deleted': {
    title: 'Integration deleted',
    help: 'The connection goes away for everybody. Check that nothing uses it.',
  },
  'integration-replaced': {
    title: 'Integration replaced',
    help: 'Access cannot change, so the integration is deleted and created again. Check what uses it.',
  },
  'resource-deleted': { title: 'Resource deleted', help: 'Check that nothing refers to it any more.' },
  'service-changed': {
    title: 'Service changed',
    help: 'What describes the service differs, for all of its integrations. Check that it still describes the same service.',
  },
  'operation-renamed': {
    title: 'Operation renamed',
    help: 'The same call has another name. Permissions that name the old one select it no longer.',
  },
  'operation-moved': {
    title: 'Operation moved',
    help: 'The same name stands for another call. Check that permissions by this name mean the new one.',
  },
  'selector-dead': {
    title: 'Selector without operations',
    help: 'A permission named something that is gone, and does nothing any more. Name what took its place, or remove it.',
  },
  'operations-new': {
    title: 'New operations to decide about',
    help: 'They stay denied until a permission names them or "tenon lock" accepts them. Decide about each, writes first.',
  },
  'lock-changed': {
    title: 'Lock changed',
    help: 'Which operations are accepted differs, and with it what broad permissions cover. Check each one that was added.',
  },
  'acceptance-changed': {
    title: 'Accepted operations changed',
    help: 'The service lists what is accepted otherwise, and later operations are held back or covered accordingly. Check what its document may add.',
  },
  'future-operations-covered': {
    title: 'Future operations covered',
    help: 'The permission says "includeNew": it reaches whatever operations the service adds, before anybody has looked at them. Name the operations instead.',
  },
  'group-end-changed': {
    title: 'Group ends on another day',
    help: 'What was meant for a time lasts longer, or for ever, although nobody gains anything today. Check that these people may keep what the group gives them.',
  },
  'guardrail-changed': {
    title: 'Guardrail changed',
    help: 'The change edits what judges changes. It was judged by the old text; check what the new one lets through.',
  },
  'limits-changed': {
    title: 'Limits changed',
    help: 'The change edits the limits that hold plans back. Check that they still do.',
  },
  'deletion-policy-changed': {
    title: 'Deletion policy changed',
    help: 'Deleting the integration will do something else: leave its row behind, or remove it.',
  },
  'data-classes-changed': {
    title: 'Data classes changed',
    help: 'What is said about the data behind an integration differs. Check it against the permissions.',
  },
  'settings-changed': {
    title: 'Settings changed',
    help: 'The integration works with other settings. Check what they do at the service.',
  },
  'acknowledgement-changed': {
    title: 'Acknowledgement changed',
    help: 'Other terms were accepted, by somebody else or on another day. Check that they were read.',
  },
  'consumer-changed': {
    title: 'Consumer changed',
    help: 'What uses integrations differs. Check that it needs them.',
  },
  'resource-changed': {
    title: 'Resource changed',
    help: 'The resource differs, and nobody can do more or less because of it now. Check what it prepares.',
  },
}
