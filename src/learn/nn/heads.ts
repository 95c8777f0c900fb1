import { reshape, transpose } from '../tensor/operators/shape.ts';
import { ShapeError, type Tensor } from '../tensor/tensor.ts';

/** `[batch, length, heads * size]` → `[batch, heads, length, size]`; with one head, `[batch, length, size]` as it is. */
export function splitHeads(x: Tensor, heads: number): Tensor {
  if (heads === 1) return x;
  const [batch, length, width] = x.shape;
  if (typeof width !== 'number' || width % heads !== 0)
    throw new ShapeError('splitHeads', [x], `${String(width)} does not divide into ${heads} heads`);
  return transpose(reshape(x, [batch!, length!, heads, width / heads]), [0, 2, 1, 3]);
}

/** The inverse of {@link splitHeads}. */
export function mergeHeads(x: Tensor, heads: number): Tensor {
  if (heads === 1) return x;
  const [batch, , length, size] = x.shape;
  return reshape(transpose(x, [0, 2, 1, 3]), [batch!, length!, heads * (size as number)]);
}
