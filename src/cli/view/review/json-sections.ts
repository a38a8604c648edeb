import type { Decision, Line, ReviewedOperation, SecretChange, ServiceRevision } from '../../../model/finding.ts'
import type { Judgement, Violation } from '../../../model/judgement.ts'
import type { Operation } from '../../../model/operation.ts'

/** An operation on both sides. */
export function operationJson({ key, before, after }: ReviewedOperation): object {
  return {
    key,
    ...(before !== undefined && { before: oneOperation(before) }),
    ...(after !== undefined && { after: oneOperation(after) }),
  }
}

function oneOperation({ id, method, path, tags, isNew }: Operation): object {
  return { id, method, path, tags, ...(isNew === true && { new: true }) }
}

/** A service whose operations differ. */
export function serviceJson({ service, added, removed, renamed, moved, decisions, isLocked }: ServiceRevision): object {
  return {
    service,
    locked: isLocked,
    added: added.map(operationJson),
    removed: removed.map(operationJson),
    renamed: renamed.map(operationJson),
    moved: moved.map(({ id, from, to }) => ({ id, from, to })),
    decisions: decisions.map(decisionJson),
  }
}

function decisionJson({ operation, covering }: Decision): object {
  return { operation: operationJson(operation), covering: covering.map(coverJson) }
}

function coverJson({ integration, effect, line, people, open }: Decision['covering'][number]): object {
  return { integration, effect, line: lineJson(line), people, open }
}

function lineJson({ side, file, line }: Line): object {
  return { side, file, line }
}

/** How the encrypted values of a credential differ. */
export function secretJson({ credential, file, entries, isRekeyed, readers }: SecretChange): object {
  const { added, removed, kept } = readers
  return {
    credential,
    file,
    rekeyed: isRekeyed,
    entries: entries.map(({ name, change }) => ({ name, change })),
    readers: { added, removed, kept },
  }
}

/** What a guardrail says. */
export function judgementJson(judgement: Judgement): object {
  const { guardrail, description, actions, before, after, violations, brokenAlready, waivers } = judgement
  const { failure, byNewText } = judgement
  return {
    guardrail,
    description,
    actions,
    before,
    after,
    violations: violations.map(violationJson),
    brokenAlready,
    waivers: waivers.map(({ id, owner, reason, expires, state }) => ({ id, owner, reason, expires, state })),
    ...(failure !== undefined && { failure }),
    ...(byNewText !== undefined && { byNewText }),
  }
}

function violationJson(violation: Violation): object {
  const { message, findings, integrations, witness, fingerprint, waivedBy, line } = violation
  return {
    message,
    findings,
    integrations,
    ...(witness !== undefined && { witness }),
    fingerprint,
    ...(waivedBy !== undefined && { waivedBy }),
    ...(line !== undefined && { line: lineJson(line) }),
  }
}
