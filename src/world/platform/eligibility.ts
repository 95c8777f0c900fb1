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

/** Rules that a set of bits can hold. */
const RULES_MAX = 31;

/** Bits of the rules (by place) of which {@link rulesMet} speaks that have one of some names. */
export function ruleBits(rules: readonly EligibilityRule[], names: readonly string[]): number {
  if (rules.length > RULES_MAX) throw new RangeError(`${rules.length} eligibility rules, at most ${RULES_MAX} fit a policy in process`);
  let bits = 0;
  for (const [place, { name }] of rules.entries()) if (names.includes(name)) bits |= 1 << place;
  return bits;
}

/** Bits of the rules that a user meets. */
export function rulesMet(user: UserRecord, rules: readonly EligibilityRule[], timeMs: number): number {
  let bits = 0;
  for (let place = 0; place < rules.length; place++) if (isMet(user, rules[place]!, timeMs)) bits |= 1 << place;
  return bits;
}

/** Whether a user meets all rules; those of this world are always in force. */
export function isAllowed(user: UserRecord, rules: readonly EligibilityRule[], timeMs: number): boolean {
  for (const rule of rules) if (!isMet(user, rule, timeMs)) return false;
  return true;
}

function isMet(user: UserRecord, { conditions }: EligibilityRule, timeMs: number): boolean {
  const { jurisdictionsAllowed, jurisdictionsDenied, identityTierMin = 0, riskClassMin = 0, accountAgeDaysMin = 0 } = conditions;
  if (jurisdictionsAllowed !== undefined && !jurisdictionsAllowed.includes(user.jurisdiction)) return false;
  if (jurisdictionsDenied !== undefined && jurisdictionsDenied.includes(user.jurisdiction)) return false;
  if (user.identityTier < identityTierMin || user.riskClass < riskClassMin) return false;
  return timeMs - user.createdMs >= accountAgeDaysMin * 86_400_000;
}
