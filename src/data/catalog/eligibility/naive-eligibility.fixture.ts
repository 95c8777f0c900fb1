import type { EligibilityRule } from '../eligibility-rule.ts';
import type { EligibilityUser } from './rule-table.ts';
import type { EligibilitySubject } from './compile-eligibility.ts';

/** The definition, read off the records one by one: the oracle of the compiled check. Null: may be shown. */
export function naiveEligibility(
  rules: readonly EligibilityRule[],
  subject: EligibilitySubject | undefined,
  user: EligibilityUser,
  momentMs: number,
): { reasonCode: string; citation: string | null; ruleName: string | null } | null {
  if (subject === undefined) return { reasonCode: 'SUBJECT_UNKNOWN', citation: null, ruleName: null };
  if (subject.lifecycle === 'draft') return { reasonCode: 'SUBJECT_DRAFT', citation: null, ruleName: null };
  if (subject.lifecycle === 'retired') return { reasonCode: 'SUBJECT_RETIRED', citation: null, ruleName: null };
  for (const name of subject.eligibilityRules) {
    const named = rules.filter((rule) => rule.name === name);
    if (named.length === 0) return { reasonCode: 'RULE_UNKNOWN', citation: null, ruleName: name };
    for (const rule of named) {
      const isInForce = rule.fromMs <= momentMs && (rule.untilMs === null || momentMs < rule.untilMs);
      if (isInForce && !isMet(rule, user, momentMs)) {
        return { reasonCode: rule.reasonCode, citation: rule.citation, ruleName: name };
      }
    }
  }
  return null;
}

function isMet({ conditions }: EligibilityRule, user: EligibilityUser, momentMs: number): boolean {
  if (user === null) return false;
  const { jurisdictionsAllowed, jurisdictionsDenied, identityTierMin, riskClassMin, accountAgeDaysMin } = conditions;
  if (jurisdictionsAllowed !== undefined && !jurisdictionsAllowed.includes(user.jurisdiction)) return false;
  if (jurisdictionsDenied?.includes(user.jurisdiction) === true) return false;
  if (identityTierMin !== undefined && user.identityTier < identityTierMin) return false;
  if (riskClassMin !== undefined && user.riskClass < riskClassMin) return false;
  return accountAgeDaysMin === undefined || momentMs - user.createdMs >= accountAgeDaysMin * 24 * 60 * 60 * 1000;
}
