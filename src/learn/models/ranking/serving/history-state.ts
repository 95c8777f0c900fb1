import { secondsSince } from '../../../actions/ranking-feeds.ts';
import { historyStart } from '../../../actions/ranking-rows.ts';
import { createSearchIndex, type ActionSearchIndex, type SearchIndexOptions } from '../../../actions/search-index.ts';
import type { SearchKeys } from '../../../actions/search-keys.ts';
import { scaledValue, type FittedActions } from '../../../actions/fit-actions.ts';
import { timeGapBucket } from '../../../actions/time-gap.ts';
import { addRowsBehind, bytesOfColumns, columnView, growingColumns, type ColumnKind, type GrowingColumns } from './growing-columns.ts';

/** Actions of one user, the oldest first. All columns are `[actions]`. */
export interface UserActions {
  /** Rows of the ranker's subjects; 0 where an action is about none. */
  readonly subjects: Int32Array;
  /** Places in the manifest's `names.actions`. */
  readonly actions: Uint8Array;
  /** Places in `names.surfaces`. */
  readonly surfaces: Uint8Array;
  /** Milliseconds since the epoch, ascending. */
  readonly timesMs: Float64Array;
  /** Seconds of dwell, units of money; NaN for none. */
  readonly values: Float32Array;
  /** What was typed; null for nothing. */
  readonly queries: readonly (string | null)[];
}

/**
 * What is kept of a user's history: the latest stretch of it, as tokens and as encoded; of encoders that search, all that they search.
 * Never changes; later actions give a state of their own, which shares its memory.
 */
export interface HistoryState {
  /** Actions that the user did so far. */
  readonly total: number;
  /** Of those, how many the rows leave out, from the oldest on. */
  readonly skipped: number;
  /** Memory behind it, shared with the states that it was extended from. */
  readonly bytes: number;
  /** The first `total − skipped` of them are the state's. */
  readonly rows: GrowingColumns;
  /** What all actions so far come to: `MomentReader.told`. */
  readonly told: Float64Array;
  /** All of the rows by category; null of encoders that do not search by it. */
  readonly index: ActionSearchIndex | null;
}

/** How much of a history is kept. */
export interface KeptHistory {
  /** Actions of a stretch at most. */
  readonly maxLength: number;
  /** Latest actions that are searched; 0 of encoders that do not search. */
  readonly reach: number;
  /** Of a hard search. */
  readonly keys: SearchKeys | null;
}

/** Rows of a state that a page reads, the stretch: `from … to − 1`. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

const tokenKinds: Readonly<Record<string, ColumnKind>> = {
  timesMs: { type: 'float64', width: 1 },
  subjects: { type: 'int32', width: 1 },
  actions: { type: 'int32', width: 1 },
  surfaces: { type: 'int32', width: 1 },
  gaps: { type: 'int32', width: 1 },
  values: { type: 'float32', width: 1 },
  seconds: { type: 'int32', width: 1 },
};

/** Columns of a state: tokens, and what the encoder keeps. */
function stateColumns(kept: Readonly<Record<string, ColumnKind>>): GrowingColumns {
  return growingColumns({ ...tokenKinds, ...kept });
}

/** A state without actions. @param told of none */
export function emptyState(kept: Readonly<Record<string, ColumnKind>>, told: Float64Array): HistoryState {
  return { total: 0, skipped: 0, bytes: 0, rows: stateColumns(kept), told, index: null };
}

/** The latest actions, where a page of the whole model reads them. */
export function stretchOf({ total, skipped }: Pick<HistoryState, 'total' | 'skipped'>, maxLength: number): Stretch {
  return { from: historyStart(total, maxLength) - skipped, to: total - skipped };
}

/** Tokens by column, and the queries typed. */
export interface Tokens {
  readonly columns: Readonly<Record<string, Float64Array | Float32Array | Int32Array>>;
  readonly texts: readonly (string | null)[];
}

/**
 * A history after some more actions, before they are encoded.
 *
 * @returns what its state covers: `kept` rows of the state before stay as they are, `tokens` stand behind them
 */
export function laterTokens(
  state: HistoryState,
  later: UserActions,
  fitted: FittedActions,
  keeping: KeptHistory,
): { readonly total: number; readonly skipped: number; readonly kept: number; readonly tokens: Tokens } {
  const before = state.total - state.skipped;
  const total = state.total + later.actions.length;
  const skipped = rowsBegin(state.skipped, total, keeping);
  const moved = skipped > state.skipped;
  const oldFrom = moved ? Math.min(before, skipped - state.skipped) : before;
  const newFrom = Math.max(0, skipped - state.total);
  const olds = before - oldFrom;
  const count = olds + later.actions.length - newFrom;
  const int32 = () => new Int32Array(count);
  const columns = {
    timesMs: new Float64Array(count),
    subjects: int32(),
    actions: int32(),
    surfaces: int32(),
    gaps: int32(),
    values: new Float32Array(count),
    seconds: int32(),
  };
  if (olds > 0)
    for (const name of ['timesMs', 'subjects', 'actions', 'surfaces', 'gaps', 'values'] as const)
      columns[name].set(columnView(state.rows, name, oldFrom, before));
  let lastMs = before > 0 ? state.rows.data['timesMs']![before - 1]! : null;
  for (let at = 0; at < later.actions.length; at++) {
    const timeMs = later.timesMs[at]!;
    const to = olds + at - newFrom;
    if (to >= 0 && at >= newFrom) {
      columns.timesMs[to] = timeMs;
      columns.subjects[to] = later.subjects[at]!;
      columns.actions[to] = later.actions[at]! + 1;
      columns.surfaces[to] = later.surfaces[at]!;
      columns.gaps[to] = lastMs === null ? 0 : timeGapBucket(timeMs - lastMs);
      columns.values[to] = scaledValue(fitted, later.actions[at]!, later.values[at]!);
    }
    lastMs = timeMs;
  }
  const kept = moved ? 0 : before;
  const originMs = kept > 0 ? state.rows.data['timesMs']![0]! : (columns.timesMs[0] ?? 0);
  for (let at = 0; at < count; at++) columns.seconds[at] = secondsSince(originMs, columns.timesMs[at]!);
  const texts = [...state.rows.texts.slice(oldFrom, before), ...later.queries.slice(newFrom)];
  return { total, skipped, kept, tokens: { columns, texts } };
}

/**
 * How many actions the rows leave out: those before the stretch, which moves on by half its length; or, of what is searched, those out
 * of reach, once they are half as many as those within.
 */
function rowsBegin(before: number, total: number, { maxLength, reach }: KeptHistory): number {
  if (reach === 0) return historyStart(total, maxLength);
  const needed = Math.max(reach, maxLength);
  return total - before > needed + (needed >> 1) ? total - needed : before;
}

/** The state once its tokens are encoded. */
export function stateOf(
  before: HistoryState,
  later: Omit<ReturnType<typeof laterTokens>, 'tokens'> & { readonly tokens: Tokens; readonly told: Float64Array },
  encoded: Readonly<Record<string, Float32Array>>,
  { keys, reach }: KeptHistory,
): HistoryState {
  const { total, skipped, kept, tokens, told } = later;
  const rows = addRowsBehind(before.rows, kept, { ...tokens.columns, ...encoded }, tokens.texts);
  const index = keys === null ? null : indexed(rows, rows === before.rows ? before.index : null, { keys, reach });
  return { total, skipped, rows, told, index, bytes: bytesOfColumns(rows) + told.byteLength + (index?.bytes() ?? 0) };
}

/** An index of all rows: the one that the same rows had, extended, or a new one. */
function indexed(rows: GrowingColumns, before: ActionSearchIndex | null, options: SearchIndexOptions): ActionSearchIndex {
  const index = before ?? createSearchIndex(options);
  const subjects = rows.data['subjects']!;
  for (let at = index.length(); at < rows.used; at++) index.append(subjects[at]! === 0 ? -1 : subjects[at]!);
  return index;
}

/** The stretch of a state as tokens. */
export function tokensOf({ rows }: HistoryState, { from, to }: Stretch): Tokens {
  const names = ['subjects', 'actions', 'surfaces', 'gaps', 'values'];
  const timesMs = columnView(rows, 'timesMs', from, to);
  const seconds = Int32Array.from(timesMs, (timeMs) => secondsSince(timesMs[0]!, timeMs));
  return {
    columns: { ...Object.fromEntries(names.map((name) => [name, columnView(rows, name, from, to)])), seconds },
    texts: rows.texts.slice(from, to),
  };
}
