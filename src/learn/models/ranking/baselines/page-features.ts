import { valuesOf } from '../../../actions/action-sequences.ts';
import type { RankingColumns } from '../../../actions/ranking-source.ts';
import { timeGapBucket } from '../../../actions/time-gap.ts';

/** Features of one place at most. */
export const FEATURES_MAX = 40;

/** Walks through pages and tells the features of each place. */
export interface PageFeatures {
  /**
   * Features of the places of a page, as hashed indices in [0, buckets). Pages of a user must be asked for in order of time.
   *
   * @param visit called a place; `features` is overwritten by the next place
   */
  page(list: number, visit: (place: number, features: Int32Array, count: number) => void): void;
}

/** Tags of an action's subject that are counted at most. */
const TAGS_MAX = 8;
const HOUR_MS = 3_600_000;

/**
 * What a linear model can see of a candidate: what it is (subject, author, kind, tags, surface and pairs of these), when it is
 * asked for, and how often the user did something with it, its author, its tags, its kind and what it mentions before. Counts
 * fall into buckets of powers of two, so that each is a feature of its own.
 */
export function pageFeatures({ sequences, pages, subjects }: RankingColumns, buckets: number): PageFeatures {
  const features = new Int32Array(FEATURES_MAX);
  const counts = new Map<number, number>();
  let user = -1;
  let read = 0;
  let count = 0;
  const add = (kind: number, a: number, b = 0) => void (features[count++] = hashOf(kind, a, b) % buckets);
  const counted = (kind: number, at: number) => counts.get(kind * 2 ** 32 + at) ?? 0;
  const tell = (kind: number, at: number) => void counts.set(kind * 2 ** 32 + at, counted(kind, at) + 1);
  const bucketOf = (value: number) => Math.min(12, 32 - Math.clz32(value));

  function readUntil(end: number): void {
    for (; read < end; read++) {
      const subject = sequences.subjects[read]!;
      if (subject < 0) continue;
      tell(0, subject);
      tell(1, subjects.authors[subject]! + 1);
      tell(2, subjects.kinds[subject]!);
      const tags = valuesOf(subjects.tags, subject);
      for (let at = 0; at < Math.min(TAGS_MAX, tags.length); at++) tell(3, tags[at]!);
    }
  }

  function describe(list: number, subject: number, position: { readonly seen: number; readonly gap: number }): void {
    const kind = subjects.kinds[subject]!;
    const surface = pages.surfaces[list]!;
    const author = subjects.authors[subject]! + 1;
    count = 0;
    add(0, 0);
    add(1, kind, surface);
    add(2, subject);
    add(3, author);
    add(4, kind, Math.floor(pages.timesMs[list]! / HOUR_MS) % 24);
    add(5, bucketOf(position.seen), kind);
    add(6, position.gap, kind);
    add(7, bucketOf(counted(0, subject)), kind);
    if (author > 0) add(8, bucketOf(counted(1, author)));
    add(9, kind, shareOf(counted(2, kind), position.seen));
    const tags = valuesOf(subjects.tags, subject);
    for (let at = 0; at < Math.min(TAGS_MAX, tags.length); at++) {
      add(10, tags[at]!, surface);
      add(11, at, bucketOf(counted(3, tags[at]!)));
      add(12, at, shareOf(counted(3, tags[at]!), position.seen));
    }
    const mentions = valuesOf(subjects.mentions, subject);
    for (let at = 0; at < Math.min(2, mentions.length); at++) {
      add(13, mentions[at]!);
      add(14, bucketOf(counted(0, mentions[at]!)));
    }
    if (pages.queries[list]! >= 0) add(15, pages.queries[list]!, kind);
  }

  return {
    page(list, visit) {
      if (pages.users[list] !== user) {
        user = pages.users[list]!;
        read = sequences.offsets[user]!;
        counts.clear();
      }
      const first = sequences.offsets[user]!;
      const seen = pages.visible[list]!;
      readUntil(first + seen);
      const gap = seen === 0 ? 63 : timeGapBucket(pages.timesMs[list]! - sequences.timesMs[first + seen - 1]!);
      for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++) {
        describe(list, pages.subjects[place]!, { seen, gap });
        visit(place, features, count);
      }
    },
  };
}

/** Tenths of a share; 11 of nothing. */
function shareOf(part: number, whole: number): number {
  return whole === 0 ? 11 : Math.round((10 * part) / whole);
}

/** A mix of three numbers, 31 bits. */
function hashOf(kind: number, a: number, b: number): number {
  let hash = Math.imul(kind + 1, 0x9e3779b1) ^ Math.imul(a + 1, 0x85ebca6b) ^ Math.imul(b + 1, 0xc2b2ae35);
  hash = Math.imul(hash ^ (hash >>> 16), 0x7feb352d);
  hash = Math.imul(hash ^ (hash >>> 15), 0x846ca68b);
  return (hash ^ (hash >>> 16)) >>> 1;
}
