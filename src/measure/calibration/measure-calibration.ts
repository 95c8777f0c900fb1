import { percentileInterval } from '../../base/percentile-interval.ts';
import { binExamples, measureBins, type BinnedExamples, type CalibrationStatistics } from './bin-tally.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { centredInterval, checkIntervalOptions, createResampler, type Interval, type IntervalOptions } from './resampling.ts';
import { binEdges, fillBins, type BinningOptions, type ReliabilityBin } from './score-bins.ts';

/** How calibration is measured. */
export interface MeasureOptions extends BinningOptions {
  /** Draws intervals. @default none */
  readonly interval?: IntervalOptions;
}

/** Intervals of the statistics, each with its confidence. */
export type StatisticIntervals = { readonly [Name in keyof CalibrationStatistics]: Interval };

/** What {@link measureCalibration} found. */
export interface CalibrationMeasures extends CalibrationStatistics {
  readonly examples: number;
  readonly totalWeight: number;
  /** The bins that ECE was taken over, for a diagram. */
  readonly bins: readonly ReliabilityBin[];
  readonly intervals: StatisticIntervals | null;
}

/**
 * Measures whether probabilities mean what they say: ECE (plain, debiased, maximum) over bins, Brier score, log loss, mean against mean.
 * For several classes give `topLabel(examples)`.
 *
 * Intervals: the bins are held, examples (or their groups) are drawn anew. Those of the calibration errors are moved so that their
 * centre is the estimate, as resamples show these too high; near 0 they are approximate, a distance being no smooth function there.
 * O(n log n), and O(resamples × n) with intervals: 1,000 resamples of 10,000 examples take about half a second.
 *
 * @throws CalibrationError `CALIBRATION_OPTION`; else as `checkLabelledScores`
 */
export function measureCalibration(examples: LabelledScores, options: MeasureOptions = {}): CalibrationMeasures {
  const checked = checkLabelledScores(examples);
  const edges = binEdges(checked, options);
  const binned = binExamples(checked, edges);
  const statistics = measureBins(binned, null);
  const { interval } = options;
  return {
    examples: checked.scores.length,
    totalWeight: checked.totalWeight,
    ...statistics,
    bins: fillBins(checked, binned.probabilities, edges),
    intervals: interval === undefined ? null : intervalsOf(binned, checked.groups, statistics, checkIntervalOptions(interval)),
  };
}

function intervalsOf(
  binned: BinnedExamples,
  groups: Int32Array | null,
  statistics: CalibrationStatistics,
  { random, resamples, confidence }: Required<IntervalOptions>,
): StatisticIntervals {
  const resampler = createResampler(binned.bins.length, groups);
  const replicates = drawReplicates(binned, resamples, () => resampler.draw(random, resampler.unitCount));
  const percentile = (name: keyof CalibrationStatistics) => percentileInterval(valuesOf(replicates, name), confidence);
  const centred = (name: keyof CalibrationStatistics) => centredInterval(valuesOf(replicates, name), statistics[name], confidence);
  const cut = ([low, high]: Interval): Interval => [Math.max(0, low), Math.min(1, high)];
  return {
    ece: cut(centred('ece')),
    debiasedEce: centred('debiasedEce'),
    mce: cut(centred('mce')),
    brier: percentile('brier'),
    logLoss: percentile('logLoss'),
    meanProbability: percentile('meanProbability'),
    meanLabel: percentile('meanLabel'),
    bias: percentile('bias'),
  };
}

/**
 * Statistics of resamples; one without any weight is drawn again.
 *
 * @param draw gives the draws of the next resample
 */
export function drawReplicates(binned: BinnedExamples, resamples: number, draw: () => Int32Array): readonly CalibrationStatistics[] {
  const replicates: CalibrationStatistics[] = [];
  while (replicates.length < resamples) {
    const replicate = measureBins(binned, draw());
    // Some unit has weight, so this ends; most units have, so it ends soon.
    if (!Number.isNaN(replicate.meanLabel)) replicates.push(replicate);
  }
  return replicates;
}

/** One statistic of all replicates. */
export function valuesOf(replicates: readonly CalibrationStatistics[], name: keyof CalibrationStatistics): Float64Array {
  return Float64Array.from(replicates, (replicate) => replicate[name]);
}
