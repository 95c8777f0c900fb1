import { ShapeError, type Tensor } from '../tensor.ts';
import { multiply } from './binary.ts';
import { normalizeAxes } from './reduce.ts';
import { concatenate, reshape, split } from './shape.ts';

/**
 * Product along an axis of fixed size, the axis dropped. Halves are multiplied with each other, so that the gradient is
 * right where elements are 0 (dividing the product by the element is not) and log₂ n operators are enough.
 */
export function product(x: Tensor, axis: number): Tensor {
  const [at] = normalizeAxes('product', x, [axis]) as [number];
  if (x.dtype === 'bool') throw new ShapeError('product', [x], 'needs numbers; cast first');
  if (typeof x.shape[at] !== 'number' || x.shape[at] < 1) throw new ShapeError('product', [x], `axis ${at} must have a fixed size from 1`);
  let factors = x;
  for (let size = x.shape[at]; size > 1; size = factors.shape[at] as number) {
    const half = size >> 1;
    const [left, right, odd] = split(factors, at, size % 2 === 0 ? [half, half] : [half, half, 1]) as [Tensor, Tensor, Tensor?];
    // An odd one out joins the first of the products.
    factors = multiply(left, right);
    if (odd !== undefined) factors = joinFirst(factors, odd, at, half);
  }
  return reshape(factors, x.shape.toSpliced(at, 1), x);
}

function joinFirst(factors: Tensor, odd: Tensor, axis: number, size: number): Tensor {
  if (size === 1) return multiply(factors, odd);
  const [first, rest] = split(factors, axis, [1, size - 1]) as [Tensor, Tensor];
  return concatenate([multiply(first, odd), rest], axis);
}
