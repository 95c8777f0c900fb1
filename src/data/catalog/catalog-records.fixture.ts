import type { CatalogUpsert } from './catalog.ts';
import type { EligibilityRule } from './eligibility-rule.ts';
import type { SubjectRecord } from './subject-record.ts';
import type { UserRecord } from './user-record.ts';

/** A user with nothing special about them. */
export function someUser(id: string, changes: Partial<UserRecord> = {}): UserRecord {
  return { id, jurisdiction: 'DE', identityTier: 2, riskClass: 2, languages: ['de', 'en'], createdMs: 1000, ...changes };
}

/** A live post. */
export function someSubject(id: string, changes: Partial<SubjectRecord> = {}): SubjectRecord {
  return {
    kind: 'content',
    id,
    title: `Post ${id}`,
    text: 'Funding turned negative.',
    language: 'en',
    tags: ['funding', 'btc'],
    instruments: ['BTC-USDT'],
    authorId: 'author-1',
    createdMs: 2000,
    lifecycle: 'live',
    attributes: { quality: 0.5, pinned: false },
    eligibilityRules: [],
    ...changes,
  };
}

/** A rule that asks for identity tier 1. */
export function someRule(name: string, changes: Partial<EligibilityRule> = {}): EligibilityRule {
  return {
    name,
    fromMs: 0,
    untilMs: null,
    conditions: { identityTierMin: 1 },
    reasonCode: 'IDENTITY_TIER',
    citation: 'Terms of use, 4.2',
    ...changes,
  };
}

/** The upsert of a user, a subject or a rule set. */
export const upsertOf = {
  user: (id: string, changes: Partial<UserRecord> = {}): CatalogUpsert => ({ type: 'user', record: someUser(id, changes) }),
  subject: (id: string, changes: Partial<SubjectRecord> = {}): CatalogUpsert => ({ type: 'subject', record: someSubject(id, changes) }),
  rules: (name: string, ...rules: readonly Partial<EligibilityRule>[]): CatalogUpsert => ({
    type: 'rule-set',
    record: { name, rules: (rules.length === 0 ? [{}] : rules).map((changes) => someRule(name, changes)) },
  }),
};
