import { NisusError } from '../../base/error.ts';
import type { RaggedIndices } from './action-sequences.ts';

/**
 * One user's actions by category, for the hard search of SIM (Pi et al. 2020, sec. 3.2: their user behaviour tree): made
 * once, extended as actions come. Actions are numbered from 0, the oldest first.
 */
export interface ActionSearchIndex {
  /** Actions so far, forgotten ones too: the number of the next. */
  length(): number;
  /** Numbers of actions held in memory now, an action of several categories several times. */
  held(): number;
  /** The user's next action; −1, or a subject without categories, is counted and never found. Cost: its categories. */
  append(subject: number): void;
  /**
   * The latest actions that share a category with a subject, the latest first.
   *
   * @param visible actions from this number on are not looked at
   * @param into gets their numbers
   * @param at first place to write
   * @param k how many at most
   * @returns how many were found. Cost: k × categories of the subject
   */
  search(subject: number, visible: number, into: Int32Array, at: number, k: number): number;
}

/** How an index is made. */
export interface SearchIndexOptions {
  /** Categories of every subject (`searchKeys`). */
  readonly keys: RaggedIndices;
  /** A search looks at the actions `visible − reach … visible − 1`. @default 10_000 */
  readonly reach?: number;
  /** Whether actions that lie more than `reach` before the last are dropped, as when serving, so that memory stays bounded. @default false */
  readonly forgets?: boolean;
}

/** Thrown when an index is asked about a subject that its categories do not cover. */
export class SearchSubjectError extends NisusError {
  constructor(subject: number, count: number) {
    super('SEARCH_SUBJECT', `subject ${subject} has no categories: the table has subjects 0 to ${count - 1}; make searchKeys anew`, {
      fields: { subject, count },
    });
  }
}

/** Numbers of the actions of one category, ascending: `places[0 … count − 1]`. */
interface Postings {
  places: Int32Array;
  count: number;
}

/** An index without actions. Memory: four bytes an action and category, up to twice that while growing. */
export function createSearchIndex({ keys, reach = 10_000, forgets = false }: SearchIndexOptions): ActionSearchIndex {
  const { offsets, values } = keys;
  const subjects = offsets.length - 1;
  const byKey = new Map<number, Postings>();
  let length = 0;
  let sweptAt = 0;
  // Postings of the subject sought, and how many of each are still to be looked at.
  let lists: Postings[] = [];
  let left = new Int32Array(16);

  const post = (key: number, place: number) => {
    let postings = byKey.get(key);
    if (postings === undefined) byKey.set(key, (postings = { places: new Int32Array(4), count: 0 }));
    if (postings.count === postings.places.length) {
      if (forgets) dropForgotten(postings, length - reach);
      if (postings.count * 2 > postings.places.length) {
        const larger = new Int32Array(postings.places.length * 2);
        larger.set(postings.places);
        postings.places = larger;
      }
    }
    postings.places[postings.count++] = place;
  };

  // Once in `reach` actions all lists are looked through, so that one that is never added to does not stay.
  const sweep = () => {
    sweptAt = length;
    for (const [key, postings] of byKey) {
      dropForgotten(postings, length - reach);
      if (postings.count === 0) byKey.delete(key);
    }
  };

  return {
    length: () => length,
    held: () => byKey.values().reduce((sum, { count }) => sum + count, 0),
    append(subject) {
      if (subject >= subjects) throw new SearchSubjectError(subject, subjects);
      if (subject >= 0) for (let at = offsets[subject]!; at < offsets[subject + 1]!; at++) post(values[at]!, length);
      length++;
      if (forgets && length - sweptAt >= reach) sweep();
    },
    search(subject, visible, into, at, k) {
      if (subject < 0) return 0;
      if (subject >= subjects) throw new SearchSubjectError(subject, subjects);
      const from = offsets[subject]!;
      const end = offsets[subject + 1]!;
      if (left.length < end - from) left = new Int32Array(2 * (end - from));
      lists = [];
      for (let key = from; key < end; key++) {
        const postings = byKey.get(values[key]!);
        if (postings === undefined) continue;
        left[lists.length] = countBelow(postings, visible);
        lists.push(postings);
      }
      const oldest = visible - reach;
      let found = 0;
      while (found < k) {
        let latest = -1;
        for (let list = 0; list < lists.length; list++) {
          if (left[list]! > 0) latest = Math.max(latest, lists[list]!.places[left[list]! - 1]!);
        }
        if (latest < 0 || latest < oldest) break;
        // An action of several categories stands in several lists.
        for (let list = 0; list < lists.length; list++) {
          if (left[list]! > 0 && lists[list]!.places[left[list]! - 1] === latest) left[list]!--;
        }
        into[at + found++] = latest;
      }
      return found;
    },
  };
}

function countBelow({ places, count }: Postings, bound: number): number {
  let low = 0;
  let high = count;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle]! < bound) low = middle + 1;
    else high = middle;
  }
  return low;
}

function dropForgotten(postings: Postings, oldest: number): void {
  const forgotten = countBelow(postings, oldest);
  if (forgotten === 0) return;
  postings.count -= forgotten;
  // Into a fitting array: what has become short is not kept long.
  const places = new Int32Array(Math.max(4, postings.count + (postings.count >> 1)));
  places.set(postings.places.subarray(forgotten, forgotten + postings.count));
  postings.places = places;
}
