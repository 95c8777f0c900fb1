import { constant } from '../../tensor/leaf.ts';
import { divide, subtract } from '../../tensor/operators/binary.ts';
import { equal, where } from '../../tensor/operators/compare.ts';
import { addAlongAxis, takeAlongAxis, topK } from '../../tensor/operators/index-operators.ts';
import { pad } from '../../tensor/operators/pad.ts';
import { cumulativeSum } from '../../tensor/operators/reduce.ts';
import { broadcastTo, slice } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { OpenedListBatch } from './list-batch.ts';

/** The places of each list from the highest label to the lowest, padding last. */
export interface LabelOrder {
  /** Values of the places `[lists, places]`, in this order `[lists, count]`. */
  readonly inOrder: (x: Tensor) => Tensor;
  /** Of anything that stretches to `[lists, count]`, in this order: the mean over the places with the same label, for each of them. */
  readonly meanOfTies: (x: Tensor) => Tensor;
  /** In this order: the value of the first place with the same label, for each of them. */
  readonly firstOfTies: (x: Tensor) => Tensor;
}

/** Below every label: padding is a tie of its own, after all others. */
const paddingLabel = constant(-1);

/**
 * Orders places by label. Equal labels stand in the order of their places, which no loss should learn: hence the
 * functions that make ties alike.
 *
 * @param count how many of the highest places, from 1; ties are then ties among these
 */
export function labelOrder(batch: OpenedListBatch, count: number): LabelOrder {
  const { values, indices } = topK(where(batch.kept, batch.labels, paddingLabel), count);
  const one = constant(1);
  // The first place has none before it; its neighbour is made to differ.
  const before = pad(slice(values, 1, 0, count - 1), 1, 1, 0, -2);
  const starts = where(equal(values, before), constant(0), one);
  const tie = cast(subtract(cumulativeSum(starts, 1), one), 'int64');
  const sumOfTies = (x: Tensor) => takeAlongAxis(addAlongAxis(x, tie, 1, values), tie, 1);
  const stretch = (x: Tensor) => broadcastTo(x, values.shape, values);
  return {
    inOrder: (x) => takeAlongAxis(x, indices, 1),
    meanOfTies: (x) => divide(sumOfTies(stretch(x)), sumOfTies(stretch(one))),
    firstOfTies: (x) => sumOfTies(where(equal(starts, one), x, constant(0))),
  };
}
