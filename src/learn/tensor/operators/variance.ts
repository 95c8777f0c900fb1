import type { Tensor } from '../tensor.ts';
import { subtract } from './binary.ts';
import { mean, type ReduceOptions } from './reduce.ts';
import { square } from './unary.ts';

/** Mean squared distance from the mean over axes (divided by n, not n − 1). */
export function variance(x: Tensor, options: ReduceOptions = {}): Tensor {
  const centre = mean(x, { ...options, keepDimensions: true });
  return mean(square(subtract(x, centre)), options);
}
