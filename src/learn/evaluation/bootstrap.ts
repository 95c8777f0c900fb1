import { percentileInterval } from '../../base/percentile-interval.ts';
import { createRandom } from '../../base/random.ts';

/** How intervals are drawn. */
export interface BootstrapOptions {
  /** How many resamples. @default 1000 */
  readonly resamples?: number;
  /** Share of the resamples inside the interval. @default 0.95 */
  readonly confidence?: number;
}

/**
 * Draws users with replacement, as many as there are, again and again (Efron 1979). Resampling users and not cases
 * keeps a user's cases, which are not independent, together.
 *
 * @param visit called once a resample with `[userCount]` how often each user was drawn; the array is reused
 */
export function resampleUsers(
  userCount: number,
  resamples: number,
  seed: number,
  visit: (weights: Int32Array, resample: number) => void,
): void {
  const random = createRandom(seed, 'bootstrap');
  const weights = new Int32Array(userCount);
  for (let resample = 0; resample < resamples; resample++) {
    weights.fill(0);
    for (let draw = 0; draw < userCount; draw++) weights[random.integer(userCount)]!++;
    visit(weights, resample);
  }
}

/**
 * The percentile interval moved so that the replicates' mean falls on the estimate, cut to [0, 1].
 *
 * For coverage and Gini: a resample holds some 63 % of the users, so it shows fewer items than the sample did, and the
 * plain percentile interval would lie beside the estimate. This one tells the spread, without that shift.
 */
export function centredInterval(replicates: Float64Array, estimate: number, confidence: number): [low: number, high: number] {
  const mean = replicates.reduce((sum, value) => sum + value, 0) / replicates.length;
  const [low, high] = percentileInterval(replicates, confidence);
  return [Math.max(0, low + estimate - mean), Math.min(1, high + estimate - mean)];
}
