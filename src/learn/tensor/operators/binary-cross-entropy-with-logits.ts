import type { Tensor } from '../tensor.ts';
import { multiply, subtract } from './binary.ts';
import { softplus } from './unary.ts';

/**
 * −y log σ(x) − (1 − y) log(1 − σ(x)) elementwise, as softplus(x) − xy, which is stable for any logit.
 *
 * @param logits x
 * @param labels y in [0, 1], broadcast against the logits
 */
export function binaryCrossEntropyWithLogits(logits: Tensor, labels: Tensor): Tensor {
  return subtract(softplus(logits), multiply(logits, labels));
}
