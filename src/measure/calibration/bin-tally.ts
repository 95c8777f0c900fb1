import { binOf } from './bin-edges.ts';
import {
  debiasedCalibrationError,
  expectedCalibrationError,
  maximumCalibrationError,
  type BinMeans,
} from './expected-calibration-error.ts';
import type { CheckedScores } from './labelled-scores.ts';
import { exampleLosses, exampleSquares } from './proper-scores.ts';
import { probabilitiesOf } from './score-input.ts';

/** Examples in a form of which resamples are quickly counted. */
export interface BinnedExamples {
  readonly binCount: number;
  /** `[examples]` each; `bins` is the bin of an example */
  readonly bins: Uint16Array;
  readonly probabilities: Float64Array;
  readonly labels: Float64Array;
  readonly weights: Float64Array;
  readonly losses: Float64Array;
  readonly squares: Float64Array;
}

/** What is measured of scored examples. */
export interface CalibrationStatistics {
  /** Expected calibration error, see `expectedCalibrationError`. */
  readonly ece: number;
  /** ECE less its bias, see `debiasedCalibrationError`. */
  readonly debiasedEce: number;
  /** Maximum calibration error, see `maximumCalibrationError`. */
  readonly mce: number;
  readonly brier: number;
  readonly logLoss: number;
  readonly meanProbability: number;
  readonly meanLabel: number;
  /** Mean probability − mean label: above 0, too much is promised. */
  readonly bias: number;
}

/** Prepares examples over inner bin edges. O(examples × log bins). */
export function binExamples(examples: CheckedScores, edges: readonly number[]): BinnedExamples {
  const probabilities = probabilitiesOf(examples.scores, examples.input);
  return {
    binCount: edges.length + 1,
    bins: Uint16Array.from(probabilities, (probability) => binOf(edges, probability)),
    probabilities,
    labels: examples.labels,
    weights: examples.weights,
    losses: exampleLosses(examples),
    squares: exampleSquares(examples),
  };
}

/**
 * Measures the examples, or a resample of them. O(examples).
 *
 * @param draws `[examples]`, how often each counts; null: once
 */
export function measureBins(examples: BinnedExamples, draws: Int32Array | null): CalibrationStatistics {
  const { binCount, bins, probabilities, labels, weights } = examples;
  const weight = new Float64Array(binCount);
  const weightSquares = new Float64Array(binCount);
  const probability = new Float64Array(binCount);
  const label = new Float64Array(binCount);
  let loss = 0;
  let square = 0;
  for (let at = 0; at < bins.length; at++) {
    const times = draws === null ? 1 : draws[at]!;
    if (times === 0) continue;
    const bin = bins[at]!;
    const own = weights[at]! * times;
    weight[bin]! += own;
    weightSquares[bin]! += own * weights[at]!;
    probability[bin]! += own * probabilities[at]!;
    label[bin]! += own * labels[at]!;
    loss += own * examples.losses[at]!;
    square += own * examples.squares[at]!;
  }
  const means: BinMeans[] = [];
  let totalWeight = 0;
  let totalProbability = 0;
  let totalLabel = 0;
  for (let bin = 0; bin < binCount; bin++) {
    const total = weight[bin]!;
    if (total === 0) continue;
    totalWeight += total;
    totalProbability += probability[bin]!;
    totalLabel += label[bin]!;
    means.push({
      weight: total,
      meanProbability: probability[bin]! / total,
      meanLabel: label[bin]! / total,
      effectiveCount: (total * total) / weightSquares[bin]!,
    });
  }
  return {
    ece: expectedCalibrationError(means),
    debiasedEce: debiasedCalibrationError(means),
    mce: maximumCalibrationError(means),
    brier: square / totalWeight,
    logLoss: loss / totalWeight,
    meanProbability: totalProbability / totalWeight,
    meanLabel: totalLabel / totalWeight,
    bias: (totalProbability - totalLabel) / totalWeight,
  };
}
