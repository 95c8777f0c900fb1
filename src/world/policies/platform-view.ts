import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import type { UserRecord } from '../../data/catalog/user-record.ts';
import type { EventSubject } from '../../data/events/event.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { isAllowed } from '../platform/eligibility.ts';

/** What a policy in process may ask the platform about users. A `World` is one. */
export interface PlatformView {
  user(id: string): UserRecord;
  follows(userId: string): readonly string[];
  readonly eligibilityRules: readonly EligibilityRule[];
}

/** A living subject, as the policies of this folder keep it. */
export interface Candidate {
  readonly kind: EventSubject['kind'];
  readonly id: string;
  /** Rises with the order of arrival. */
  readonly number: number;
  /** Bit 0 English, bit 1 Chinese; 3 for what is not a post. */
  readonly languages: number;
  readonly tags: readonly string[];
  readonly instruments: readonly string[];
  readonly authorId: string | null;
  readonly createdMs: number;
  readonly title: string;
  readonly rules: readonly EligibilityRule[];
  /** Decayed clicks: see `popularity.ts`. */
  score: number;
  /** Lists made a while ago may still hold it. */
  retired: boolean;
}

/** Languages a user reads, as bits. */
export function languageBits(languages: readonly string[]): number {
  return (languages.includes('en') ? 1 : 0) | (languages.includes('zh') ? 2 : 0);
}

/** A subject as a {@link Candidate}. */
export function candidateOf(record: SubjectRecord, number: number, rules: readonly EligibilityRule[]): Candidate {
  return {
    kind: record.kind,
    id: record.id,
    number,
    languages: record.kind === 'content' ? languageBits([record.language ?? 'en']) : 3,
    tags: record.tags,
    instruments: record.instruments,
    authorId: record.authorId,
    createdMs: record.createdMs,
    title: record.title,
    rules: rules.filter(({ name }) => record.eligibilityRules.includes(name)),
    score: 0,
    retired: false,
  };
}

/** Whether a candidate may be shown to a user: alive, in a language they read, and by all rules. */
export function mayShow(candidate: Candidate, user: UserRecord, languages: number, timeMs: number): boolean {
  if (candidate.retired || (candidate.languages & languages) === 0) return false;
  return candidate.rules.length === 0 || isAllowed(user, candidate.rules, timeMs);
}
