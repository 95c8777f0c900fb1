import { constant } from '../../tensor/leaf.ts';
import { add, divide, multiply } from '../../tensor/operators/binary.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { expandDimension, reshape } from '../../tensor/operators/shape.ts';
import { logSigmoid, negate, softplus } from '../../tensor/operators/unary.ts';
import { ShapeError, type Tensor } from '../../tensor/tensor.ts';
import { normalizedItems, type ItemScoring } from '../similarity.ts';

/**
 * Binary cross-entropy of the target against negatives: −log σ(s⁺) − Σ log(1 − σ(s⁻)) (Kang & McAuley 2018, eq. 5).
 *
 * @param hidden `[rows, dim]`
 * @param table `[items + 1, dim]`
 * @param targets int32 `[rows]`, item index + 1
 * @param negatives int32 `[rows, k]` (each row its own) or `[k]` (shared by all rows)
 * @returns `[rows]`
 */
export function binaryCrossEntropyLoss(hidden: Tensor, table: Tensor, targets: Tensor, negatives: Tensor, scoring: ItemScoring): Tensor {
  return generalized(hidden, table, targets, negatives, scoring, 1);
}

/**
 * gBCE (Petrov & Macdonald 2023, eq. 10 and 13): the positive's probability is raised to β, which undoes the
 * overconfidence that negative sampling brings; β = α(t(1 − 1/α) + 1/α) with α = k / (items − 1). Divided by k + 1.
 *
 * @param calibration t in [0, 1]: 0 is plain BCE, 1 fully calibrated
 * @returns `[rows]`
 */
export function generalizedBinaryCrossEntropyLoss(
  hidden: Tensor,
  table: Tensor,
  targets: Tensor,
  negatives: Tensor,
  scoring: ItemScoring,
  calibration: number,
): Tensor {
  const count = negatives.shape.at(-1);
  const rows = table.shape[0];
  if (typeof count !== 'number' || typeof rows !== 'number')
    throw new ShapeError('gBCE', [negatives, table], 'needs a fixed number of negatives and items');
  const rate = count / (rows - 2);
  const beta = rate * (calibration * (1 - 1 / rate) + 1 / rate);
  return divide(generalized(hidden, table, targets, negatives, scoring, beta), constant(count + 1));
}

function generalized(hidden: Tensor, table: Tensor, targets: Tensor, negatives: Tensor, scoring: ItemScoring, beta: number): Tensor {
  const own = normalizedItems(hidden, gatherRows(table, targets), scoring);
  const positive = multiply(sum(multiply(own.rows, own.items), { axes: [-1] }), constant(own.scale));
  const others = normalizedItems(hidden, gatherRows(table, negatives), scoring);
  const negative =
    negatives.shape.length === 1
      ? matmul(others.rows, others.items, { transposeRight: true, scale: others.scale })
      : reshape(matmul(expandDimension(others.rows, 1), others.items, { transposeRight: true, scale: others.scale }), negatives.shape);
  return add(multiply(negate(logSigmoid(positive)), constant(beta)), sum(softplus(negative), { axes: [-1] }));
}
