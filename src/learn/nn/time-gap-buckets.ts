import { constant } from '../tensor/leaf.ts';
import { divide, maximum } from '../tensor/operators/binary.ts';
import { cast, clip, floor, log } from '../tensor/operators/unary.ts';
import type { Tensor } from '../tensor/tensor.ts';

/** Buckets of gaps in time: enough to tell gaps apart up to five years. */
export const timeGapBucketCount = 64;

/**
 * Log-spaced buckets of gaps, each reaching e^0.301 (about 1.35) times as far as the one before (the public code of Zhai et
 * al. 2024): ⌊ln(max(gap, 1)) / 0.301⌋, at most {@link timeGapBucketCount} − 1.
 *
 * @param gaps int32, seconds; a negative one counts as 0
 * @returns int32 of the same shape
 */
export function bucketsOfTimeGaps(gaps: Tensor): Tensor {
  const logarithms = divide(log(maximum(cast(gaps, 'float32'), constant(1))), constant(0.301));
  return cast(clip(floor(logarithms), 0, timeGapBucketCount - 1), 'int32');
}

/**
 * Gaps in time as one number of moderate size: ln(max(gap, 1)) / ln(30 days), 0 at once and 1 after a month.
 *
 * @param gaps int32, seconds; a negative one counts as 0
 * @returns float32 of the same shape
 */
export function relativeTimeGaps(gaps: Tensor): Tensor {
  return divide(log(maximum(cast(gaps, 'float32'), constant(1))), constant(Math.log(30 * 86_400)));
}
