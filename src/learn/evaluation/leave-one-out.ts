import type { InteractionSequences } from '../interaction-sequences.ts';
import { casesOfRows, keepFirstRows } from './evaluation-cases.ts';
import type { DataSplit } from './evaluation-cases.ts';
import { EvaluationError } from './evaluation-error.ts';

/** Fewer interactions than this, and a user only trains. */
const MINIMUM_LENGTH = 3;

/**
 * Leave-one-out: of each user's items the last is the test target, the last but one the validation target, the rest
 * trains. Users with fewer than 3 interactions train only. The test history includes the validation item.
 *
 * Nothing of a user's last two items is in `train`; other users' later interactions are, as the protocol has it.
 *
 * @throws EvaluationError `SPLIT_TOO_SHORT` when no user has 3 interactions
 */
export function splitLeaveOneOut(sequences: InteractionSequences): DataSplit {
  const { userCount, offsets } = sequences;
  const keptRows = new Int32Array(userCount);
  const validationRows = new Int32Array(userCount);
  const testRows = new Int32Array(userCount);
  let cases = 0;
  for (let user = 0; user < userCount; user++) {
    const length = offsets[user + 1]! - offsets[user]!;
    if (length < MINIMUM_LENGTH) {
      keptRows[user] = length;
      continue;
    }
    keptRows[user] = length - 2;
    validationRows[cases] = offsets[user + 1]! - 2;
    testRows[cases] = offsets[user + 1]! - 1;
    cases++;
  }
  if (cases === 0) {
    throw new EvaluationError(
      'SPLIT_TOO_SHORT',
      `Leave-one-out needs a user with at least ${MINIMUM_LENGTH} interactions, and none of the ${userCount} users has. Import more interactions.`,
      { fields: { userCount } },
    );
  }
  return {
    train: keepFirstRows(sequences, keptRows),
    validation: casesOfRows(sequences, validationRows.slice(0, cases), 'leave-one-out, validation (last item but one)'),
    test: casesOfRows(sequences, testRows.slice(0, cases), 'leave-one-out, test (last item)'),
  };
}
