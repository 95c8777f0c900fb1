import { sameShape, type Dimension } from '../../tensor/dimension.ts';
import { constant } from '../../tensor/leaf.ts';
import { maximum, multiply } from '../../tensor/operators/binary.ts';
import { greater, where } from '../../tensor/operators/compare.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { broadcastTo, expandDimension } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import { ShapeError, type Tensor } from '../../tensor/tensor.ts';

/**
 * What every list loss is given, and what each of them holds to.
 *
 * - **Result** `[lists]`, float32: the caller takes the mean. Only scores get a gradient.
 * - **Padding** (mask false or 0) has no influence on any loss or gradient, whatever stands there in scores, labels and
 *   weights, NaN and infinities included. Kept places must hold finite numbers, scores within ±1e29.
 * - **Nothing to order**: a list without a label above 0, or of one place, gives 0 and no gradient. The two losses that
 *   speak of probabilities (pointwise cross-entropy, JRC) count every list instead: leaving out the lists without a
 *   positive would make their probabilities too high. A list of no place gives 0 everywhere.
 * - **Weights** of places multiply the terms that those places' labels bring in, and stand in no normaliser and no
 *   denominator: a loss is linear in them, so inverse propensities leave it unbiased. A list's weight multiplies its value.
 * - **Order** of places means nothing, but where two equal scores or labels are told apart; each loss says where.
 *
 * Labels below 0 are not looked for.
 */
export interface ListBatch {
  /** float32 `[lists, places]`, any real number; `[lists, places, 2]` for JRC. */
  readonly scores: Tensor;
  /** Graded relevance from 0, float32 `[lists, places]`; clicks are 0 and 1. */
  readonly labels: Tensor;
  /** Which places hold something: bool, or float32 with 0 for padding and 1 elsewhere, `[lists, places]`. @default all */
  readonly mask?: Tensor;
  /** Of places, from 0, float32 `[lists, places]`. @default 1 */
  readonly weights?: Tensor;
  /** Of lists, from 0, float32 `[lists]`. @default 1 */
  readonly listWeights?: Tensor;
}

/** A batch whose padding holds zeros, and what losses ask of it. */
export interface OpenedListBatch {
  readonly lists: Dimension;
  readonly places: Dimension;
  /** bool `[lists, places]`. */
  readonly kept: Tensor;
  /** 0 where padding. */
  readonly scores: Tensor;
  /** 0 where padding. */
  readonly labels: Tensor;
  /** 0 where padding. */
  readonly weights: Tensor;
  /** Places that are kept, at least 1, float32 `[lists]`. */
  readonly count: Tensor;
  /** A value a list, times the list's weight. */
  readonly weighted: (values: Tensor) => Tensor;
  /** The same, and 0 for a list without a positive label. */
  readonly weightedWhereOrdered: (values: Tensor) => Tensor;
}

const zero = constant(0);

/**
 * Checks the shapes of a batch and clears its padding.
 *
 * @param kind name of the loss, for messages
 * @param outputs scores a place: 1, or 2 along a last axis
 * @throws {ShapeError} where shapes or types do not fit {@link ListBatch}
 */
export function openListBatch(kind: string, batch: ListBatch, outputs: 1 | 2 = 1): OpenedListBatch {
  const { scores, labels } = batch;
  const [lists, places] = labels.shape;
  if (lists === undefined || places === undefined || labels.shape.length !== 2 || labels.dtype !== 'float32')
    throw new ShapeError(kind, [labels], 'labels must be float32 [lists, places]');
  if (!sameShape(scores.shape, outputs === 1 ? [lists, places] : [lists, places, outputs]) || scores.dtype !== 'float32') {
    const wanted = outputs === 1 ? 'one score a place' : `${outputs} scores a place along a last axis`;
    throw new ShapeError(kind, [scores, labels], `scores must be float32 and fit the labels: ${wanted}`);
  }
  const { mask = broadcastTo(constant(1), labels.shape, labels) } = batch;
  if (!sameShape(mask.shape, labels.shape) || (mask.dtype !== 'bool' && mask.dtype !== 'float32'))
    throw new ShapeError(kind, [mask, labels], 'the mask must be bool or float32 and fit the labels');
  const kept = mask.dtype === 'bool' ? mask : greater(mask, zero);
  const given = batch.weights ?? cast(kept, 'float32');
  if (!sameShape(given.shape, labels.shape) || given.dtype !== 'float32')
    throw new ShapeError(kind, [given, labels], 'weights must be float32 and fit the labels');
  const { listWeights } = batch;
  if (listWeights !== undefined && (!sameShape(listWeights.shape, [lists]) || listWeights.dtype !== 'float32'))
    throw new ShapeError(kind, [listWeights, labels], 'list weights must be float32 [lists]');
  // By selection, not by multiplication: 0 · NaN is NaN.
  const clear = (x: Tensor) => where(kept, x, zero);
  const cleared = clear(labels);
  const present = sum(cast(kept, 'float32'), { axes: [-1] });
  // One place alone needs no rule: every loss of orders is 0 on it by itself.
  const ordered = greater(sum(cast(greater(cleared, zero), 'float32'), { axes: [-1] }), zero);
  const weighted = (values: Tensor) => (listWeights === undefined ? values : multiply(values, listWeights));
  return {
    lists,
    places,
    kept,
    scores: outputs === 1 ? clear(scores) : where(expandDimension(kept, 2), scores, zero),
    labels: cleared,
    weights: clear(given),
    count: maximum(present, constant(1)),
    weighted,
    weightedWhereOrdered: (values) => weighted(where(ordered, values, zero)),
  };
}

/** Stands in for a score that must weigh nothing in a sum of exponentials; finite, for −∞ − (−∞) is NaN. */
export const absentScore = constant(-1e30);

/** How many places a loss that sorts works on: the axis must have a fixed size. @throws {ShapeError} */
export function fixedPlaces(kind: string, batch: ListBatch): number {
  const places = batch.labels.shape[1];
  if (typeof places !== 'number') throw new ShapeError(kind, [batch.labels], 'sorts, so it needs a fixed number of places; pad to one');
  return places;
}
