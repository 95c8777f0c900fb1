import { createSearchIndex, type ActionSearchIndex, type SearchIndexOptions } from './search-index.ts';

/** Search indexes of the users asked for last. */
export interface SearchIndexCache {
  /**
   * A user's index, which knows all of the actions given: the cached one, extended by what it does not know yet, or a new
   * one. Histories only grow: an action keeps its number and its subject.
   *
   * @param subjects of the user's actions, the oldest first, −1 for none
   */
  of(user: number, subjects: Int32Array): ActionSearchIndex;
  /** Users that have an index now. */
  size(): number;
}

/** How indexes are cached. */
export interface SearchIndexCacheOptions extends SearchIndexOptions {
  /** Users kept; who was asked for longest ago goes first. @default 4096 */
  readonly usersMax?: number;
}

/** An empty cache: pages of one user are searched for with one index. */
export function createSearchIndexCache({ usersMax = 4096, ...options }: SearchIndexCacheOptions): SearchIndexCache {
  // A map keeps the order of insertion: the first is the one asked for longest ago.
  const indexes = new Map<number, ActionSearchIndex>();
  return {
    of(user, subjects) {
      const index = indexes.get(user) ?? createSearchIndex(options);
      for (let at = index.length(); at < subjects.length; at++) index.append(subjects[at]!);
      indexes.delete(user);
      indexes.set(user, index);
      if (indexes.size > usersMax) indexes.delete(indexes.keys().next().value!);
      return index;
    },
    size: () => indexes.size,
  };
}
