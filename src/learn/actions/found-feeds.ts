import type { TensorValue } from '../tensor/tensor-value.ts';
import type { ActionSequences, SubjectTable } from './action-sequences.ts';
import { scaledValue, type FittedActions } from './fit-actions.ts';
import type { ImpressionLists } from './impression-lists.ts';
import type { RankingRow } from './ranking-rows.ts';
import { createSearchIndexCache, type SearchIndexCache } from './search-index-cache.ts';
import { searchKeys, type SearchCategory } from './search-keys.ts';
import { timeGapBucket } from './time-gap.ts';

/** A hard search over the whole histories of users. */
export interface HardSearch {
  readonly indexes: SearchIndexCache;
  /** Actions found a candidate at most, K. */
  readonly found: number;
}

/** How a hard search is made, as it stands in a model's config. */
export interface HardSearchOptions {
  readonly categories: readonly SearchCategory[];
  readonly found: number;
  /** Latest actions of a history that are looked at. */
  readonly reach: number;
  /** Users whose index is kept. @default 4096 */
  readonly usersMax?: number;
}

/** A search over the subjects of a table. */
export function hardSearch(table: SubjectTable, { categories, found, reach, usersMax }: HardSearchOptions): HardSearch {
  const keys = searchKeys(table, categories);
  return { found, indexes: createSearchIndexCache({ keys, reach, ...(usersMax !== undefined && { usersMax }) }) };
}

/** Where the candidates of a batch stand, and how its subjects and queries are numbered. */
export interface FoundPlacing {
  /** What the rows' `from` and `to` count in. */
  readonly lists: Int32Array;
  readonly rows: readonly RankingRow[];
  /** Cells of a row. */
  readonly candidates: number;
  readonly subjectNumber: (subject: number) => number;
  readonly queryNumber: (query: number) => number;
}

/**
 * Fills `hardSearchInputs`: what each candidate's search finds in all that its page may see, however long ago. Cost: a search a
 * candidate, K × its categories; a user's index is made once and kept.
 */
export function foundFeeds(
  { sequences, pages, fitted }: { readonly sequences: ActionSequences; readonly pages: ImpressionLists; readonly fitted: FittedActions },
  { indexes, found: k }: HardSearch,
  { lists, rows, candidates, subjectNumber, queryNumber }: FoundPlacing,
): Record<string, TensorValue> {
  const shape = [rows.length, candidates, k];
  const places = new Int32Array(rows.length * candidates * k);
  const intervals = new Int32Array(places.length);
  const hits = new Int32Array(k);
  /** Actions found so far; their number in the batch is their place here, from 1. */
  const numbers = new Map<number, number>();
  const users: number[] = [];
  rows.forEach((row, index) => {
    const first = sequences.offsets[row.user]!;
    const history = indexes.of(row.user, { subjects: sequences.subjects.subarray(first, sequences.offsets[row.user + 1]) });
    let cell = index * candidates;
    for (let at = row.from; at < row.to; at++) {
      const list = lists[at]!;
      for (let place = pages.offsets[list]!; place < pages.offsets[list + 1]!; place++, cell++) {
        const count = history.search(pages.subjects[place]!, pages.visible[list]!, hits, 0, k);
        for (let hit = 0; hit < count; hit++) {
          const action = first + hits[hit]!;
          let number = numbers.get(action);
          if (number === undefined) {
            numbers.set(action, (number = numbers.size + 1));
            users.push(row.user);
          }
          places[cell * k + hit] = number;
          intervals[cell * k + hit] = timeGapBucket(pages.timesMs[list]! - sequences.timesMs[action]!);
        }
      }
    }
  });
  const rowsFound = numbers.size + 1;
  const columns = {
    subjects: new Int32Array(rowsFound),
    actions: new Int32Array(rowsFound),
    surfaces: new Int32Array(rowsFound),
    queries: new Int32Array(rowsFound),
    gaps: new Int32Array(rowsFound),
    values: new Float32Array(rowsFound),
  };
  for (const [action, number] of numbers) {
    columns.subjects[number] = subjectNumber(sequences.subjects[action]!);
    columns.actions[number] = sequences.actions[action]! + 1;
    columns.surfaces[number] = sequences.surfaces[action]!;
    columns.queries[number] = queryNumber(sequences.queries[action]!);
    columns.gaps[number] = gapBefore(sequences, users[number - 1]!, action);
    columns.values[number] = scaledValue(fitted, sequences.actions[action]!, sequences.values[action]!);
  }
  return {
    ...Object.fromEntries(Object.entries(columns).map(([name, data]) => [`found/${name}`, { data, shape: [1, rowsFound] }])),
    'found/places': { data: places, shape },
    'found/intervals': { data: intervals, shape },
  };
}

/** Bucket of the time since the user's action before, 0 for their first. */
export function gapBefore({ offsets, timesMs }: Pick<ActionSequences, 'offsets' | 'timesMs'>, user: number, at: number): number {
  return at === offsets[user] ? 0 : timeGapBucket(timesMs[at]! - timesMs[at - 1]!);
}
