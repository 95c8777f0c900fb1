import { NisusError } from '../../base/error.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import type { ActionSequences } from './action-sequences.ts';
import type { ImpressionLists } from './impression-lists.ts';

/** Thrown when nothing that was done counts as a target. Code `NEXT_ACTION_TARGETS`. */
export class NextActionTargetsError extends NisusError {
  constructor(named: readonly string[], known: readonly string[]) {
    super(
      'NEXT_ACTION_TARGETS',
      `No action with a subject is one of the targets (${named.join(', ')}); the data has ${known.join(', ')}. Name others as targets, or take data in which they occur.`,
      { fields: { named, known } },
    );
  }
}

/**
 * What is to be foretold: whom a user's next positive action was about, at each such action. In order of user, then as in
 * {@link ActionSequences}; all columns are `[targets]` but `offsets`.
 */
export interface NextActionTargets {
  readonly userCount: number;
  /** `[userCount + 1]`, ascending, first 0. */
  readonly offsets: Int32Array;
  readonly users: Int32Array;
  /** What the action was about, an index into the subject table; never −1. */
  readonly subjects: Int32Array;
  /** Codes of `ActionVocabulary.actions`. */
  readonly actions: Uint8Array;
  /** When it was done: also the moment at which it is asked for. */
  readonly timesMs: Float64Array;
  /** How many of the user's actions came before it, of whatever kind. */
  readonly visible: Int32Array;
}

/**
 * Finds the targets. Positive actions about one subject in a row (a click, then an order) count once, the first of them: a
 * model that foretold the second from the first would have learnt nothing. Actions in between that are no targets (dwell,
 * like) do not break the row.
 *
 * @param named names of the actions that count; those that the data does not have are passed over
 * @throws {NextActionTargetsError} where none is found
 */
export function nextActionTargets(sequences: ActionSequences, named: readonly string[]): NextActionTargets {
  const { vocabulary, userCount } = sequences;
  const counts = vocabulary.actions.map((action) => named.includes(action));
  const rows = new Int32Array(sequences.actions.length);
  const offsets = new Int32Array(userCount + 1);
  let count = 0;
  for (let user = 0; user < userCount; user++) {
    let latest = -1;
    for (let at = sequences.offsets[user]!; at < sequences.offsets[user + 1]!; at++) {
      const subject = sequences.subjects[at]!;
      if (subject < 0 || subject === latest || !counts[sequences.actions[at]!]) continue;
      latest = subject;
      rows[count++] = at;
    }
    offsets[user + 1] = count;
  }
  if (count === 0) throw new NextActionTargetsError(named, vocabulary.actions);
  const users = new Int32Array(count);
  const visible = new Int32Array(count);
  for (let user = 0; user < userCount; user++) {
    for (let target = offsets[user]!; target < offsets[user + 1]!; target++) {
      users[target] = user;
      visible[target] = rows[target]! - sequences.offsets[user]!;
    }
  }
  return {
    userCount,
    offsets,
    users,
    subjects: Int32Array.from({ length: count }, (_, at) => sequences.subjects[rows[at]!]!),
    actions: Uint8Array.from({ length: count }, (_, at) => sequences.actions[rows[at]!]!),
    timesMs: Float64Array.from({ length: count }, (_, at) => sequences.timesMs[rows[at]!]!),
    visible,
  };
}

/**
 * Each target as a page that asks "what next?": one place, and nothing on it but the moment. So all that pages have, the
 * cutting into rows, the restriction to domains, the candidates' look at what was visible, holds for targets too.
 */
export function pagesOfTargets({ subjects, users, timesMs, visible }: NextActionTargets): ImpressionLists {
  const count = subjects.length;
  return {
    listCount: count,
    offsets: Int32Array.from({ length: count + 1 }, (_, at) => at),
    users,
    timesMs,
    surfaces: new Uint8Array(count),
    queries: new Int32Array(count).fill(-1),
    visible,
    subjects: new Int32Array(count).fill(-1),
    positions: new Uint16Array(count),
    propensities: new Float32Array(count).fill(NaN),
  };
}

/** The targets as plain interactions, row `i` being target `i`: for splits, and for models that know items alone. */
export function interactionsOfTargets(targets: NextActionTargets, subjectCount: number): InteractionSequences {
  const { userCount, offsets, subjects, timesMs } = targets;
  return { userCount, itemCount: subjectCount, offsets, items: subjects, timesMs };
}

/** Numbers of the targets that a split left for training: the first of each user. @param train `DataSplit.train` */
export function trainingTargets({ offsets }: NextActionTargets, train: Pick<InteractionSequences, 'offsets'>): Int32Array {
  const chosen = new Int32Array(train.offsets.at(-1)!);
  let at = 0;
  for (let user = 0; user + 1 < offsets.length; user++) {
    const kept = train.offsets[user + 1]! - train.offsets[user]!;
    for (let target = 0; target < kept; target++) chosen[at++] = offsets[user]! + target;
  }
  return chosen;
}
