import type { InteractionSequences } from '../interaction-sequences.ts';
import { casesOfRows, keepFirstRows } from './evaluation-cases.ts';
import type { DataSplit } from './evaluation-cases.ts';
import { EvaluationError } from './evaluation-error.ts';

export interface TimeSplitOptions {
  /** Share of the interactions before validation begins, in (0, 1). @default 0.8 */
  readonly validationFrom?: number;
  /** Share of the interactions before the test begins, in (validationFrom, 1). @default 0.9 */
  readonly testFrom?: number;
  /**
   * `first`: each user's first interaction in a period, asked with what the user did before the period. `all`: every
   * interaction of the period, each asked with all that the user did before it. @default 'first'
   */
  readonly targets?: 'first' | 'all';
}

/**
 * Time split: two moments for all users. What happened before the first trains; what happened from the first to before
 * the second is asked in validation; what happened from the second on is asked in the test, with histories that
 * include the validation period. Nothing at or after the first moment is in `train`, whosever it is.
 *
 * The moments are the times of the interactions at the given shares of the time order; interactions of one time stay on
 * one side. Targets of users who did nothing before them are left out.
 *
 * @throws EvaluationError `SPLIT_TIMES_MISSING` without times, `SPLIT_TIMES_UNORDERED` when a user's times go back,
 *   `SPLIT_SHARES` for shares out of range, `SPLIT_EMPTY_PERIOD` when a period has no interaction to train on or to ask
 */
export function splitByTime(sequences: InteractionSequences, options: TimeSplitOptions = {}): DataSplit {
  const { validationFrom = 0.8, testFrom = 0.9, targets = 'first' } = options;
  const times = sequences.timesMs;
  if (times === null) {
    throw new EvaluationError(
      'SPLIT_TIMES_MISSING',
      'A time split needs a time for each interaction, and this data has only their order. Use the leave-one-out split, or import a column of times.',
    );
  }
  if (!(validationFrom > 0 && validationFrom < testFrom && testFrom < 1)) {
    throw new EvaluationError(
      'SPLIT_SHARES',
      `The shares of a time split must be 0 < validationFrom < testFrom < 1, and are ${validationFrom} and ${testFrom}.`,
      { fields: { validationFrom, testFrom } },
    );
  }
  requireOrder(sequences, times);

  const sorted = times.slice().sort();
  const validationMs = sorted[Math.floor(validationFrom * sorted.length)] ?? Number.NaN;
  const testMs = sorted[Math.floor(testFrom * sorted.length)] ?? Number.NaN;
  const { userCount, offsets } = sequences;
  const keptRows = new Int32Array(userCount);
  const validationRows: number[] = [];
  const testRows: number[] = [];
  for (let user = 0; user < userCount; user++) {
    const start = offsets[user]!;
    const end = offsets[user + 1]!;
    let validationStart = start;
    while (validationStart < end && times[validationStart]! < validationMs) validationStart++;
    let testStart = validationStart;
    while (testStart < end && times[testStart]! < testMs) testStart++;
    keptRows[user] = validationStart - start;
    pushTargets(validationRows, validationStart, testStart, start, targets);
    pushTargets(testRows, testStart, end, start, targets);
  }

  const train = keepFirstRows(sequences, keptRows);
  for (const [period, size] of [
    ['training', train.items.length],
    ['validation', validationRows.length],
    ['test', testRows.length],
  ] as const) {
    if (size > 0) continue;
    throw new EvaluationError(
      'SPLIT_EMPTY_PERIOD',
      `The time split at ${describe(validationMs)} and ${describe(testMs)} leaves nothing for ${period}. Choose other shares than ${validationFrom} and ${testFrom}.`,
      { fields: { period, validationMs, testMs } },
    );
  }
  const which = targets === 'first' ? 'first item of each user with a history' : 'every item of users with a history';
  return {
    train,
    validation: casesOfRows(
      sequences,
      Int32Array.from(validationRows),
      `time split, validation (${which} from ${describe(validationMs)} to before ${describe(testMs)})`,
    ),
    test: casesOfRows(sequences, Int32Array.from(testRows), `time split, test (${which} from ${describe(testMs)} on)`),
  };
}

function pushTargets(rows: number[], from: number, to: number, userStart: number, targets: 'first' | 'all'): void {
  // A first-ever interaction has no history to predict it from.
  const first = targets === 'all' ? Math.max(from, userStart + 1) : from;
  if (first === userStart) return;
  const end = targets === 'all' ? to : Math.min(to, first + 1);
  for (let row = first; row < end; row++) rows.push(row);
}

function requireOrder(sequences: InteractionSequences, times: Float64Array): void {
  for (let user = 0; user < sequences.userCount; user++) {
    for (let row = sequences.offsets[user]!; row < sequences.offsets[user + 1]!; row++) {
      const before = row > sequences.offsets[user]! ? times[row - 1]! : Number.NEGATIVE_INFINITY;
      if (times[row]! >= before) continue;
      throw new EvaluationError(
        'SPLIT_TIMES_UNORDERED',
        `A user's interactions must stand in time order: row ${row} of user ${user} has time ${times[row]} after ${before}. Sort the interactions.`,
        { fields: { user, row } },
      );
    }
  }
}

function describe(timeMs: number): string {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : `${timeMs} ms`;
}
