import { secondsSince } from '../../../actions/ranking-feeds.ts';
import { historyStart } from '../../../actions/ranking-rows.ts';
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
 * What is kept of a user's history: the latest stretch of it, as tokens and as encoded. Never changes; later actions give a
 * state of their own, which shares its memory.
 */
export interface HistoryState {
  /** Actions that the user did so far. */
  readonly total: number;
  /** Of those, how many the stretch leaves out, from the oldest on. */
  readonly skipped: number;
  /** Memory behind it, shared with the states that it was extended from. */
  readonly bytes: number;
  /** Its first `total − skipped` rows are the stretch. */
  readonly rows: GrowingColumns;
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
export function stateColumns(kept: Readonly<Record<string, ColumnKind>>): GrowingColumns {
  return growingColumns({ ...tokenKinds, ...kept });
}

/** Tokens by column, and the queries typed. */
export interface Tokens {
  readonly columns: Readonly<Record<string, Float64Array | Float32Array | Int32Array>>;
  readonly texts: readonly (string | null)[];
}

/**
 * A history after some more actions, before they are encoded.
 *
 * @returns the stretch that its state covers: `kept` rows of the state before stay as they are, `tokens` stand behind them
 */
export function laterStretch(
  state: HistoryState,
  later: UserActions,
  fitted: FittedActions,
  maxLength: number,
): { readonly total: number; readonly skipped: number; readonly kept: number; readonly tokens: Tokens } {
  const before = state.total - state.skipped;
  const total = state.total + later.actions.length;
  const skipped = historyStart(total, maxLength);
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

/** The state of a stretch once its tokens are encoded. */
export function stateOf(
  rows: GrowingColumns,
  stretch: ReturnType<typeof laterStretch>,
  encoded: Readonly<Record<string, Float32Array>>,
): HistoryState {
  const grown = addRowsBehind(rows, stretch.kept, { ...stretch.tokens.columns, ...encoded }, stretch.tokens.texts);
  return { total: stretch.total, skipped: stretch.skipped, rows: grown, bytes: bytesOfColumns(grown) };
}
