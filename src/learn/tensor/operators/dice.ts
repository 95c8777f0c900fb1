import { constant } from '../leaf.ts';
import type { Tensor } from '../tensor.ts';
import { add, divide, multiply, subtract } from './binary.ts';
import { mean } from './reduce.ts';
import { sigmoid, sqrt } from './unary.ts';
import { variance } from './variance.ts';

/** What a unit's rectified point is taken from. */
export interface DiceStatistics {
  /** `[dim]` */
  readonly mean: Tensor;
  /** `[dim]` */
  readonly variance: Tensor;
}

/** Mean and variance of each unit over all axes but the last: those of a batch, while training. */
export function batchStatistics(x: Tensor): DiceStatistics {
  const axes = x.shape.slice(0, -1).map((_, axis) => axis);
  return { mean: mean(x, { axes }), variance: variance(x, { axes }) };
}

/**
 * Dice (Zhou et al. 2018, eq. 3): p·x + (1 − p)·slope·x with p = σ((x − mean) / √(variance + 1e-8)), a parametric rectifier
 * whose bend follows the data.
 *
 * @param x `[..., dim]`
 * @param slope `[dim]`
 * @param statistics of the batch while training (the default), running averages where a model is served
 */
export function dice(x: Tensor, slope: Tensor, statistics: DiceStatistics = batchStatistics(x)): Tensor {
  const deviation = sqrt(add(statistics.variance, constant(1e-8)));
  const share = sigmoid(divide(subtract(x, statistics.mean), deviation));
  return multiply(x, add(share, multiply(slope, subtract(constant(1), share))));
}
