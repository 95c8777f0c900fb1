import { constant } from '../tensor/leaf.ts';
import { subtract } from '../tensor/operators/binary.ts';
import { less, where } from '../tensor/operators/compare.ts';
import { expandDimension, range } from '../tensor/operators/shape.ts';
import type { Tensor } from '../tensor/tensor.ts';

/**
 * Added to attention logits where a position may not look. Large enough that softmax and σ give exactly 0 in float32
 * (σ of ONNX Runtime is 0 below −18), small enough that no product with it overflows.
 */
export const maskedLogit = -1e5;

/** i − j for every pair of positions, int32 `[length, length]`; negative where j lies in the future of i. */
export function positionDistances(length: string, like: Tensor): Tensor {
  const positions = range(length, like);
  return subtract(expandDimension(positions, 1), expandDimension(positions, 0));
}

/** 0 where position i may see position j ≤ i, {@link maskedLogit} elsewhere: `[length, length]`. */
export function causalMask(distances: Tensor): Tensor {
  return where(less(distances, constant(0, { dtype: 'int32' })), constant(maskedLogit), constant(0));
}
