import { maskedLogit, positionDistances } from '../../nn/causal.ts';
import { bucketsOfTimeGaps, timeGapBucketCount } from '../../nn/time-gap-buckets.ts';
import { normal } from '../../tensor/initializers.ts';
import { constant, parameter } from '../../tensor/leaf.ts';
import { add, maximum, subtract } from '../../tensor/operators/binary.ts';
import { greaterOrEqual, less, where } from '../../tensor/operators/compare.ts';
import { gatherRows } from '../../tensor/operators/index-operators.ts';
import { concatenate, expandDimension, range, reshape, split } from '../../tensor/operators/shape.ts';
import { cast, clip } from '../../tensor/operators/unary.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import type { EmbeddedRanking } from './ranking-inputs.ts';

const zero = () => constant(0, { dtype: 'int32' });

/**
 * How far apart, in places and in time, what looks and what is looked at are; with the mask of what may not be seen. The same
 * for all blocks; `-1` in both stands for a pair that is masked.
 */
export interface RelativePlaces {
  /** int32, in [0, maxLength]: places back, 0 to itself. */
  readonly distances: Tensor;
  /** int32, of shape `[batch, …, length]`: bucket of the time between. */
  readonly gaps: Tensor;
  /** 0 where seen, {@link maskedLogit} elsewhere; broadcasts to `[batch, …, length]`. */
  readonly mask: Tensor;
}

/** Of actions that look back on actions, themselves included: `[batch, length, length]`. */
export function placesOfActions({ actionSeconds }: Pick<EmbeddedRanking, 'actionSeconds'>, maxLength: number): RelativePlaces {
  const distances = positionDistances(actionSeconds.shape[1] as string, actionSeconds);
  return {
    distances: clipDistances(distances, maxLength),
    gaps: bucketsOfTimeGaps(subtract(expandDimension(actionSeconds, 2), expandDimension(actionSeconds, 1))),
    mask: where(less(distances, zero()), constant(maskedLogit), constant(0)),
  };
}

/**
 * Of actions that were added to others: they look back on all and on themselves, `[batch, length, past + length]`.
 *
 * @param past int32 `[batch, past]`, seconds of those before
 */
export function placesOfLaterActions(
  past: Tensor,
  { actionSeconds }: Pick<EmbeddedRanking, 'actionSeconds'>,
  maxLength: number,
): RelativePlaces {
  const all = concatenate([past, actionSeconds], 1);
  const places = range(all.shape[1]!, all);
  const [, later] = split(places, 0, [past.shape[1]!, actionSeconds.shape[1]!]) as [Tensor, Tensor];
  const distances = subtract(expandDimension(later, 1), expandDimension(places, 0));
  return {
    distances: clipDistances(distances, maxLength),
    gaps: bucketsOfTimeGaps(subtract(expandDimension(actionSeconds, 2), expandDimension(all, 1))),
    mask: where(less(distances, zero()), constant(maskedLogit), constant(0)),
  };
}

/** Of candidates that look back on the actions visible to them: `[batch, candidates, length]`. */
export function placesOfCandidates(
  { actionSeconds, candidateSeconds, visible }: Pick<EmbeddedRanking, 'actionSeconds' | 'candidateSeconds' | 'visible'>,
  maxLength: number,
): RelativePlaces {
  const places = expandDimension(range(actionSeconds.shape[1]!, actionSeconds), 0);
  const distances = subtract(expandDimension(visible, 2), expandDimension(places, 0));
  return {
    distances: clipDistances(distances, maxLength),
    gaps: bucketsOfTimeGaps(subtract(expandDimension(candidateSeconds, 2), expandDimension(actionSeconds, 1))),
    mask: where(greaterOrEqual(zero(), distances), constant(maskedLogit), constant(0)),
  };
}

/** Biases of candidates that look back on the actions visible to them, with the mask: `[batch, candidates, length]`. */
export interface CandidatePlaces {
  readonly places: RelativePlaces;
  /** Places are those of pages: which of `[batch, pages]` each candidate is on. */
  readonly pageOf: Tensor | null;
}

/** {@link placesOfCandidates}, once a page where candidates come with theirs. */
export function placesOfAsked(embedded: EmbeddedRanking, maxLength: number): CandidatePlaces {
  const { pages, actionSeconds } = embedded;
  if (pages == null) return { places: placesOfCandidates(embedded, maxLength), pageOf: null };
  return {
    places: placesOfCandidates({ actionSeconds, candidateSeconds: pages.seconds, visible: pages.visible }, maxLength),
    pageOf: pages.of,
  };
}

/** Learned biases of one block's attention, by distance and by time: `bias` adds mask and both. */
export interface RelativeBias {
  /** `[…, length]`, to be added to logits. */
  of(places: RelativePlaces): Tensor;
  /** `[batch, candidates, length]`. */
  ofCandidates(asked: CandidatePlaces): Tensor;
  /** Scalar: of looking at itself, for candidates. */
  readonly self: Tensor;
}

/** Parameters `positionBias` `[maxLength + 1]` and `timeBias` `[timeGapBucketCount]` in the layer at hand. */
export function relativeBias(maxLength: number): RelativeBias {
  const position = parameter('positionBias', [maxLength + 1], normal(0.02));
  const time = parameter('timeBias', [timeGapBucketCount], normal(0.02));
  const of = ({ distances, gaps, mask }: RelativePlaces) => add(gatherRows(time, gaps), add(gatherRows(position, distances), mask));
  return {
    of,
    ofCandidates({ places, pageOf }) {
      const bias = of(places);
      return pageOf === null ? bias : gatherRows(reshape(bias, [-1, bias.shape[2]!]), pageOf);
    },
    self: add(gatherRows(position, zero()), gatherRows(time, zero())),
  };
}

function clipDistances(distances: Tensor, maxLength: number): Tensor {
  return cast(clip(cast(maximum(distances, zero()), 'float32'), 0, maxLength), 'int32');
}
