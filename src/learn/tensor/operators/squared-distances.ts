import { ShapeError, type Tensor } from '../tensor.ts';
import { add } from './binary.ts';
import { matmul, swapLastAxes } from './matrix.ts';
import { sum } from './reduce.ts';
import { square } from './unary.ts';

/**
 * Squared Euclidean distance of every vector on the left to every one on the right, as ‖a‖² + ‖b‖² − 2ab: one product
 * instead of n × m differences. Rounding can leave a distance of 0 at a little below 0.
 *
 * @param left `[..., n, dim]`
 * @param right `[..., m, dim]`
 * @returns `[..., n, m]`
 */
export function squaredDistances(left: Tensor, right: Tensor): Tensor {
  if (left.shape.length < 2 || right.shape.length < 2 || left.shape.at(-1) !== right.shape.at(-1)) {
    throw new ShapeError('squaredDistances', [left, right], 'needs [..., n, dim] and [..., m, dim]');
  }
  const ofLeft = sum(square(left), { axes: [-1], keepDimensions: true });
  const ofRight = swapLastAxes(sum(square(right), { axes: [-1], keepDimensions: true }));
  return add(add(ofLeft, ofRight), matmul(left, right, { transposeRight: true, scale: -2 }));
}
