import { constant } from '../../tensor/leaf.ts';
import { add, maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { equal, where } from '../../tensor/operators/compare.ts';
import { customGradient } from '../../tensor/operators/flow.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { softmax } from '../../tensor/operators/normalize.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { concatenate, reshape, split } from '../../tensor/operators/shape.ts';
import { log, negate } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { maskedLogit } from '../causal.ts';
import { normalizedItems, type ItemScoring } from '../similarity.ts';

/** Negatives shared by all rows, with the log-probabilities under which they (and the targets) are drawn. */
export interface SharedNegatives {
  /** int32 `[negatives]`, item index + 1. */
  readonly items: Tensor;
  /** log Q of each negative, float32 `[negatives]`. */
  readonly logQ: Tensor;
  /** log Q of each row's target, float32 `[rows]`. */
  readonly targetLogQ: Tensor;
}

/**
 * Cross-entropy over the target and shared negatives, logits corrected by −log Q (Bengio & Senécal 2008; Yi et al. 2019,
 * eq. 3). Negatives are drawn with replacement, so by Bayes' rule an item y of the target and the negatives is the target
 * with a probability in proportion to P(y) · m / Q(y), m being how often it stands there: a negative that is the row's
 * target adds to the target (log m). Leaving it out, as is often done, makes the scores of popular items too high by log m.
 *
 * @param hidden `[rows, dim]`
 * @param table `[items + 1, dim]`
 * @param targets int32 `[rows]`, item index + 1
 * @returns `[rows]`. Cost: 3 products of rows × negatives × dim
 */
export function sampledSoftmaxLoss(
  hidden: Tensor,
  table: Tensor,
  targets: Tensor,
  negatives: SharedNegatives,
  scoring: ItemScoring,
): Tensor {
  const rowCount = hidden.shape[0]!;
  const negativeCount = negatives.items.shape[0]!;
  const own = normalizedItems(hidden, gatherRows(table, targets), scoring);
  const others = normalizedItems(hidden, gatherRows(table, negatives.items), scoring);
  const { rows, scale } = own;
  const [positive, negative] = [own.items, others.items];
  const corrected = subtract(matmul(rows, negative, { transposeRight: true, scale }), negatives.logQ);
  const isTarget = equal(reshape(targets, [rowCount, 1]), reshape(negatives.items, [1, negativeCount]));
  const hits = sum(where(isTarget, constant(1), constant(0)), { axes: [-1], keepDimensions: true });
  const positiveLogits = add(
    subtract(
      multiply(sum(multiply(rows, positive), { axes: [-1], keepDimensions: true }), constant(scale)),
      reshape(negatives.targetLogQ, [rowCount, 1]),
    ),
    log(add(hits, constant(1))),
  );
  const negativeLogits = where(isTarget, constant(maskedLogit), corrected);
  const probabilities = softmax(concatenate([positiveLogits, negativeLogits], 1));
  const [ofTarget, ofNegatives] = split(probabilities, 1, [1, negativeCount]) as [Tensor, Tensor];
  const loss = reshape(negate(log(maximum(ofTarget, constant(1e-37)))), [rowCount]);
  return customGradient(loss, [rows, positive, negative], (cotangent) => {
    const weights = multiply(reshape(cotangent, [rowCount, 1]), constant(scale));
    const toPositiveLogit = multiply(subtract(ofTarget, constant(1)), weights);
    const toRows = add(multiply(matmul(ofNegatives, negative), weights), multiply(positive, toPositiveLogit));
    return [toRows, multiply(rows, toPositiveLogit), matmul(ofNegatives, multiply(rows, weights), { transposeLeft: true })];
  });
}
