import type { InteractionSequences } from '../interaction-sequences.ts';

/**
 * What is to be predicted: one case is a user's history up to a moment and the item that came next.
 *
 * Histories are bounds into the full sequences and cost no copy: the history of case `c` is
 * `sequences.items[historyStarts[c]] … sequences.items[historyEnds[c] - 1]`, oldest first. Cases stand in order of
 * user, so that the cases of one user are neighbours.
 */
export interface EvaluationCases {
  /** What was cut and how, as it stands in the report's protocol. */
  readonly split: string;
  /** All interactions, those of training, validation and test. */
  readonly sequences: InteractionSequences;
  /** `[cases]`, user index, ascending. */
  readonly users: Int32Array;
  /** `[cases]`, first row of the history in `sequences.items`. */
  readonly historyStarts: Int32Array;
  /** `[cases]`, row after the last of the history. */
  readonly historyEnds: Int32Array;
  /** `[cases]`, the item that came next. */
  readonly targets: Int32Array;
  /** `[cases]`, the target's time in milliseconds since the epoch; null where the data has no times. */
  readonly requestTimesMs: Float64Array | null;
}

/** Interactions cut into what a model may learn from and what it is asked. */
export interface DataSplit {
  /** Same users and items (same indices) as the full sequences, fewer rows. */
  readonly train: InteractionSequences;
  readonly validation: EvaluationCases;
  readonly test: EvaluationCases;
}

/**
 * Cases whose targets are the given rows of the sequences; the history of each is all that stands before it.
 *
 * @param targetRows ascending rows of `sequences.items`
 */
export function casesOfRows(sequences: InteractionSequences, targetRows: Int32Array, split: string): EvaluationCases {
  const count = targetRows.length;
  const users = new Int32Array(count);
  const historyStarts = new Int32Array(count);
  const targets = new Int32Array(count);
  const requestTimesMs = sequences.timesMs === null ? null : new Float64Array(count);
  let user = 0;
  for (let index = 0; index < count; index++) {
    const row = targetRows[index]!;
    while (sequences.offsets[user + 1]! <= row) user++;
    users[index] = user;
    historyStarts[index] = sequences.offsets[user]!;
    targets[index] = sequences.items[row]!;
    if (requestTimesMs !== null) requestTimesMs[index] = sequences.timesMs![row]!;
  }
  return { split, sequences, users, historyStarts, historyEnds: targetRows, targets, requestTimesMs };
}

/**
 * The same users with only the first `keptRows[u]` rows of each user `u`. Copies what it keeps.
 *
 * @param keptRows `[userCount]`
 */
export function keepFirstRows(sequences: InteractionSequences, keptRows: Int32Array): InteractionSequences {
  const { userCount, itemCount } = sequences;
  const offsets = new Int32Array(userCount + 1);
  for (let user = 0; user < userCount; user++) offsets[user + 1] = offsets[user]! + keptRows[user]!;
  const items = new Int32Array(offsets[userCount]!);
  const timesMs = sequences.timesMs === null ? null : new Float64Array(items.length);
  for (let user = 0; user < userCount; user++) {
    const from = sequences.offsets[user]!;
    items.set(sequences.items.subarray(from, from + keptRows[user]!), offsets[user]!);
    timesMs?.set(sequences.timesMs!.subarray(from, from + keptRows[user]!), offsets[user]!);
  }
  return { userCount, itemCount, offsets, items, timesMs };
}
