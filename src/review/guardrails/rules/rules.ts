import type { Outcome } from '../breach.ts'
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
  return JUDGES[rule](scope)
}
