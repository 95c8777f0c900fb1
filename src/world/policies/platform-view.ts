import type { EligibilityRule } from '../../data/catalog/eligibility-rule.ts';
import type { UserRecord } from '../../data/catalog/user-record.ts';
import type { EventSubject } from '../../data/events/event.ts';
import type { SubjectRecord } from '../../data/catalog/subject-record.ts';
import { ruleBits, rulesMet } from '../platform/eligibility.ts';

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
  /** Bits of the rules that a reader must meet; see {@link Reader}. */
  readonly needs: number;
  readonly tags: readonly string[];
  readonly instruments: readonly string[];
  readonly authorId: string | null;
  /** What a search may call it, in lower case: of a feature its names; else nothing. */
  readonly names: readonly string[];
  /** Of an instrument the symbol of its asset; else empty. */
  readonly asset: string;
  /** Decayed clicks: see `popularity-score.ts`. */
  score: number;
  /** Lists made a while ago may still hold it. */
  retired: boolean;
}

/** Who asks for a page, as far as it bears on what they may be shown. */
export interface Reader {
  /** Languages that they read, as bits. */
  readonly languages: number;
  /** Bits of the rules that they meet now. */
  readonly met: number;
}

/** The reader behind a request. */
export function readerOf(view: PlatformView, userId: string, timeMs: number): Reader {
  const user = view.user(userId);
  return { languages: languageBits(user.languages), met: rulesMet(user, view.eligibilityRules, timeMs) };
}

/** Languages as bits. */
function languageBits(languages: readonly string[]): number {
  return (languages.includes('en') ? 1 : 0) | (languages.includes('zh') ? 2 : 0);
}

const NO_NAMES: readonly string[] = [];

/** A subject as a {@link Candidate}. */
export function candidateOf(record: SubjectRecord, number: number, rules: readonly EligibilityRule[]): Candidate {
  return {
    kind: record.kind,
    id: record.id,
    number,
    languages: record.kind === 'content' ? languageBits([record.language ?? 'en']) : 3,
    needs: ruleBits(rules, record.eligibilityRules),
    tags: record.tags,
    instruments: record.instruments,
    authorId: record.authorId,
    names: record.kind === 'feature' ? record.title.toLowerCase().split(' · ') : NO_NAMES,
    asset: record.kind === 'instrument' ? assetOf(record.id) : '',
    score: 0,
    retired: false,
  };
}

/** The symbol of an instrument's asset. */
export function assetOf(instrumentId: string): string {
  return instrumentId.slice(0, Math.max(0, instrumentId.indexOf('-')));
}

/** Whether a candidate may be shown: alive, in a language that the reader reads, and by all rules. */
export function mayShow({ retired, languages, needs }: Candidate, reader: Reader): boolean {
  return !retired && (languages & reader.languages) !== 0 && (needs & ~reader.met) === 0;
}
