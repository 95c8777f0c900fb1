import { zeros } from '../../tensor/initializers.ts';
import { constant } from '../../tensor/leaf.ts';
import { multiply } from '../../tensor/operators/binary.ts';
import { equal, where } from '../../tensor/operators/compare.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { broadcastTo, concatenate, reshape } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { linear } from '../linear.ts';
import { normalizedItems, type ItemScoring } from '../similarity.ts';
import { jointRankingCalibrationLogits } from './joint-ranking-calibration.ts';
import { listLoss, outputsPerPlace, type ListLossConfig } from './list-loss.ts';

/**
 * A list loss for next items: each row's list is its target, label 1, and shared negatives, label 0. A negative that is
 * the row's target is no place of its list.
 *
 * Negatives are meant to be drawn uniformly: list losses take no log Q, and with uniform draws none is needed, for it would
 * be one number for all places. What a loss says of probabilities holds for lists like these: one target among so many.
 *
 * JRC wants two logits a place, and the model gives one score s. That score is their difference, as {@link rankingScore}
 * has it, so serving and evaluation need nothing else; the logit of "not clicked" is bilinear in the row and the item,
 * s⁰ = (W h + b) · e, with parameters `notClicked` that only training has and that start at 0. s¹ = s⁰ + s.
 *
 * @param hidden `[rows, dim]`
 * @param table `[items + 1, dim]`
 * @param targets int32 `[rows]`, item index + 1
 * @param negatives int32 `[k]`, item index + 1; shared by all rows
 * @returns `[rows]`. Cost: a product of rows × k × dim, and that of the loss over lists of k + 1 places; ApproxNDCG and
 * LambdaLoss hold rows × (k + 1)² numbers several times over, unless truncated
 */
export function sampledListLoss(
  hidden: Tensor,
  table: Tensor,
  targets: Tensor,
  negatives: Tensor,
  scoring: ItemScoring,
  config: ListLossConfig,
): Tensor {
  const [rowCount, negativeCount] = [hidden.shape[0]!, negatives.shape[0]!];
  const own = normalizedItems(hidden, gatherRows(table, targets), scoring);
  const others = normalizedItems(hidden, gatherRows(table, negatives), scoring);
  const scoresOf = (rows: Tensor) => {
    const ofTarget = multiply(sum(multiply(rows, own.items), { axes: [-1], keepDimensions: true }), constant(own.scale));
    return concatenate([ofTarget, matmul(rows, others.items, { transposeRight: true, scale: others.scale })], 1);
  };
  const score = scoresOf(own.rows);
  const isTarget = equal(reshape(targets, [rowCount, 1]), reshape(negatives, [1, negativeCount]));
  const [one, zero] = [constant(1), constant(0)];
  // A column in front of the negatives': the target's.
  const withTarget = (ofTarget: Tensor, ofNegatives: Tensor) => {
    const column = broadcastTo(reshape(ofTarget, [1, 1]), [rowCount, 1], reshape(targets, [rowCount, 1]));
    return concatenate([column, ofNegatives], 1);
  };
  return listLoss(config, {
    scores: outputsPerPlace(config) === 1 ? score : jointRankingCalibrationLogits(score, scoresOf(notClicked(own.rows))),
    labels: withTarget(one, where(isTarget, zero, zero)),
    mask: withTarget(one, where(isTarget, zero, one)),
  });
}

function notClicked(rows: Tensor): Tensor {
  return linear('notClicked', rows, rows.shape[1] as number, { initializer: zeros });
}
