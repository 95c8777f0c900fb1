import { ShapeError, type Tensor } from '../tensor.ts';
import { topK } from './index-operators.ts';
import { negate } from './unary.ts';

/**
 * The values along the last axis in order.
 *
 * @param x `[..., n]`, n fixed
 * @param options.descending largest first; default false
 * @returns values (with gradient) and the int64 index that each had, `[..., n]`. Cost: n log n a line
 */
export function sort(x: Tensor, options: { readonly descending?: boolean } = {}): { readonly values: Tensor; readonly indices: Tensor } {
  const size = x.shape.at(-1);
  if (typeof size !== 'number' || x.dtype !== 'float32') throw new ShapeError('sort', [x], 'needs float32 with a last axis of fixed size');
  if (options.descending === true) return topK(x, size);
  const { values, indices } = topK(negate(x), size);
  return { values: negate(values), indices };
}
