import type { Shape } from '../dimension.ts';
import { uniformNoise } from '../leaf.ts';
import type { Tensor } from '../tensor.ts';
import { log, negate } from './unary.ts';

/**
 * Standard Gumbel noise, −log(−log u): logits plus such noise have their largest element at i with the probability that
 * softmax gives i (Jang et al. 2017, eq. 1). New at every training step, from the step's seed.
 */
export function gumbelNoise(shape: Shape): Tensor {
  return negate(log(negate(log(uniformNoise(shape)))));
}
