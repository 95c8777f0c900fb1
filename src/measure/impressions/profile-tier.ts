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
  const { exploringFrom = 10, stableFrom = 50, evennessMax = 0.75 } = thresholds;
  if (!(exploringFrom >= 1 && stableFrom >= exploringFrom && evennessMax >= 0 && evennessMax <= 1)) {
    const given = JSON.stringify({ exploringFrom, stableFrom, evennessMax });
    throw invalid(`tier thresholds ${given} are out of range: 1 ≤ exploringFrom ≤ stableFrom, evennessMax from 0 to 1`);
  }
  const topics = topicsOf(subjects);
  const counts = new Int32Array(topics.count);
  const touched: number[] = [];
  const tiers = new Uint8Array(lists.listCount);
  const order = Int32Array.from({ length: lists.listCount }, (_, list) => list).sort(
    (a, b) => lists.users[a]! - lists.users[b]! || lists.visible[a]! - lists.visible[b]!,
  );
  let [user, seen, withTopic, sumOfLogs] = [-1, 0, 0, 0];
  for (const list of order) {
    if (lists.users[list] !== user) {
      for (const topic of touched) counts[topic] = 0;
      touched.length = 0;
      [user, seen, withTopic, sumOfLogs] = [lists.users[list]!, 0, 0, 0];
    }
    const visible = lists.visible[list]!;
    for (const from = sequences.offsets[user]!; seen < visible; seen++) {
      const subject = sequences.subjects[from + seen]!;
      if (subject < 0) continue;
      const topic = topics.of[subject]!;
      const count = counts[topic]!++;
      if (count === 0) touched.push(topic);
      sumOfLogs += countLog(count + 1) - countLog(count);
      withTopic++;
    }
    tiers[list] =
      visible < exploringFrom ? 0 : visible >= stableFrom && evenness(withTopic, sumOfLogs, topics.count) <= evennessMax ? 2 : 1;
  }
  return tiers;
}

/** H over its most; 0 where fewer than two could be told apart. H = log n − Σ c log c / n. */
function evenness(count: number, sumOfLogs: number, topics: number): number {
  const most = Math.log(Math.min(topics, count));
  return most > 0 ? (Math.log(count) - sumOfLogs / count) / most : 0;
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
