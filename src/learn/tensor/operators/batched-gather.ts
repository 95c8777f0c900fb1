import { formatShape, multiplyDimensions, sameShape } from '../dimension.ts';
import { makeTensor, ShapeError, type Tensor } from '../tensor.ts';
import { add, multiply } from './binary.ts';
import { addRows } from './index-operators.ts';
import { dimensionValue, expandDimension, range, reshape } from './shape.ts';
import { cast } from './unary.ts';

/**
 * Rows of each batch element's own table: `result[b, i, :] = x[b, indices[b, i], :]`. Indices are counted from the front; one past the table is an
 * error at run time.
 *
 * @param x `[batch, n, ...rest]`
 * @param indices int32 or int64 `[batch, k]`
 * @returns `[batch, k, ...rest]`
 */
export function batchedGather(x: Tensor, indices: Tensor): Tensor {
  const [batch, rows, ...rest] = x.shape;
  const [indexBatch, count] = indices.shape;
  if (indices.dtype !== 'int32' && indices.dtype !== 'int64')
    throw new ShapeError('batchedGather', [x, indices], 'indices must be int32 or int64');
  if (batch === undefined || rows === undefined || indices.shape.length !== 2 || !sameShape([batch], [indexBatch!])) {
    throw new ShapeError('batchedGather', [x, indices], `needs [batch, n, …] and ${formatShape([batch ?? 'batch', 'k'])}`);
  }
  return makeTensor(
    'batchedGather',
    [x, cast(expandDimension(indices, 2), 'int64')],
    [batch, count!, ...rest],
    x.dtype,
    (lowering, names) => lowering.node('GatherND', names, { batch_dims: 1 }),
    () => (cotangent) => {
      // One table of all batch elements' rows, one after the other.
      const first = multiply(cast(range(batch, x), 'int64'), dimensionValue(x, rows));
      const places = add(cast(indices, 'int64'), expandDimension(first, 1));
      const total = multiplyDimensions(batch, rows);
      const summed = addRows(reshape(cotangent, [-1, ...rest]), reshape(places, [-1]), total, x);
      return [reshape(summed, x.shape, x), null];
    },
  );
}
