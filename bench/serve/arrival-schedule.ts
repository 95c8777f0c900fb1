import type { Random } from '../../src/base/random.ts';

/**
 * When each request is meant to be sent, in milliseconds from the start, ascending.
 *
 * A Poisson process given its count: exactly `ratePerSecond × seconds` arrivals, each uniform over the time. So the
 * offered rate is exact and arrivals come in the clumps that independent users make.
 */
export function scheduleArrivals(random: Random, ratePerSecond: number, seconds: number): Float64Array {
  return Float64Array.from({ length: Math.round(ratePerSecond * seconds) }, () => random.next() * seconds * 1000).sort();
}
