import type { SubjectKind } from '../events/event-actions.ts';

/** `draft` is never shown, `live` may be, `retired` is no longer. */
export type Lifecycle = 'draft' | 'live' | 'retired';

/** Something that can be surfaced: a post, a feature of the platform, an instrument. */
export interface SubjectRecord {
  readonly kind: SubjectKind;
  /** Unique within its kind. */
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** BCP 47; null where it has none (an instrument). */
  readonly language: string | null;
  readonly tags: readonly string[];
  /** Ids of instruments mentioned; of an instrument: its own. */
  readonly instruments: readonly string[];
  readonly authorId: string | null;
  readonly createdMs: number;
  readonly lifecycle: Lifecycle;
  /** Further facts, numbers and short texts only. */
  readonly attributes: Readonly<Record<string, string | number | boolean>>;
  /** Names of eligibility rules that bear on it; see `eligibility-rule.ts`. */
  readonly eligibilityRules: readonly string[];
}
