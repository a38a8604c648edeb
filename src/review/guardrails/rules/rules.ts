import { nameIn } from '../../describe.ts'
import type { Breach, Outcome } from '../breach.ts'
import type { RuleName } from '../rule-table.ts'
import type { Scope } from '../scene.ts'
import { maxRemoved, noNewAccess, sameDestination } from './change.ts'
import { acknowledgedTerms, dataClasses } from './integrations.ts'
import { ceiling, namedWrites, never, noUnconfirmedCompanyWrites, only, requireConfirmation } from './people.ts'
import { externalGroupsEnd, groupsOwned, noAdminAccount, noPersonalAccount, secretsExpire } from './records.ts'
import { atLeast, atMost, separationOfDuties } from './several.ts'

const JUDGES: Readonly<Record<RuleName, (scope: Scope) => Outcome>> = {
  never,
  only,
  'require-confirmation': requireConfirmation,
  'no-unconfirmed-company-writes': noUnconfirmedCompanyWrites,
  'named-writes': namedWrites,
  ceiling,
  'separation-of-duties': separationOfDuties,
  'at-most': atMost,
  'at-least': atLeast,
  'data-classes': dataClasses,
  'external-groups-end': externalGroupsEnd,
  'groups-owned': groupsOwned,
  'no-personal-account': noPersonalAccount,
  'no-admin-account': noAdminAccount,
  'secrets-expire': secretsExpire,
  'acknowledged-terms': acknowledgedTerms,
  'same-destination': sameDestination,
  'no-new-access': noNewAccess,
  'max-removed': maxRemoved,
}

/** What a built-in rule says of a change. */
export function judgeByRule(rule: RuleName, scope: Scope): Outcome {
  const { before, breaches } = JUDGES[rule](scope)
  return { before, breaches: breaches.map(breach => sayingWhere(scope, breach)) }
}

/** An integration that left the namespace is judged as if it were still there: a reader has to know. */
function sayingWhere({ scene: { moves } }: Scope, breach: Breach): Breach {
  const moved = breach.isNew ? breach.integrations.filter(address => moves.has(address)) : []
  if (!breach.isNew || moved.length === 0) return breach
  const places = moved.map(address => `${nameIn(address)} is now ${nameIn(moves.get(address)!)}`)
  return { ...breach, message: `${breach.message} (${places.join(', ')})` }
}
