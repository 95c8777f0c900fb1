import { normalCdf, normalQuantile } from '../../base/normal-distribution.ts';

/** Resamples on one side of a threshold from which on their share is a p-value to be trusted. */
const COUNTED_FROM = 10;

/**
 * How probable it is, were the truth at most 0, to see an estimate like this one: the share of resamples at or below 0, one added (Davison &
 * Hinkley 1997, section 4.2). Where fewer than ten lie there the share says only "small": then the normal tail with the resamples' deviation is
 * taken, if it is smaller.
 */
function tailP(replicates: Float64Array, estimate: number): number {
  let beyond = 0;
  for (const replicate of replicates) if (replicate <= 0) beyond++;
  const counted = Math.min(1, (beyond + 1) / (replicates.length + 1));
  if (beyond >= COUNTED_FROM) return counted;
  const deviation = deviationOf(replicates);
  return deviation > 0 ? Math.min(counted, normalCdf(-estimate / deviation)) : counted;
}

/**
 * Whether a difference is other than 0, two-sided: twice the smaller tail about 0, at most 1; 1 where all replicates are 0.
 *
 * @param replicates finite values, at least one
 */
export function twoSidedP(replicates: Float64Array, estimate: number): number {
  const mirrored = replicates.map((replicate) => -replicate);
  return Math.min(1, 2 * Math.min(tailP(replicates, estimate), tailP(mirrored, -estimate)));
}

/** Whether a difference is larger than a tolerance, either way, two-sided, by the normal distribution of its standard error. */
export function beyondToleranceP(difference: number, standardError: number, tolerance: number): number {
  const excess = Math.abs(difference) - tolerance;
  if (!(standardError > 0)) return excess > 0 ? 0 : 1;
  return Math.min(1, 2 * normalCdf(-excess / standardError));
}

/** Standard deviation of the replicates: the standard error of the estimate. 0 for one replicate. */
export function deviationOf(replicates: Float64Array): number {
  const count = replicates.length;
  let mean = 0;
  for (const replicate of replicates) mean += replicate / count;
  let squares = 0;
  for (const replicate of replicates) squares += (replicate - mean) ** 2;
  return count > 1 ? Math.sqrt(squares / (count - 1)) : 0;
}

/**
 * P-values adjusted for being the best of many (Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of
 * Statistics 6, 1979): the smallest times their number, the next times one fewer, …, never falling and at most 1. Keeps the chance of any
 * false finding in the family at the level that each is held to, however they depend on each other.
 */
export function holmAdjusted(pValues: readonly number[]): number[] {
  const order = pValues.map((_, at) => at).sort((first, second) => pValues[first]! - pValues[second]!);
  const adjusted = new Array<number>(pValues.length).fill(1);
  let least = 0;
  for (const [place, at] of order.entries()) {
    least = Math.max(least, Math.min(1, pValues[at]! * (pValues.length - place)));
    adjusted[at] = least;
  }
  return adjusted;
}

/**
 * The smallest true difference that would be found with the given power: (z₁₋α⁄₂ + z_power) standard errors, α as it is first asked for in a
 * family of `family` tests (α / family).
 */
export function detectableDifference(standardError: number, alpha: number, power: number, family: number): number {
  return (normalQuantile(1 - alpha / (2 * Math.max(1, family))) + normalQuantile(power)) * standardError;
}
