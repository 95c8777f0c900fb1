import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import type { UserRecord } from '../../data/catalog/user-record.ts';

const HOUSE = 'Made-up house rules of the seeded world';

/** The rules of the world's platform. Made up: they have the shape of real ones, not their content. */
export const ELIGIBILITY_RULES: readonly EligibilityRule[] = [
  rule('identity-basic', { identityTierMin: 1 }, 'IDENTITY_BASIC_NEEDED', '§1'),
  rule('identity-full', { identityTierMin: 2 }, 'IDENTITY_FULL_NEEDED', '§1'),
  rule('derivatives', { jurisdictionsDenied: ['US', 'CA', 'GB'] }, 'JURISDICTION_DERIVATIVES_RETAIL', '§2'),
  rule('derivatives', { riskClassMin: 2 }, 'SUITABILITY_DERIVATIVES', '§3'),
  rule('options', { jurisdictionsDenied: ['US', 'CA', 'GB', 'FR'] }, 'JURISDICTION_OPTIONS_RETAIL', '§2'),
  rule('options', { riskClassMin: 3 }, 'SUITABILITY_OPTIONS', '§3'),
  rule('structured', { jurisdictionsDenied: ['US', 'CA', 'GB', 'SG'], riskClassMin: 2 }, 'STRUCTURED_RETAIL', '§4'),
  rule('earn', { jurisdictionsDenied: ['US', 'SG'] }, 'JURISDICTION_EARN', '§5'),
  rule('copy', { jurisdictionsDenied: ['CA', 'HK'] }, 'JURISDICTION_COPY_TRADING', '§6'),
  rule('card', { jurisdictionsAllowed: ['GB', 'DE', 'FR', 'BR', 'AU'] }, 'JURISDICTION_CARD', '§7'),
  rule('seasoned', { accountAgeDaysMin: 7 }, 'ACCOUNT_TOO_YOUNG', '§8'),
];

function rule(name: string, conditions: EligibilityRule['conditions'], reasonCode: string, paragraph: string): EligibilityRule {
  return { name, fromMs: 0, untilMs: null, conditions, reasonCode, citation: `${HOUSE}, ${paragraph}` };
}

/** The rules of some names, for {@link isAllowed}. */
export function rulesNamed(names: readonly string[]): readonly EligibilityRule[] {
  return ELIGIBILITY_RULES.filter(({ name }) => names.includes(name));
}

/** Whether a user meets all rules; those of this world are always in force. */
export function isAllowed(user: UserRecord, rules: readonly EligibilityRule[], timeMs: number): boolean {
  for (const { conditions } of rules) {
    const { jurisdictionsAllowed, jurisdictionsDenied, identityTierMin = 0, riskClassMin = 0, accountAgeDaysMin = 0 } = conditions;
    if (jurisdictionsAllowed !== undefined && !jurisdictionsAllowed.includes(user.jurisdiction)) return false;
    if (jurisdictionsDenied !== undefined && jurisdictionsDenied.includes(user.jurisdiction)) return false;
    if (user.identityTier < identityTierMin || user.riskClass < riskClassMin) return false;
    if (timeMs - user.createdMs < accountAgeDaysMin * 86_400_000) return false;
  }
  return true;
}
