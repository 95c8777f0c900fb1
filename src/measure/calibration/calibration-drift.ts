import { binExamples, measureBins, type CalibrationStatistics } from './bin-tally.ts';
import { optionError } from './calibration-error.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { drawReplicates, valuesOf } from './measure-calibration.ts';
import { centredInterval, checkIntervalOptions, type Interval, type IntervalOptions } from './resampling.ts';
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

/** What changed from one window to the next. */
export interface CalibrationDrift {
  readonly reference: CalibrationStatistics;
  readonly current: CalibrationStatistics;
  /** Current − reference, of the debiased ECE. */
  readonly eceChange: { readonly value: number; readonly interval: Interval };
  /** Current − reference, of mean probability − mean label. */
  readonly biasChange: { readonly value: number; readonly interval: Interval };
  /** Current − reference, of |mean probability − mean label|. */
  readonly biasSizeChange: { readonly value: number; readonly interval: Interval };
  readonly verdict: DriftVerdict;
  /** The verdict in a sentence, with the figures it rests on. */
  readonly reason: string;
}

/**
 * Compares the calibration of two windows of scored and settled examples: did the probabilities come to mean something else? Both are
 * put into bins whose edges the reference gives, and ECE is debiased, as windows differ in size and with it in the bias of the plain
 * one. Intervals are those of a bootstrap of each window by itself (of whole groups, where given), their difference centred on what
 * was observed. O(resamples × examples).
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
  const windows = [first, second].map((examples) => {
    const binned = binExamples(examples, edges);
    return { statistics: measureBins(binned, null), replicates: drawReplicates(binned, examples.groups, random, resamples) };
  });
  const [before, after] = windows as [(typeof windows)[0], (typeof windows)[0]];
  const changeOf = (name: keyof CalibrationStatistics, measure: (value: number) => number = (value) => value) => {
    const value = measure(after.statistics[name]) - measure(before.statistics[name]);
    const earlier = valuesOf(before.replicates, name);
    const replicates = valuesOf(after.replicates, name).map((later, at) => measure(later) - measure(earlier[at]!));
    return { value, interval: centredInterval(replicates, value, confidence) };
  };
  const changes = { eceChange: changeOf('debiasedEce'), biasChange: changeOf('bias'), biasSizeChange: changeOf('bias', Math.abs) };
  return { reference: before.statistics, current: after.statistics, ...changes, ...judge(changes, changeMax) };
}

function judge(
  { eceChange, biasChange, biasSizeChange }: Pick<CalibrationDrift, 'eceChange' | 'biasChange' | 'biasSizeChange'>,
  changeMax: number,
): Pick<CalibrationDrift, 'verdict' | 'reason'> {
  const say = (name: string, { value, interval }: { value: number; interval: Interval }) =>
    `${name} changed by ${signed(value)} [${signed(interval[0])}, ${signed(interval[1])}]`;
  const ece = say('debiased ECE', eceChange);
  const bias = say('mean probability − mean label', biasChange);
  const beyond = `beyond ±${changeMax}`;
  if (eceChange.interval[0] > changeMax) return { verdict: 'worse', reason: `${ece}, ${beyond}; ${bias}` };
  if (biasSizeChange.interval[0] > changeMax) return { verdict: 'worse', reason: `${bias}, ${beyond} and away from 0; ${ece}` };
  const isWithin = ({ interval }: { interval: Interval }) => interval[0] >= -changeMax && interval[1] <= changeMax;
  if (isWithin(eceChange) && isWithin(biasChange)) return { verdict: 'stable', reason: `${ece} and ${bias}, both within ±${changeMax}` };
  if (eceChange.interval[1] < -changeMax || biasSizeChange.interval[1] < -changeMax) {
    return { verdict: 'better', reason: `${ece}; ${bias}; at least one ${beyond}, to the good` };
  }
  return { verdict: 'undecided', reason: `${ece}; ${bias}: an interval reaches across ±${changeMax}; compare larger windows` };
}

function signed(value: number): string {
  return `${value < 0 ? '−' : '+'}${Math.abs(value).toFixed(4)}`;
}
