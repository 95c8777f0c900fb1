import { constant } from '../leaf.ts';
import { ShapeError, type Tensor } from '../tensor.ts';
import { multiply } from './binary.ts';
import { where } from './compare.ts';
import { softmax } from './normalize.ts';
import { normalizeAxes } from './reduce.ts';
import { transpose } from './shape.ts';
import { cast } from './unary.ts';

/** What a masked logit becomes: far below any real one, and no infinity, whose difference from itself is NaN. */
const masked = -1e30;

/**
 * Softmax along any axis over the elements that a mask keeps; the others get 0, and all of a line where the mask keeps
 * none.
 *
 * @param mask bool, broadcast against x
 * @param axis default −1
 */
export function maskedSoftmax(x: Tensor, mask: Tensor, axis = -1): Tensor {
  const [at] = normalizeAxes('maskedSoftmax', x, [axis]) as [number];
  if (mask.dtype !== 'bool') throw new ShapeError('maskedSoftmax', [x, mask], 'the mask must be bool');
  const kept = where(mask, x, constant(masked));
  if (kept.shape.length !== x.shape.length) throw new ShapeError('maskedSoftmax', [x, mask], 'the mask has more axes than x');
  const last = x.shape.length - 1;
  const order = x.shape.map((_, index) => (index === at ? last : index === last ? at : index));
  const turned = at === last ? softmax(kept) : transpose(softmax(transpose(kept, order)), order);
  return multiply(turned, cast(mask, 'float32'));
}
