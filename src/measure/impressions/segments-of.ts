import type { ActionSequences, SubjectTable } from '../../learn/actions/action-sequences.ts';
import type { ImpressionLists } from '../../learn/actions/impression-lists.ts';
import { invalid } from './impressions-error.ts';
import type { ListPlaces } from './places-of-lists.ts';
import { PROFILE_TIERS, profileTiers, type TierThresholds } from './profile-tier.ts';
import { NO_SEGMENT, type Segmentation } from './scored-impressions.ts';

/** What segments are told from. */
export interface SegmentInputs {
  readonly lists: ImpressionLists;
  readonly sequences: ActionSequences;
  readonly subjects: SubjectTable;
  /** The places to be segmented, from `placesOfLists`. */
  readonly places: ListPlaces;
  /** The training cut: what was first seen at this moment or later is new. Milliseconds since the epoch. */
  readonly trainedUntilMs: number;
  /** What is known of users, such as their jurisdiction; each becomes a segmentation of its name. */
  readonly userAttributes?: readonly UserAttribute[];
  readonly tiers?: TierThresholds;
}

/** Something known of users, by their dense index. */
export interface UserAttribute {
  readonly name: string;
  /** `''` for unknown. */
  readonly names: readonly string[];
  /** `[userCount]`, indices into {@link names}; any other number for unknown. */
  readonly codes: Uint8Array | Uint16Array;
}

/** Segments of one segmentation at most: the most frequent ones, the rest together as {@link OTHERS}. */
const SEGMENTS_MAX = 24;

/** The segment of values that are too rare to be told apart. */
export const OTHERS = 'others';

/** Segments of `item` and `user`: first met before the training cut, or not. */
export const ITEM_SEGMENTS = ['known item', 'new item'] as const;
export const USER_SEGMENTS = ['known user', 'new user'] as const;

/**
 * The segments of places: `tier` (see {@link profileTiers}), `item` and `user` (known or new: first acted on, or shown, at the training
 * cut or later), `kind` (of the subject: content, feature, instrument), `surface`, and one a user attribute. A segmentation in which all
 * places would be alike is there all the same: that is a fact, too. O(actions + impressions).
 *
 * @throws ImpressionsError `IMPRESSIONS_INVALID` for attributes that are not as long as there are users, or thresholds out of range
 */
export function segmentsOf(inputs: SegmentInputs): readonly Segmentation[] {
  const { lists, sequences, subjects, places, trainedUntilMs, userAttributes = [] } = inputs;
  if (!Number.isFinite(trainedUntilMs)) throw invalid(`trainedUntilMs is ${trainedUntilMs}: give milliseconds since the epoch`);
  const { kinds, surfaces } = sequences.vocabulary;
  const tiers = profileTiers(lists, sequences, subjects, inputs.tiers);
  const firstSeen = firstSeenMs(lists, sequences, subjects.count);
  const byPlace = (code: (at: number) => number) => Uint8Array.from(places.rows, (_, at) => code(at));
  const isNew = (seenMs: number) => (seenMs >= trainedUntilMs ? 1 : 0);
  return [
    { name: 'tier', names: PROFILE_TIERS, codes: byPlace((at) => tiers[places.lists[at]!]!) },
    { name: 'item', names: ITEM_SEGMENTS, codes: byPlace((at) => isNew(firstSeen.subjects[places.subjects[at]!]!)) },
    { name: 'user', names: USER_SEGMENTS, codes: byPlace((at) => isNew(firstSeen.users[places.users[at]!]!)) },
    named('kind', kinds, places.rows.length, (at) => subjects.kinds[places.subjects[at]!]!),
    named('surface', surfaces, places.rows.length, (at) => lists.surfaces[places.lists[at]!]!),
    ...userAttributes.map(({ name, names, codes }) => {
      if (codes.length !== sequences.userCount) {
        throw invalid(`attribute ${name} is known of ${codes.length} users, and there are ${sequences.userCount}: give one each`, { name });
      }
      return named(name, names, places.rows.length, (at) => codes[places.users[at]!]!);
    }),
  ];
}

/** A segmentation by codes: what has no name is in no segment, and what is too rare to be told apart is with the others. */
function named(name: string, names: readonly string[], places: number, codeAt: (at: number) => number): Segmentation {
  const counts = new Int32Array(names.length);
  for (let at = 0; at < places; at++) {
    const code = codeAt(at);
    if (code < counts.length) counts[code]!++;
  }
  const known = names.flatMap((text, code) => (text === '' ? [] : [code]));
  const isTooMany = known.length > SEGMENTS_MAX;
  const frequent = isTooMany ? new Set(known.toSorted((one, other) => counts[other]! - counts[one]!).slice(0, SEGMENTS_MAX - 1)) : null;
  const kept = known.filter((code) => frequent?.has(code) ?? true);
  const codeOf = new Uint8Array(names.length).fill(NO_SEGMENT);
  for (const code of known) codeOf[code] = kept.includes(code) ? kept.indexOf(code) : kept.length;
  const codes = new Uint8Array(places);
  for (let at = 0; at < places; at++) codes[at] = codeOf[codeAt(at)] ?? NO_SEGMENT;
  return { name, names: [...kept.map((code) => names[code]!), ...(isTooMany ? [OTHERS] : [])], codes };
}

/** When each subject and user was first met, in an action or on a page; Infinity where never. */
function firstSeenMs(lists: ImpressionLists, sequences: ActionSequences, subjectCount: number) {
  const users = new Float64Array(sequences.userCount).fill(Infinity);
  const subjects = new Float64Array(subjectCount).fill(Infinity);
  const meet = (seen: Float64Array, index: number, timeMs: number) => {
    if (timeMs < seen[index]!) seen[index] = timeMs;
  };
  for (let user = 0; user < sequences.userCount; user++) {
    for (let at = sequences.offsets[user]!; at < sequences.offsets[user + 1]!; at++) {
      meet(users, user, sequences.timesMs[at]!);
      if (sequences.subjects[at]! >= 0) meet(subjects, sequences.subjects[at]!, sequences.timesMs[at]!);
    }
  }
  for (let list = 0; list < lists.listCount; list++) {
    const timeMs = lists.timesMs[list]!;
    meet(users, lists.users[list]!, timeMs);
    for (let at = lists.offsets[list]!; at < lists.offsets[list + 1]!; at++) meet(subjects, lists.subjects[at]!, timeMs);
  }
  return { users, subjects };
}
