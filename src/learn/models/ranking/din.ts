/**
 * DIN: Zhou et al., "Deep Interest Network for Click-Through Rate Prediction", KDD 2018 (arXiv 1706.06978).
 *
 * Equations: (3) v_U(A) = Σⱼ a(eⱼ, v_A) eⱼ with a the activation unit, its weights not normalised, so that the strength of an
 * interest is kept; (4) Dice inside the unit. The network above, concat(v_U, v_A) → MLP, is the task towers'.
 *
 * Departures: see `activationUnit` (gap in time as an input, learned moments of Dice, no concatenation); one linear layer
 * brings user and candidate to the width that encoders have.
 */
import { linear } from '../../nn/linear.ts';
import { dropout } from '../../tensor/operators/flow.ts';
import { maskedSoftmax } from '../../tensor/operators/masked-softmax.ts';
import { matmul } from '../../tensor/operators/matrix.ts';
import { multiply } from '../../tensor/operators/binary.ts';
import { concatenate } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { activationUnit } from './activation-unit.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';
import { visibleActions } from './visible-actions.ts';

/** Sizes of a DIN. */
export interface DinConfig {
  /** Widths of the activation unit's hidden layers; the paper's is 36. */
  readonly activationHidden: readonly number[];
  /** `sum`, the paper's: weights as they are. `softmax`: they sum to 1 over the visible actions. */
  readonly pooling: 'sum' | 'softmax';
  /** Of user and candidate together; 0 when serving. */
  readonly dropout: number;
}

/**
 * Builds the encoder: each candidate beside the sum of the actions visible to it, weighted by what they say of it,
 * `[batch, candidates, dim]`. Cost: batch × length × candidates × dim × activationHidden[0]; the largest tensors are
 * `[batch, length, candidates, activationHidden[0]]`.
 */
export function din(config: DinConfig, embedded: EmbeddedRanking): Tensor {
  const { actions, candidates, visible } = embedded;
  const activations = activationUnit(embedded, config.activationHidden);
  const mask = visibleActions(actions, visible);
  const weights = config.pooling === 'sum' ? multiply(activations, cast(mask, 'float32')) : maskedSoftmax(activations, mask, 1);
  const interest = matmul(weights, actions, { transposeLeft: true });
  return linear('output', dropout(concatenate([interest, candidates], 2), config.dropout), candidates.shape[2] as number);
}
