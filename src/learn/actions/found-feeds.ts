import type { TensorValue } from '../tensor/tensor-value.ts';
import { columnFeeds, emptyActionColumns, fillAction, type BatchNumbering } from './action-columns.ts';
import type { ActionSequences } from './action-sequences.ts';
import type { FittedActions } from './fit-actions.ts';
import type { HistorySearch } from './history-search.ts';
import type { ImpressionLists } from './impression-lists.ts';
import type { RankingRow } from './ranking-rows.ts';
import { timeGapBucket } from './time-gap.ts';

/** What feeds of a search are made of. */
export interface SearchedSource {
  readonly sequences: ActionSequences;
  readonly pages: ImpressionLists;
  readonly fitted: FittedActions;
}

/** Where the candidates of a batch stand. */
export interface BatchPlacing {
  /** What the rows' `from` and `to` count in. */
  readonly lists: Int32Array;
  readonly rows: readonly RankingRow[];
  /** Cells of a row. */
  readonly candidates: number;
}

/**
 * Fills `hardSearchInputs`: what each candidate's search finds in all that its page may see, however long ago. Cost: a search a
 * candidate, K × its categories; a user's index is made once and kept.
 */
export function foundFeeds(
  source: SearchedSource,
  { indexes, found: k }: HistorySearch & { readonly kind: 'hard' },
  { lists, rows, candidates }: BatchPlacing,
  numbering: BatchNumbering,
): Record<string, TensorValue> {
  const { sequences, pages } = source;
  const shape = [rows.length, candidates, k];
  const places = new Int32Array(rows.length * candidates * k);
  const intervals = new Int32Array(places.length);
  const hits = new Int32Array(k);
  /** Actions found so far; their number in the batch is their place here, from 1. */
  const numbers = new Map<number, number>();
  const users: number[] = [];
  rows.forEach((row, index) => {
    const first = sequences.offsets[row.user]!;
    const history = indexes.of(row.user, sequences.subjects.subarray(first, sequences.offsets[row.user + 1]));
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
  const cells = numbers.size + 1;
  const columns = emptyActionColumns(cells);
  for (const [action, number] of numbers) fillAction(columns, number, source, numbering, users[number - 1]!, action);
  return {
    ...columnFeeds(columns, 'found', [1, cells]),
    'found/places': { data: places, shape },
    'found/intervals': { data: intervals, shape },
  };
}

/**
 * Fills `longHistoryInputs`: of each row's user, the latest `reach` actions that its pages may see, for a soft search. Cost:
 * rows × the longest history, so rows of long histories go into small batches.
 */
export function longFeeds(
  source: SearchedSource,
  { found, reach }: HistorySearch & { readonly kind: 'soft' },
  { lists, rows, candidates }: BatchPlacing,
  numbering: BatchNumbering,
): Record<string, TensorValue> {
  const { sequences, pages } = source;
  const skipped = rows.map((row) => Math.max(0, row.stop - sequences.offsets[row.user]! - reach));
  const lengths = rows.map((row, index) => row.stop - sequences.offsets[row.user]! - skipped[index]!);
  // The search takes its K best of at least K.
  const length = Math.max(found, ...lengths);
  const columns = { ...emptyActionColumns(rows.length * length), seconds: new Int32Array(rows.length * length) };
  const visible = new Int32Array(rows.length * candidates);
  rows.forEach((row, index) => {
    const first = sequences.offsets[row.user]! + skipped[index]!;
    // The clock of the row's window, in which the candidates' times stand; older actions lie before its 0.
    const originMs = row.stop > row.start ? sequences.timesMs[row.start]! : pages.timesMs[lists[row.from]!]!;
    for (let at = first; at < row.stop; at++) {
      const cell = index * length + at - first;
      fillAction(columns, cell, source, numbering, row.user, at);
      columns.seconds[cell] = secondsFrom(originMs, sequences.timesMs[at]!);
    }
    let cell = index * candidates;
    for (let at = row.from; at < row.to; at++) {
      const list = lists[at]!;
      const seen = Math.max(0, pages.visible[list]! - skipped[index]!);
      const end = cell + pages.offsets[list + 1]! - pages.offsets[list]!;
      visible.fill(seen, cell, end);
      cell = end;
    }
  });
  return {
    ...columnFeeds(columns, 'long', [rows.length, length]),
    'long/visible': { data: visible, shape: [rows.length, candidates] },
  };
}

/** Whole seconds from a moment, below 0 before it. */
export function secondsFrom(originMs: number, timeMs: number): number {
  return Math.max(-0x4000_0000, Math.min(0x7fff_ffff, Math.round((timeMs - originMs) / 1000)));
}
