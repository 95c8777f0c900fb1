import { constant } from '../../tensor/leaf.ts';
import { maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { customGradient } from '../../tensor/operators/flow.ts';
import { addRows, gatherRows, takeAlongAxis } from '../../tensor/operators/index-operators.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { normalizedItems, type ItemScoring } from '../similarity.ts';
import { reshape, slice } from '../../tensor/operators/shape.ts';
import { log, negate } from '../../tensor/operators/unary.ts';
import { softmax } from '../../tensor/operators/normalize.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Cross-entropy over all items: −log softmax(h Eᵀ)[target], one value a row.
 *
 * The gradient is written by hand: p − onehot is never built, and the row weights go to the `[rows, dim]` side, so the
 * `[rows, items]` matrix is written once (product) and rewritten once (softmax).
 *
 * @param hidden `[rows, dim]`
 * @param table `[items + 1, dim]`, row 0 is padding and no candidate
 * @param targets int32 `[rows]`, item index + 1
 * @returns `[rows]`. Cost: 3 products of rows × items × dim
 */
export function fullSoftmaxLoss(hidden: Tensor, table: Tensor, targets: Tensor, scoring: ItemScoring): Tensor {
  const { rows, items, scale } = normalizedItems(hidden, slice(table, 0, 1, 2 ** 31), scoring);
  const indices = subtract(targets, constant(1, { dtype: 'int32' }));
  const probabilities = softmax(matmul(rows, items, { transposeRight: true, scale }));
  const ofTarget = reshape(takeAlongAxis(probabilities, reshape(indices, [rows.shape[0]!, 1]), 1), [rows.shape[0]!]);
  // A probability may underflow to 0; the floor keeps the reported loss finite, the gradient does not use it.
  const loss = negate(log(maximum(ofTarget, constant(1e-37))));
  return customGradient(loss, [rows, items], (cotangent) => {
    const weights = multiply(reshape(cotangent, [rows.shape[0]!, 1]), constant(scale));
    const toRows = multiply(subtract(matmul(probabilities, items), gatherRows(items, indices)), weights);
    const weightedRows = multiply(rows, weights);
    const toItems = subtract(
      matmul(probabilities, weightedRows, { transposeLeft: true }),
      // By the targets as they are fed, row 0 cut off after: sums by a fed input are planned before the run.
      slice(addRows(weightedRows, targets, table.shape[0]!, table), 0, 1, 2 ** 31),
    );
    return [toRows, toItems];
  });
}
