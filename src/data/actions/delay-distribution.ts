import { lowerBound } from './deeds-of-users.ts';

/** How long outcomes take to be known, from those that were waited for to the end. */
export interface DelayDistribution {
  /** Delays that it is made of. */
  readonly count: number;
  /** F(e): share of the outcomes that are known less than `elapsedMs` after their place was seen. */
  readonly knownWithin: (elapsedMs: number) => number;
}

/** The empirical distribution of delays, in any order, all finite. */
export function delayDistribution(delaysMs: Float64Array): DelayDistribution {
  const sorted = delaysMs.toSorted();
  return {
    count: sorted.length,
    knownWithin: (elapsedMs) => lowerBound(sorted, 0, sorted.length, elapsedMs) / sorted.length,
  };
}
