import { surprise } from '../../learn/evaluation/binary/log-loss.ts';
import { entropyOfRate } from '../../learn/evaluation/binary/normalised-entropy.ts';
import type { CellData } from './cell-data.ts';
import { usersWith, type Evaluator } from './evaluator.ts';

/**
 * Log loss, −Σ (y log p + (1 − y) log(1 − p)) / n in nats, and normalised entropy, the log loss over the entropy of the cell's own rate (He et
 * al. 2014, eq. 1): 1 is what the rate alone gives. The sums of each user are found once; a resample costs O(users).
 */
export function entropyEvaluator({ rows, labels, scores, users, userCount }: CellData): Evaluator {
  const [losses, positives, counts] = [0, 1, 2].map(() => new Float64Array(userCount)) as [Float64Array, Float64Array, Float64Array];
  for (const row of rows) {
    const [user, label, score] = [users[row]!, labels[row]!, scores[row]!];
    // Written so that no 0 · log 0 can come of a label of 0 or 1.
    losses[user]! += label === 0 || label === 1 ? surprise(score, label) : label * surprise(score, 1) + (1 - label) * surprise(score, 0);
    positives[user]! += label;
    counts[user]!++;
  }
  const own = usersWith(counts);
  return {
    metrics: ['normalised entropy', 'log loss'],
    evaluate(draws, into, at) {
      let [loss, positive, count] = [0, 0, 0];
      for (let place = 0; place < own.length; place++) {
        const user = own[place]!;
        const times = draws[user]!;
        loss += times * losses[user]!;
        positive += times * positives[user]!;
        count += times * counts[user]!;
      }
      const entropy = entropyOfRate(positive / count);
      into[at] = entropy > 0 ? loss / count / entropy : NaN;
      into[at + 1] = count > 0 ? loss / count : NaN;
    },
  };
}
