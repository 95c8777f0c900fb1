/** Buckets of time gaps: {@link timeGapBucket} is in [0, timeGapBuckets). */
export const timeGapBuckets = 64;

/** Bucket of a gap: log₂-like steps of e^0.301 from one second on (the HSTU code's), the last beyond seven years. */
export function timeGapBucket(gapMs: number): number {
  const bucket = Math.floor(Math.log(Math.max(gapMs / 1000, 1)) / 0.301);
  return Math.min(timeGapBuckets - 1, bucket);
}
