import { createSearchIndexCache, type SearchIndexCache } from './search-index-cache.ts';
import { searchKeys, type SearchCategory } from './search-keys.ts';
import type { SubjectFeatures } from './subject-features.ts';

/** How SIM searches a user's whole history, as it stands in a model's config. */
export type HistorySearchOptions =
  | {
      readonly kind: 'hard';
      readonly categories: readonly SearchCategory[];
      /** Actions found a candidate at most, K. */
      readonly found: number;
      /** Latest actions of a history that are looked at. */
      readonly reach: number;
    }
  | { readonly kind: 'soft'; readonly found: number; readonly reach: number };

/** A search made ready: what `rankingFeeds` needs beside the data. */
export type HistorySearch =
  | { readonly kind: 'hard'; readonly indexes: SearchIndexCache; readonly found: number; readonly reach: number }
  | { readonly kind: 'soft'; readonly found: number; readonly reach: number };

/**
 * Makes a search ready. A hard one keeps an index a user, made when first asked for and extended as the history grows; a soft
 * one happens inside the graph, which is fed the histories.
 *
 * @param subjects those of the source, whose numbers the actions name
 * @param options.usersMax users whose index is kept; default 4096
 */
export function historySearch(
  subjects: Pick<SubjectFeatures, 'marks'>,
  search: HistorySearchOptions,
  options: { readonly usersMax?: number } = {},
): HistorySearch {
  if (search.kind === 'soft') return { kind: 'soft', found: search.found, reach: search.reach };
  const keys = searchKeys(subjects, search.categories);
  return {
    kind: 'hard',
    found: search.found,
    reach: search.reach,
    indexes: createSearchIndexCache({ keys, reach: search.reach, ...options }),
  };
}
