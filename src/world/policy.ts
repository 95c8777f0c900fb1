import type { SubjectRecord } from '../data/catalog/subject-record.ts';
import type { SubjectKind } from '../data/events/event-actions.ts';
import type { Event } from '../data/events/event.ts';

/** Somebody opened a surface: what shall they see? */
export interface PageRequest {
  readonly requestId: string;
  readonly userId: string;
  readonly timeMs: number;
  readonly surface: string;
  /** Places on the page. */
  readonly count: number;
  /** What was typed, on the surface `search`; null elsewhere. */
  readonly query: string | null;
  /** What the surface is about: the instrument of an `instrument-page`; null elsewhere. */
  readonly about: { readonly kind: SubjectKind; readonly id: string } | null;
}

/** A page, first place first. At most `count` items; fewer leave the rest of the page empty. */
export interface Page {
  readonly items: readonly PageItem[];
  readonly modelVersion: string | null;
  readonly experiments: Readonly<Record<string, string>> | null;
}

/** One place of a page. */
export interface PageItem {
  readonly kind: SubjectKind;
  readonly id: string;
  /** Probability with which the policy put it there, given the places before it; null where it does not know. */
  readonly propensity: number | null;
}

/** What decides what the world's users see. */
export interface Policy {
  readonly name: string;
  /**
   * Pages for requests of one moment, in their order; no user stands twice in one call. An answer in process may come at
   * once; one over the network as a promise. The world waits for it: its time stands still meanwhile.
   */
  pages(requests: readonly PageRequest[]): readonly Page[] | Promise<readonly Page[]>;
  /** Events as the platform receives them, for policies in process that learn as they go. A server reads its log instead. */
  observe?(events: readonly Event[]): void;
  /** Subjects that came, changed or retired, before any event about them. */
  learnSubjects?(subjects: readonly SubjectRecord[]): void;
}
