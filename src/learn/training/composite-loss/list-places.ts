import { NisusError } from '../../../base/error.ts';
import { listLoss, outputsPerPlace, type ListLossConfig } from '../../nn/losses/list-loss.ts';
import { constant, input } from '../../tensor/leaf.ts';
import { divide, maximum, minimum } from '../../tensor/operators/binary.ts';
import { greater, logicalAnd } from '../../tensor/operators/compare.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { sum } from '../../tensor/operators/reduce.ts';
import { concatenate } from '../../tensor/operators/shape.ts';
import { cast } from '../../tensor/operators/unary.ts';
import type { TensorValue } from '../../tensor/program.ts';
import { ShapeError, type Tensor } from '../../tensor/tensor.ts';

/** Name of the feed that says which examples stand in which list: int32 `[lists, size]`, example row + 1, 0 for padding. */
export const listPlacesFeed = 'list/places';

/** Thrown when lists do not fit the places that they are to stand in. */
export class ListPlacesError extends NisusError {
  constructor(problem: string, fields: Record<string, unknown>) {
    super('LIST_PLACES', problem, { fields });
  }
}

/**
 * The feed for lists of example rows, padded on the right.
 *
 * @param lists rows of each list, each below the number of examples
 * @param size places of a list
 * @throws {ListPlacesError} for a list that is longer, or a row below 0
 */
export function listPlaces(lists: readonly ArrayLike<number>[], size: number): TensorValue {
  const data = new Int32Array(lists.length * size);
  lists.forEach((rows, list) => {
    if (rows.length > size) {
      throw new ListPlacesError(
        `list ${list} has ${rows.length} examples but ${size} places; give lists a size of at least that, or cut it`,
        {
          list,
          length: rows.length,
          size,
        },
      );
    }
    for (let at = 0; at < rows.length; at++) {
      const row = rows[at]!;
      if (!(row >= 0))
        throw new ListPlacesError(`list ${list} has example row ${row} at place ${at}; rows count from 0`, { list, row, at });
      data[list * size + at] = row + 1;
    }
  });
  return { data, shape: [lists.length, size] };
}

/** The places of a batch's lists, as the graph sees them. @param size null: known only at run time */
export function listPlacesInput(size: number | null): Tensor {
  return input(listPlacesFeed, 'int32', ['lists', size ?? 'places']);
}

/** A mean over what counts, and whether anything did. */
export interface CountedMean {
  /** Scalar; 0 where nothing counts. */
  readonly value: Tensor;
  /** Scalar, 1 or 0. */
  readonly present: Tensor;
}

/**
 * A list loss over the lists of a batch: gathers scores, labels and weights of the examples into `[lists, size]` and takes
 * the mean over the lists that have something to teach. Those are the lists with an example that counts for the losses that
 * speak of probabilities (`bce`, `jrc`); for the others the lists with a label above 0 and two examples: a batch with few
 * of them then gives a loss of the same size as one with many, as the mean over examples does.
 *
 * @param scores `[examples]`, or `[examples, 2]` for JRC
 * @param labels `[examples]`; below 0 they count as 0
 * @param weights `[examples]`, 0 where an example does not count
 * @param places see {@link listPlacesInput}
 * @throws {ShapeError} for one logit where JRC needs two, or a list size that is not fixed where the loss sorts
 */
export function meanListLoss(
  config: ListLossConfig,
  { scores, labels, weights }: { readonly scores: Tensor; readonly labels: Tensor; readonly weights: Tensor },
  places: Tensor,
): CountedMean {
  const outputs = outputsPerPlace(config);
  if (outputs !== scores.shape.length)
    throw new ShapeError(
      config.kind,
      [scores],
      outputs === 2
        ? 'needs two logits an example, [examples, 2]; give those of withSecondLogits'
        : 'needs one score an example, [examples]',
    );
  const listed = (values: Tensor) => {
    const rest = values.shape.slice(1) as number[];
    const padding = new Float32Array(rest.reduce((product, size) => product * size, 1));
    return gatherRows(concatenate([constant(padding, { shape: [1, ...rest] }), values], 0), places);
  };
  const counted = listed(weights);
  const kept = greater(counted, constant(0));
  const graded = maximum(listed(labels), constant(0));
  const losses = listLoss(config, { scores: listed(scores), labels: graded, mask: kept, weights: counted });
  const keptCount = sum(cast(kept, 'float32'), { axes: [-1] });
  const positives = sum(cast(logicalAnd(kept, greater(graded, constant(0))), 'float32'), { axes: [-1] });
  const ofProbabilities = config.kind === 'bce' || config.kind === 'jrc';
  const teaches = ofProbabilities
    ? greater(keptCount, constant(0))
    : logicalAnd(greater(keptCount, constant(1)), greater(positives, constant(0)));
  const teaching = sum(cast(teaches, 'float32'));
  return { value: divide(sum(losses), maximum(teaching, constant(1))), present: minimum(teaching, constant(1)) };
}
