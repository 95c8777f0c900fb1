import type { TensorValue } from '../tensor/tensor-value.ts';
import type { ActionSequences } from './action-sequences.ts';
import { scaledValue, type FittedActions } from './fit-actions.ts';
import { timeGapBucket } from './time-gap.ts';

/** What the tokens of actions are made of, by the names of `TokenInputs`. */
export type ActionColumns = ReturnType<typeof emptyActionColumns>;

/** How the subjects and queries of a batch are numbered: from 1, 0 for none. */
export interface BatchNumbering {
  readonly subject: (subject: number) => number;
  readonly query: (query: number) => number;
}

/** Columns of so many cells, all padding. */
export function emptyActionColumns(cells: number) {
  return {
    subjects: new Int32Array(cells),
    actions: new Int32Array(cells),
    surfaces: new Int32Array(cells),
    queries: new Int32Array(cells),
    gaps: new Int32Array(cells),
    values: new Float32Array(cells),
  };
}

/**
 * Puts an action into a cell. What it says does not depend on the row that it stands in.
 *
 * @param user whose action it is
 * @param at its number in the sequences
 */
export function fillAction(
  columns: ActionColumns,
  cell: number,
  { sequences, fitted }: { readonly sequences: ActionSequences; readonly fitted: FittedActions },
  { subject, query }: BatchNumbering,
  user: number,
  at: number,
): void {
  columns.subjects[cell] = subject(sequences.subjects[at]!);
  columns.actions[cell] = sequences.actions[at]! + 1;
  columns.surfaces[cell] = sequences.surfaces[at]!;
  columns.queries[cell] = query(sequences.queries[at]!);
  columns.gaps[cell] = at === sequences.offsets[user] ? 0 : timeGapBucket(sequences.timesMs[at]! - sequences.timesMs[at - 1]!);
  columns.values[cell] = scaledValue(fitted, sequences.actions[at]!, sequences.values[at]!);
}

/** Columns as inputs `part/NAME`. */
export function columnFeeds(
  columns: Readonly<Record<string, Int32Array | Float32Array>>,
  part: string,
  shape: readonly number[],
): Record<string, TensorValue> {
  return Object.fromEntries(Object.entries(columns).map(([name, data]) => [`${part}/${name}`, { data, shape }]));
}
