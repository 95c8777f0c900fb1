import { createSearchIndex, type ActionSearchIndex, type SearchIndexOptions } from './search-index.ts';

/** What is known of a user's history: actions `first … first + subjects.length − 1`, by subject, −1 for none. */
export interface KnownHistory {
  /** Number of the first action given; older ones need not be at hand. @default 0 */
  readonly first?: number;
  readonly subjects: Int32Array;
}

/** Search indexes of the users asked for last. */
export interface SearchIndexCache {
  /**
   * A user's index, which knows all of the actions given: the cached one, extended by what it does not know yet, or a new
   * one. Histories only grow: an action keeps its number and its subject.
   */
  of(user: number | string, history: KnownHistory): ActionSearchIndex;
  /** Users that have an index now. */
  size(): number;
}

/** How indexes are cached. */
export interface SearchIndexCacheOptions extends SearchIndexOptions {
  /** Users kept; who was asked for longest ago goes first. @default 4096 */
  readonly usersMax?: number;
}

/** An empty cache: the first stage of SIM's serving, where a user's index lives from request to request. */
export function createSearchIndexCache({ usersMax = 4096, ...options }: SearchIndexCacheOptions): SearchIndexCache {
  // A map keeps the order of insertion: the first is the one asked for longest ago.
  const indexes = new Map<number | string, ActionSearchIndex>();
  return {
    of(user, { first = 0, subjects }) {
      let index = indexes.get(user);
      indexes.delete(user);
      // Actions between those known and those given are lost: they cannot be numbered without a new beginning.
      if (index === undefined || index.length() < first) {
        index = createSearchIndex(options);
        for (let missing = 0; missing < first; missing++) index.append(-1);
      }
      for (let at = index.length() - first; at < subjects.length; at++) index.append(subjects[at]!);
      indexes.set(user, index);
      if (indexes.size > usersMax) indexes.delete(indexes.keys().next().value!);
      return index;
    },
    size: () => indexes.size,
  };
}
