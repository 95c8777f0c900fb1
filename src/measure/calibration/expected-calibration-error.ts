import { exp } from '../../base/portable-math.ts';
import { normalCdf } from '../../base/normal-distribution.ts';
import type { ReliabilityBin } from './score-bins.ts';

/** What the errors need of a bin. */
export type BinMeans = Pick<ReliabilityBin, 'weight' | 'meanProbability' | 'meanLabel' | 'effectiveCount'>;

/**
 * Expected calibration error: Σ share · |mean label − mean probability| over the bins (Naeini, Cooper & Hauskrecht, AAAI 2015; Guo et
 * al. 2017, equation 3). Biased upwards: a calibrated model has an ECE of about Σ share · 0.8 √(p (1 − p) / n), n the examples of a
 * bin. See {@link debiasedCalibrationError}.
 */
export function expectedCalibrationError(bins: readonly BinMeans[]): number {
  return averageOver(bins, ({ meanProbability, meanLabel }) => Math.abs(meanLabel - meanProbability));
}

/** The largest |mean label − mean probability| of a bin (Guo et al. 2017, equation 5). A bin of few examples can set it: prefer equal mass. */
export function maximumCalibrationError(bins: readonly BinMeans[]): number {
  return bins.reduce((most, { meanProbability, meanLabel }) => Math.max(most, Math.abs(meanLabel - meanProbability)), 0);
}

/**
 * ECE less its estimated bias (Kumar, Liang & Ma, "Verified uncertainty calibration", NeurIPS 2019, section 5 and their code's
 * `normal_debiased_ce`): 2 · ECE − E[ECE with each bin's mean label drawn from a normal distribution about the one that was seen]. Their
 * mean over draws is taken in closed form: for N(d, s²) it is s √(2/π) e^(−d²/2s²) + d (2Φ(d/s) − 1).
 *
 * Where a bin's error is several times its noise nothing is taken off it, nor need be; where it is of the noise's size nearly all the
 * bias; where it is nought 41 % of it (√2 − 1). May be below 0; it is not cut, so that averages over segments stay right. A bin in which
 * all labels are equal tells nothing of its spread: let bins hold some events each.
 */
export function debiasedCalibrationError(bins: readonly BinMeans[]): number {
  return averageOver(bins, ({ meanProbability, meanLabel, effectiveCount }) => {
    const apart = Math.abs(meanLabel - meanProbability);
    const deviation = Math.sqrt((meanLabel * (1 - meanLabel)) / effectiveCount);
    if (!(deviation > 0)) return apart;
    const ratio = apart / deviation;
    const expected = deviation * Math.sqrt(2 / Math.PI) * exp((-ratio * ratio) / 2) + apart * (2 * normalCdf(ratio) - 1);
    return 2 * apart - expected;
  });
}

/**
 * The unbiased estimate of Σ share · (mean label − mean probability)²: each square less mean label · (1 − mean label) / (n − 1) (Kumar,
 * Liang & Ma 2019, definition 5.1). Its root, where it is above 0, is the root mean square calibration error. Bins of one example
 * count as 0.
 */
export function debiasedSquaredCalibrationError(bins: readonly BinMeans[]): number {
  return averageOver(bins, ({ meanProbability, meanLabel, effectiveCount }) => {
    if (effectiveCount <= 1 + 1e-9) return 0;
    return (meanLabel - meanProbability) ** 2 - (meanLabel * (1 - meanLabel)) / (effectiveCount - 1);
  });
}

function averageOver(bins: readonly BinMeans[], value: (bin: BinMeans) => number): number {
  let sum = 0;
  let totalWeight = 0;
  for (const bin of bins) {
    if (bin.weight === 0) continue;
    sum += bin.weight * value(bin);
    totalWeight += bin.weight;
  }
  return sum / totalWeight;
}
