import { bucketsOfTimeGaps } from '../../nn/time-gap-buckets.ts';
import { linear } from '../../nn/linear.ts';
import { multiLayerPerceptron } from '../../nn/multi-layer-perceptron.ts';
import { multiplyDimensions } from '../../tensor/dimension.ts';
import { inLayer } from '../../tensor/layer-path.ts';
import { constant } from '../../tensor/leaf.ts';
import { maximum, multiply, subtract } from '../../tensor/operators/binary.ts';
import { batchedGather } from '../../tensor/operators/batched-gather.ts';
import { less, where } from '../../tensor/operators/compare.ts';
import { stopGradient } from '../../tensor/operators/flow.ts';
import { topK } from '../../tensor/operators/index-operators.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { concatenate, expandDimension, range, reshape, transpose } from '../../tensor/operators/shape.ts';
import { cast, reciprocal } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { FoundActions } from './exact-search.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';
import { visibleActions } from './visible-actions.ts';

/** Sizes of a soft search. */
export interface SoftSearchConfig {
  /** Actions found a candidate, K. */
  readonly found: number;
  /** Width in which actions and candidates are compared. */
  readonly searchDimension: number;
  /** Widths of the hidden layers of the auxiliary click model. */
  readonly auxiliaryHidden: readonly number[];
}

/** What a soft search gives. */
export interface SoftSearch {
  readonly found: FoundActions;
  /** float32 `[batch, candidates, length]`, how near each action is to each candidate; −1e30 where it is not visible. */
  readonly relevance: Tensor;
  /** `[batch, candidates]`, logits of the auxiliary task: a click, foretold from all actions weighted by their relevance. */
  readonly auxiliaryLogits: Tensor;
}

/** Relevance of what may not be seen; finite, so that no gradient is NaN. */
const hidden = -1e30;

/**
 * The soft search of Pi et al. 2020 (eq. 1–2): relevance r = (W_b e)·(W_a e_a), the K most relevant of the visible actions
 * go to the exact search. No gradient passes the choice; W_a and W_b are trained by the auxiliary task, a click foretold by
 * MLP(Σ r e, e_a) (sec. 3.2), whose binary cross-entropy the trainer adds to the model's loss. The sum is divided by the
 * number of visible actions, so that its size does not follow a history's length.
 *
 * @param long a history in full; at least K actions long, padding included
 * @returns see {@link SoftSearch}. Cost: batch × candidates × length × searchDimension, and as many floats as pairs
 */
export function softSearch(config: SoftSearchConfig, long: EmbeddedRanking): SoftSearch {
  const { actions, candidates, actionSeconds, candidateSeconds, visible } = long;
  const [batch, , dimension] = actions.shape as [string, string, number];
  const count = candidates.shape[1] as string;
  const { found: k } = config;
  return inLayer('softSearch', () => {
    const ofCandidates = linear('candidate', candidates, config.searchDimension, { bias: false });
    const ofActions = linear('action', actions, config.searchDimension, { bias: false });
    const scores = matmul(ofCandidates, ofActions, { transposeRight: true, scale: 1 / Math.sqrt(config.searchDimension) });
    const mask = transpose(visibleActions(actions, visible), [0, 2, 1]);
    const relevance = where(mask, scores, constant(hidden));
    const shares = multiply(scores, shareOfVisible(mask, visible));
    const auxiliary = inLayer('auxiliary', () =>
      multiLayerPerceptron(concatenate([matmul(shares, actions), candidates], 2), { hidden: config.auxiliaryHidden, outputSize: 1 }),
    );
    const places = reshape(topK(stopGradient(relevance), k).indices, [batch, multiplyDimensions(count, k)]);
    const perCandidate = (x: Tensor, ...rest: readonly number[]) => reshape(x, [batch, count, k, ...rest], candidates);
    const seconds = perCandidate(batchedGather(actionSeconds, places));
    return {
      relevance,
      auxiliaryLogits: reshape(auxiliary, [batch, count]),
      found: {
        actions: perCandidate(batchedGather(actions, places), dimension),
        gaps: bucketsOfTimeGaps(subtract(expandDimension(candidateSeconds, 2), seconds)),
        mask: less(range(k, candidates), expandDimension(visible, 2)),
      },
    };
  });
}

/** 1 / visible where an action may be seen, 0 elsewhere. */
function shareOfVisible(mask: Tensor, visible: Tensor): Tensor {
  const counts = maximum(cast(visible, 'float32'), constant(1));
  return where(mask, expandDimension(reciprocal(counts), 2), constant(0));
}
