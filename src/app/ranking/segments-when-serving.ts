import type { HistoryState, UserActions } from '../../learn/models/ranking/serving/history-state.ts';
import type { ServedRanker } from '../../learn/models/ranking/serving/open-served-ranker.ts';
import type { ServedPage } from '../../learn/models/ranking/serving/serving-feeds.ts';
import { segmentCodeOf, type TaskCalibrator } from '../../measure/calibration/run-calibrators.ts';
import { addTopic, emptySpread, PROFILE_TIERS, tierOf, type TopicSpread } from '../../measure/impressions/profile-tier.ts';
import { NO_SEGMENT } from '../../measure/impressions/scored-impressions.ts';
import { ITEM_SEGMENTS, USER_SEGMENTS } from '../../measure/impressions/segments-of.ts';

/** What tells the segments of a user; never changes. */
export interface UserProfile {
  /** The user's first action, milliseconds since the epoch; Infinity before it. */
  readonly firstMs: number;
  /** Topics of all that the user did. */
  readonly topics: Readonly<TopicSpread>;
}

/** Of a user who did nothing. */
export const emptyProfile: UserProfile = { firstMs: Infinity, topics: emptySpread() };

/** Memory of a topic's count. */
const BYTES_A_TOPIC = 40;

/** The profile after some more actions. Cost: linear in the user's topics and the actions. */
export function laterProfile(before: UserProfile, later: UserActions, subjects: ServedRanker['subjects']): UserProfile {
  const topics = { ...before.topics, counts: new Map(before.topics.counts) };
  for (const subject of later.subjects) {
    // Tags and kinds have numbers of their own: a tag's is at least 256.
    if (subject !== 0) addTopic(topics, subjects.firstTagOf(subject) || subjects.kindOf(subject));
  }
  return { firstMs: Math.min(before.firstMs, later.timesMs[0] ?? Infinity), topics };
}

/** Memory behind a profile. */
export function bytesOfProfile({ topics }: UserProfile): number {
  return topics.counts.size * BYTES_A_TOPIC;
}

/** What a page's segments are told from. */
export interface SegmentedPage {
  readonly state: Pick<HistoryState, 'total'> & { readonly profile: UserProfile };
  readonly candidates: Int32Array;
  readonly page: ServedPage;
  /** What the app knows of the user or the page, by segmentation; goes before what is told here. */
  readonly given: Readonly<Record<string, string>>;
}

/** Writes the code of each candidate's segment; one that is not known is {@link NO_SEGMENT}. */
export type SegmentReader = (asked: SegmentedPage, into: Uint8Array) => void;

/** What the segments of serving are those of training by. */
export interface TrainedSegments {
  readonly kinds: readonly string[];
  readonly surfaces: readonly string[];
  /** The training cut, milliseconds since the epoch. */
  readonly trainedUntilMs: number;
  /** Topics that subjects of training could have; null where that is not known: then tiers are not told. */
  readonly topics: number | null;
  readonly subjects: Pick<ServedRanker['subjects'], 'isKnown' | 'kindOf'>;
}

/**
 * Reads the segments that a task is calibrated by, as `segmentsOf` has them: `tier`, `user`, `item`, `kind` and `surface` follow from
 * history, page and candidates; others are given with the page.
 *
 * `user` is told by the user's actions: of one who was shown pages before the cut and did nothing, it must be given.
 */
export function segmentReader(own: TaskCalibrator, trained: TrainedSegments): SegmentReader {
  const { subjects, trainedUntilMs, topics } = trained;
  const name = own.segmentation ?? '';
  const codeOf = (segment: string) => (segment === '' ? NO_SEGMENT : segmentCodeOf(own, segment));
  const eachBy = (code: (subject: number) => number): SegmentReader =>
    givenFirst(({ candidates }, into) => {
      for (let at = 0; at < candidates.length; at++) into[at] = code(candidates[at]!);
    });
  const allBy = (code: (asked: SegmentedPage) => number): SegmentReader =>
    givenFirst((asked, into) => void into.fill(code(asked), 0, asked.candidates.length));
  const givenFirst =
    (otherwise: SegmentReader): SegmentReader =>
    (asked, into) => {
      const given = asked.given[name];
      if (given === undefined) otherwise(asked, into);
      else into.fill(codeOf(given), 0, asked.candidates.length);
    };
  switch (name) {
    case 'kind': {
      const codes = Uint8Array.from(trained.kinds, codeOf);
      return eachBy((subject) => codes[subjects.kindOf(subject)] ?? NO_SEGMENT);
    }
    case 'item': {
      const [known, fresh] = [codeOf(ITEM_SEGMENTS[0]), codeOf(ITEM_SEGMENTS[1])];
      return eachBy((subject) => (subjects.isKnown(subject) ? known : fresh));
    }
    case 'surface':
      return allBy(({ page }) => codeOf(trained.surfaces[page.surface]!));
    case 'user':
      return allBy(({ state }) => codeOf(USER_SEGMENTS[state.profile.firstMs < trainedUntilMs ? 0 : 1]));
    case 'tier':
      if (topics === null) break;
      return allBy(({ state }) => codeOf(PROFILE_TIERS[tierOf(state.total, state.profile.topics, topics)]!));
  }
  return allBy(() => NO_SEGMENT);
}
