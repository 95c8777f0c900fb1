import { timeGapBucketCount } from '../nn/time-gap-buckets.ts';

/** Bucket of a gap, as `bucketsOfTimeGaps` has it in a graph: in [0, {@link timeGapBucketCount}). */
export function timeGapBucket(gapMs: number): number {
  const bucket = Math.floor(Math.log(Math.max(gapMs / 1000, 1)) / 0.301);
  return Math.min(timeGapBucketCount - 1, bucket);
}
