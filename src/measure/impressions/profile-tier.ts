import type { ActionSequences, SubjectTable } from '../../learn/actions/action-sequences.ts';
import type { ImpressionLists } from '../../learn/actions/impression-lists.ts';
import { invalid } from './impressions-error.ts';

/** Where the tiers part. */
export interface TierThresholds {
  /** With fewer visible actions a user is at cold start. From 1. @default 10 */
  readonly exploringFrom?: number;
  /** From so many visible actions on a user may be stable. At least `exploringFrom`. @default 50 */
  readonly stableFrom?: number;
  /**
   * Stable only up to this evenness of topics: entropy of the topics of the visible actions over the most that so many actions could have,
   * 0 for one topic only, 1 for all alike. From 0 to 1. @default 0.75
   */
  readonly evennessMax?: number;
}

/** Tiers by their code. */
export const PROFILE_TIERS = ['cold start', 'exploring', 'stable'] as const;

/**
 * The tier of each list's user at the moment of the list, by what was known of them then: how many actions were visible, and how spread over
 * topics (a subject's first tag, or its kind where it has none; queries have no topic).
 *
 * cold start: fewer than `exploringFrom`; stable: at least `stableFrom` whose topics are no more even than `evennessMax`; exploring: the rest.
 * Evenness is H / log min(topics, actions), H = −Σ p log p over the topics. O(actions + lists log lists).
 *
 * @returns `[listCount]`, indices into {@link PROFILE_TIERS}
 * @throws ImpressionsError `IMPRESSIONS_INVALID` for thresholds out of range
 */
export function profileTiers(
  lists: ImpressionLists,
  sequences: ActionSequences,
  subjects: SubjectTable,
  thresholds: TierThresholds = {},
): Uint8Array {
  const checked = checkedThresholds(thresholds);
  const topics = topicsOf(subjects);
  const tiers = new Uint8Array(lists.listCount);
  const order = Int32Array.from({ length: lists.listCount }, (_, list) => list).sort(
    (a, b) => lists.users[a]! - lists.users[b]! || lists.visible[a]! - lists.visible[b]!,
  );
  const spread = emptySpread();
  let [user, seen] = [-1, 0];
  for (const list of order) {
    if (lists.users[list] !== user) {
      clear(spread);
      [user, seen] = [lists.users[list]!, 0];
    }
    const visible = lists.visible[list]!;
    for (const from = sequences.offsets[user]!; seen < visible; seen++) {
      const subject = sequences.subjects[from + seen]!;
      if (subject >= 0) addTopic(spread, topics.of[subject]!);
    }
    tiers[list] = tierOf(visible, spread, topics.count, checked);
  }
  return tiers;
}

/** The topics of some actions of one user, counted. */
export interface TopicSpread {
  readonly counts: Map<number, number>;
  /** Actions that have a topic. */
  withTopic: number;
  /** Σ c log c over the topics' counts. */
  sumOfLogs: number;
}

/** Of no actions. */
export function emptySpread(): TopicSpread {
  return { counts: new Map(), withTopic: 0, sumOfLogs: 0 };
}

/** Counts an action. @param topic any number that is the topic's own */
export function addTopic(spread: TopicSpread, topic: number): void {
  const count = spread.counts.get(topic) ?? 0;
  spread.counts.set(topic, count + 1);
  spread.sumOfLogs += countLog(count + 1) - countLog(count);
  spread.withTopic++;
}

/**
 * {@link profileTiers} of one user at one moment.
 *
 * @param visible actions that were visible, with a topic or without
 * @param spread their topics
 * @param topicCount topics that there are, see {@link topicCountOf}
 */
export function tierOf(visible: number, spread: TopicSpread, topicCount: number, thresholds: TierThresholds = {}): number {
  const { exploringFrom, stableFrom, evennessMax } = { ...DEFAULT_THRESHOLDS, ...thresholds };
  if (visible < exploringFrom) return 0;
  return visible >= stableFrom && evenness(spread, topicCount) <= evennessMax ? 2 : 1;
}

/** Topics that subjects could have: all tags, and the kinds of those without any. */
export function topicCountOf(subjects: SubjectTable): number {
  return topicsOf(subjects).count;
}

const DEFAULT_THRESHOLDS: Required<TierThresholds> = { exploringFrom: 10, stableFrom: 50, evennessMax: 0.75 };

function checkedThresholds(thresholds: TierThresholds): Required<TierThresholds> {
  const checked = { ...DEFAULT_THRESHOLDS, ...thresholds };
  const { exploringFrom, stableFrom, evennessMax } = checked;
  if (exploringFrom >= 1 && stableFrom >= exploringFrom && evennessMax >= 0 && evennessMax <= 1) return checked;
  throw invalid(`tier thresholds ${JSON.stringify(checked)} are out of range: 1 ≤ exploringFrom ≤ stableFrom, evennessMax from 0 to 1`);
}

function clear(spread: TopicSpread): void {
  spread.counts.clear();
  spread.withTopic = 0;
  spread.sumOfLogs = 0;
}

/** H over its most; 0 where fewer than two could be told apart. H = log n − Σ c log c / n. */
function evenness({ withTopic, sumOfLogs }: TopicSpread, topics: number): number {
  const most = Math.log(Math.min(topics, withTopic));
  return most > 0 ? (Math.log(withTopic) - sumOfLogs / withTopic) / most : 0;
}

function countLog(count: number): number {
  return count === 0 ? 0 : count * Math.log(count);
}

/** A dense topic of each subject: tags first, then kinds. */
function topicsOf({ count, kinds, tags, tagNames }: SubjectTable): { readonly of: Int32Array; readonly count: number } {
  const of = new Int32Array(count);
  let last = tagNames.length - 1;
  for (let subject = 0; subject < count; subject++) {
    const from = tags.offsets[subject]!;
    of[subject] = from < tags.offsets[subject + 1]! ? tags.values[from]! : tagNames.length + kinds[subject]!;
    last = Math.max(last, of[subject]!);
  }
  return { of, count: last + 1 };
}
