import { NisusError } from '../../base/error.ts';
import type { SearchKeys } from './search-keys.ts';
import { markWidth } from './subject-features.ts';

/**
 * One user's actions by category, for the hard search of SIM (Pi et al. 2020, sec. 3.2: their user behaviour tree): made
 * once, extended as actions come. Actions are numbered from 0, the oldest first.
 */
export interface ActionSearchIndex {
  /** Actions so far: the number of the next. */
  length(): number;
  /** Memory of the index, about. */
  bytes(): number;
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
  /** Categories of every subject. */
  readonly keys: SearchKeys;
  /** A search looks at the actions `visible − reach … visible − 1`. @default 10_000 */
  readonly reach?: number;
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

/** Memory of a category beside its numbers, about. */
const BYTES_A_CATEGORY = 96;

/** An index without actions. Memory: four bytes an action and category, up to twice that while growing. */
export function createSearchIndex({ keys, reach = 10_000 }: SearchIndexOptions): ActionSearchIndex {
  const byKey = new Map<number, Postings>();
  let [length, places] = [0, 0];
  // Categories of the subject at hand; when it is sought, the postings of each and how many of them are still to be looked at.
  const own = new Int32Array(markWidth);
  const lists: Postings[] = [];
  const left = new Int32Array(markWidth);

  const read = (subject: number) => {
    const { count } = keys;
    if (subject >= count) throw new SearchSubjectError(subject, count);
    return keys.read(subject, own);
  };

  const post = (key: number, place: number) => {
    let postings = byKey.get(key);
    if (postings === undefined) {
      byKey.set(key, (postings = { places: new Int32Array(4), count: 0 }));
      places += 4;
    }
    if (postings.count === postings.places.length) {
      const larger = new Int32Array(postings.count * 2);
      larger.set(postings.places);
      postings.places = larger;
      places += postings.count;
    }
    postings.places[postings.count++] = place;
  };

  return {
    length: () => length,
    bytes: () => places * 4 + byKey.size * BYTES_A_CATEGORY,
    append(subject) {
      const count = subject < 0 ? 0 : read(subject);
      for (let at = 0; at < count; at++) post(own[at]!, length);
      length++;
    },
    search(subject, visible, into, at, k) {
      if (subject < 0) return 0;
      let listCount = 0;
      for (let key = 0, count = read(subject); key < count; key++) {
        const postings = byKey.get(own[key]!);
        if (postings === undefined) continue;
        left[listCount] = countBelow(postings, visible);
        lists[listCount++] = postings;
      }
      const oldest = visible - reach;
      let found = 0;
      while (found < k) {
        let latest = -1;
        for (let list = 0; list < listCount; list++) {
          if (left[list]! > 0) latest = Math.max(latest, lists[list]!.places[left[list]! - 1]!);
        }
        if (latest < 0 || latest < oldest) break;
        // An action of several categories stands in several lists.
        for (let list = 0; list < listCount; list++) {
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
