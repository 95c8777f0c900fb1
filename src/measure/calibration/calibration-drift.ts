import { binExamples, measureBins, type BinnedExamples, type CalibrationStatistics } from './bin-tally.ts';
import { optionError } from './calibration-error.ts';
import { checkLabelledScores, type CheckedScores, type LabelledScores } from './labelled-scores.ts';
import { drawReplicates, valuesOf } from './measure-calibration.ts';
import {
  centredInterval,
  checkIntervalOptions,
  createResampler,
  type Interval,
  type IntervalOptions,
  type Resampler,
} from './resampling.ts';
import { binEdges, type BinningOptions } from './score-bins.ts';

/** How two windows are compared. */
export interface DriftOptions extends BinningOptions, IntervalOptions {
  /** A change of ECE or of bias up to this does no harm; from 0 to 1. @default 0.01 */
  readonly changeMax?: number;
}

/**
 * - `stable`: the intervals of both changes lie within ± changeMax
 * - `worse`: the interval of one lies wholly beyond it — ECE above, or the bias further from 0
 * - `better`: neither is worse, and the interval of one lies wholly beyond it to the good
 * - `undecided`: the windows are too small to tell
 */
export type DriftVerdict = 'stable' | 'worse' | 'better' | 'undecided';

/** A change from the reference to the current window. */
export interface DriftChange {
  readonly value: number;
  readonly interval: Interval;
}

/** What changed from one window to the next. */
export interface CalibrationDrift {
  readonly reference: CalibrationStatistics;
  readonly current: CalibrationStatistics;
  /** Of the debiased ECE, both windows taken at the size of the smaller. */
  readonly eceChange: DriftChange;
  /** Of mean probability − mean label. */
  readonly biasChange: DriftChange;
  /** Of |mean probability − mean label|. */
  readonly biasSizeChange: DriftChange;
  readonly verdict: DriftVerdict;
  /** The verdict in a sentence, with the figures it rests on. */
  readonly reason: string;
}

/**
 * Compares the calibration of two windows of scored and settled examples: did the probabilities come to mean something else?
 *
 * Both are put into bins whose edges the reference gives. debiased ECE or not, is higher in a smaller window, so the larger is taken
 * at the smaller one's size: the mean over as many random parts of it as there are resamples. Where nothing changed the change is then
 * 0 on average, whatever the sizes. Intervals are those of a bootstrap of each window by itself (of whole groups, where given), centred on
 * what was observed. O(resamples × examples).
 *
 * @param reference the window that the calibrator was accepted on
 * @param current the window asked about; its scores may be of the other kind
 * @throws CalibrationError `CALIBRATION_OPTION`; else as `checkLabelledScores`
 */
export function calibrationDrift(reference: LabelledScores, current: LabelledScores, options: DriftOptions): CalibrationDrift {
  const { changeMax = 0.01 } = options;
  if (!(changeMax >= 0 && changeMax <= 1)) throw optionError('changeMax', changeMax, 'a number from 0 to 1');
  const { random, resamples, confidence } = checkIntervalOptions(options);
  const first = checkLabelledScores(reference);
  const second = checkLabelledScores(current);
  const edges = binEdges(first, options);
  const windowOf = (own: CheckedScores, other: CheckedScores): Window => {
    const resampler = createResampler(own.scores.length, own.groups);
    const share = Math.min(1, effectiveCount(other) / effectiveCount(own));
    const partUnits = Math.max(1, Math.round(share * resampler.unitCount));
    return { binned: binExamples(own, edges), resampler, partUnits };
  };
  const before = measureWindow(windowOf(first, second), { random, resamples });
  const after = measureWindow(windowOf(second, first), { random, resamples });

  const change = (value: number, earlier: Float64Array, later: Float64Array): DriftChange => {
    const replicates = later.map((replicate, at) => replicate - earlier[at]!);
    return { value, interval: centredInterval(replicates, value, confidence) };
  };
  const size = Math.abs;
  const changes = {
    eceChange: change(after.partEce - before.partEce, before.partEces, after.partEces),
    biasChange: change(after.statistics.bias - before.statistics.bias, before.biases, after.biases),
    biasSizeChange: change(size(after.statistics.bias) - size(before.statistics.bias), before.biases.map(size), after.biases.map(size)),
  };
  return { reference: before.statistics, current: after.statistics, ...changes, ...judge(changes, changeMax) };
}

interface Window {
  readonly binned: BinnedExamples;
  readonly resampler: Resampler;
  /** How many units make a part as large as the other window. */
  readonly partUnits: number;
}

function measureWindow(
  { binned, resampler, partUnits }: Window,
  { random, resamples }: Pick<Required<IntervalOptions>, 'random' | 'resamples'>,
) {
  const { unitCount } = resampler;
  const statistics = measureBins(binned, null);
  const whole = drawReplicates(binned, resamples, () => resampler.draw(random, unitCount));
  const isWhole = partUnits === unitCount;
  const parts = isWhole ? [statistics] : drawReplicates(binned, resamples, () => resampler.take(random, partUnits));
  const partReplicates = isWhole ? whole : drawReplicates(binned, resamples, () => resampler.draw(random, partUnits));
  return {
    statistics,
    biases: valuesOf(whole, 'bias'),
    partEce: parts.reduce((sum, { debiasedEce }) => sum + debiasedEce, 0) / parts.length,
    partEces: valuesOf(partReplicates, 'debiasedEce'),
  };
}

/** (Σ w)² / Σ w². */
function effectiveCount({ weights, totalWeight }: CheckedScores): number {
  return totalWeight ** 2 / weights.reduce((sum, weight) => sum + weight * weight, 0);
}

function judge(
  { eceChange, biasChange, biasSizeChange }: Pick<CalibrationDrift, 'eceChange' | 'biasChange' | 'biasSizeChange'>,
  changeMax: number,
): Pick<CalibrationDrift, 'verdict' | 'reason'> {
  const say = (name: string, { value, interval }: DriftChange) =>
    `${name} changed by ${signed(value)} [${signed(interval[0])}, ${signed(interval[1])}]`;
  const ece = say('debiased ECE', eceChange);
  const bias = say('mean probability − mean label', biasChange);
  const beyond = `beyond ±${changeMax}`;
  if (eceChange.interval[0] > changeMax) return { verdict: 'worse', reason: `${ece}, ${beyond}; ${bias}` };
  if (biasSizeChange.interval[0] > changeMax) return { verdict: 'worse', reason: `${bias}, ${beyond} and away from 0; ${ece}` };
  const isWithin = ({ interval }: DriftChange) => interval[0] >= -changeMax && interval[1] <= changeMax;
  if (isWithin(eceChange) && isWithin(biasChange)) return { verdict: 'stable', reason: `${ece} and ${bias}, both within ±${changeMax}` };
  if (eceChange.interval[1] < -changeMax || biasSizeChange.interval[1] < -changeMax) {
    return { verdict: 'better', reason: `${ece}; ${bias}; at least one ${beyond}, to the good` };
  }
  return { verdict: 'undecided', reason: `${ece}; ${bias}: an interval reaches across ±${changeMax}; compare larger windows` };
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
