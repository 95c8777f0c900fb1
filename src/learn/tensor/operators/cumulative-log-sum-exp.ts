import { ShapeError, type Tensor } from '../tensor.ts';
import { add, subtract } from './binary.ts';
import { pad } from './pad.ts';
import { normalizeAxes } from './reduce.ts';
import { slice } from './shape.ts';
import { softplus } from './unary.ts';

/** Stands before the first element: adds nothing to any logit. */
const nothing = -1e30;

/**
 * log Σ eˣ over each beginning of an axis of fixed size n, such as the denominators of ListMLE (Xia et al. 2008).
 *
 * Doubles the reach log₂ n times (Hillis & Steele 1986) instead of summing exponentials: a plain cumulative sum, shifted
 * by one maximum, underflows to log 0 where a beginning lies far below that maximum.
 *
 * @param options.reverse over each end instead; default false
 */
export function cumulativeLogSumExp(x: Tensor, axis: number, options: { readonly reverse?: boolean } = {}): Tensor {
  const [at] = normalizeAxes('cumulativeLogSumExp', x, [axis]) as [number];
  const size = x.shape[at]!;
  if (typeof size !== 'number' || x.dtype !== 'float32')
    throw new ShapeError('cumulativeLogSumExp', [x], `needs float32 with axis ${at} of fixed size`);
  let reached = x;
  for (let shift = 1; shift < size; shift *= 2) {
    const earlier =
      options.reverse === true
        ? pad(slice(reached, at, shift, size), at, 0, shift, nothing)
        : pad(slice(reached, at, 0, size - shift), at, shift, 0, nothing);
    // log(eᵃ + eᵇ) = a + softplus(b − a)
    reached = add(reached, softplus(subtract(earlier, reached)));
  }
  return reached;
}
