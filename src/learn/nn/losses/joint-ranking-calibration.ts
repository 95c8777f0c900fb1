import { constant } from '../../tensor/leaf.ts';
import { binaryCrossEntropyWithLogits } from '../../tensor/operators/binary-cross-entropy-with-logits.ts';
import { add, divide, minimum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { reshape, split, stack } from '../../tensor/operators/shape.ts';
import { negate } from '../../tensor/operators/unary.ts';
import { ShapeError, type Tensor } from '../../tensor/tensor.ts';
import { openListBatch, type ListBatch } from './list-batch.ts';
import { logShares } from './list-softmax.ts';

/** Balance of {@link jointRankingCalibrationLoss}. */
export interface JointRankingCalibrationOptions {
  /** α in [0, 1]: share of the calibration part; the ranking part has the rest. @default 0.5 */
  readonly calibration?: number;
}

/**
 * JRC (Sheng et al. 2023, "Joint optimization of ranking and calibration with contextualized hybrid model"; KDD): two
 * logits a place, s⁰ for "not clicked" and s¹ for "clicked", trained to tell the label of a place and, in its list, the
 * place of a label,
 *
 *   ℓ = α/n Σᵢ wᵢ (−log p(yᵢ | xᵢ)) + (1 − α)/n Σᵢ wᵢ (−log p(xᵢ | yᵢ, list))
 *   p(y = 1 | x) = σ(s¹ − s⁰),   p(xᵢ | y, list) = e^sᵢʸ / Σⱼ e^sⱼʸ over the list
 *
 * The probability of a click is σ(s¹ − s⁰), and the score to rank by s¹ − s⁰ ({@link jointRankingCalibrationScore}). Two
 * logits have one freedom more than a probability, and the ranking part uses it: it does not see a number added to one
 * logit over the whole list, so the two parts need not contradict each other. Labels are min(y, 1), as in
 * {@link pointwiseCrossEntropyLoss}; a soft label takes part in both.
 *
 * Every list counts in both parts: p(x | y = 0, list) is learned without bias only if lists without a click are in it.
 *
 * The paper's listing averages over impressions, here over lists (see {@link pointwiseCrossEntropyLoss} for the other).
 * EasyRec's `jrc_loss` is the listing, with further ways to set α; TorchEasyRec's lets a place compete only with those of
 * the other label, which is another loss.
 *
 * @param batch scores `[lists, places, 2]`: s⁰, s¹
 * @returns `[lists]`. Cost: two softmaxes; any number of places, also a symbolic one
 * @throws {ShapeError} where the batch does not fit {@link ListBatch}
 */
export function jointRankingCalibrationLoss(batch: ListBatch, options: JointRankingCalibrationOptions = {}): Tensor {
  const { lists, places, kept, scores, labels, weights, count, weighted } = openListBatch('jointRankingCalibrationLoss', batch, 2);
  const { calibration = 0.5 } = options;
  const [without, withClick] = split(scores, 2, [1, 1]).map((logit) => reshape(logit, [lists, places])) as [Tensor, Tensor];
  const clicked = minimum(labels, constant(1));
  const ofLabel = binaryCrossEntropyWithLogits(subtract(withClick, without), clicked);
  const ofPlace = add(multiply(clicked, logShares(kept, withClick)), multiply(subtract(constant(1), clicked), logShares(kept, without)));
  const terms = add(multiply(ofLabel, constant(calibration)), multiply(negate(ofPlace), constant(1 - calibration)));
  return weighted(divide(sum(multiply(weights, terms), { axes: [-1] }), count));
}

/**
 * What a model trained by {@link jointRankingCalibrationLoss} ranks by: the log-odds of a click.
 *
 * @param logits `[..., 2]`: s⁰, s¹
 * @returns s¹ − s⁰, `[...]`; σ of it is the probability
 * @throws {ShapeError} where the last axis is not 2
 */
export function jointRankingCalibrationScore(logits: Tensor): Tensor {
  if (logits.shape.at(-1) !== 2) throw new ShapeError('jointRankingCalibrationScore', [logits], 'the last axis must hold two logits');
  const [without, withClick] = split(logits, -1, [1, 1]) as [Tensor, Tensor];
  return reshape(subtract(withClick, without), logits.shape.slice(0, -1));
}

/**
 * The two logits of a model that gives the score itself and the logit of "not clicked": the other way round. Such a model
 * has the same freedom, and ranks and serves without the second.
 *
 * @param score s¹ − s⁰, `[...]`
 * @param notClicked s⁰, `[...]`
 * @returns s⁰, s¹ along a last axis, `[..., 2]`
 */
export function jointRankingCalibrationLogits(score: Tensor, notClicked: Tensor): Tensor {
  return stack([notClicked, add(notClicked, score)], score.shape.length);
}
