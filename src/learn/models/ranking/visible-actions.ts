import { less } from '../../tensor/operators/compare.ts';
import { expandDimension, range } from '../../tensor/operators/shape.ts';
import type { Tensor } from '../../tensor/tensor.ts';

/**
 * Which actions each candidate may see: those before its `visible`-th.
 *
 * @param actions `[batch, length, …]`, for its length
 * @param visible int32 `[batch, candidates]`
 * @returns bool `[batch, length, candidates]`
 */
export function visibleActions(actions: Tensor, visible: Tensor): Tensor {
  const places = expandDimension(range(actions.shape[1]!, actions), 1);
  return less(places, expandDimension(visible, 1));
}
