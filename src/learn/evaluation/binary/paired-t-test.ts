import { EvaluationError } from '../evaluation-error.ts';

/** What a paired t-test found. */
export interface PairedTTest {
  /** Mean of first minus second. */
  readonly difference: number;
  readonly t: number;
  readonly degreesOfFreedom: number;
  /** Two-sided. */
  readonly pValue: number;
}

/**
 * Student's paired t-test (1908): whether the mean of the differences is other than 0, for figures that come in pairs,
 * as those of two models under the same seeds.
 *
 * @throws EvaluationError `PAIRED_TEST` with fewer than two pairs, or lists of unequal length
 */
export function pairedTTest(first: readonly number[], second: readonly number[]): PairedTTest {
  const count = first.length;
  if (count !== second.length || count < 2) {
    throw new EvaluationError(
      'PAIRED_TEST',
      `a paired test needs two lists of equal length from 2 on, got ${count} and ${second.length} figures`,
    );
  }
  const differences = first.map((value, at) => value - second[at]!);
  const difference = differences.reduce((a, b) => a + b, 0) / count;
  const variance = differences.reduce((sum, value) => sum + (value - difference) ** 2, 0) / (count - 1);
  const t = difference === 0 ? 0 : difference / Math.sqrt(variance / count);
  const degreesOfFreedom = count - 1;
  // P(|T| > t) = I(ν / (ν + t²); ν/2, ½), Abramowitz & Stegun 26.5.27.
  const pValue = incompleteBeta(degreesOfFreedom / (degreesOfFreedom + t * t), degreesOfFreedom / 2, 0.5);
  return { difference, t, degreesOfFreedom, pValue };
}

/** Regularised incomplete beta function by Lentz's continued fraction (Abramowitz & Stegun 26.5.8); to about 1e-12. */
function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  // The fraction converges fast only on this side; the other follows by symmetry.
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m <= 500; m++) {
    for (const numerator of [
      (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m)),
      (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1)),
    ]) {
      d = 1 / (1 + numerator * d);
      c = 1 + numerator / c;
      fraction *= c * d;
    }
    if (Math.abs(c * d - 1) < 1e-14) break;
  }
  return front * fraction;
}

/** log Γ for x > 0: Stirling's series after raising x to 10 or more (Abramowitz & Stegun 6.1.41). */
function logGamma(x: number): number {
  let shift = 0;
  for (; x < 10; x++) shift -= Math.log(x);
  const inverse = 1 / (x * x);
  const series = (1 / 12 - inverse * (1 / 360 - inverse * (1 / 1260 - inverse * (1 / 1680)))) / x;
  return shift + (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series;
}
