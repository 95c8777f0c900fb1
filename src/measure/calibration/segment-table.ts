import { measureCalibration, type CalibrationMeasures, type MeasureOptions } from './measure-calibration.ts';
import { splitSegments, type SegmentedScores } from './segmented-scores.ts';

/** The measures of all examples and of each segment. */
export interface SegmentTable {
  readonly overall: CalibrationMeasures;
  /** In the order of the names; null where a segment has no example with weight. */
  readonly segments: readonly { readonly name: string; readonly measures: CalibrationMeasures | null }[];
}

/**
 * Measures each segment by itself, with bins of its own: a model can be calibrated over all and wrong in every part.
 *
 * Read the debiased ECE where segments are small: a perfectly calibrated segment of n examples in 15 bins has a plain one of some
 * 3 √(p (1 − p) / n): .013 for p = .1 and n = 5,000.
 *
 * @throws CalibrationError as `measureCalibration` and `splitSegments`
 */
export function measureSegments(examples: SegmentedScores, options: MeasureOptions = {}): SegmentTable {
  const { segments } = splitSegments(examples);
  return {
    overall: measureCalibration(examples, options),
    segments: segments.map(({ name, examples: own }) => ({ name, measures: own === null ? null : measureCalibration(own, options) })),
  };
}

/** The table as Markdown; figures with four digits, the debiased ECE with its interval where one was drawn. */
export function segmentTableMarkdown({ overall, segments }: SegmentTable): string {
  const rows = [{ name: 'all', measures: overall as CalibrationMeasures | null }, ...segments];
  return [
    '| segment | examples | mean probability | mean label | ECE | debiased ECE | MCE |',
    '|---|---:|---:|---:|---:|---:|---:|',
    ...rows.map(({ name, measures }) => `| ${escapeCell(name)} | ${measures === null ? '0 | | | | |' : cellsOf(measures)} |`),
  ].join('\n');
}

function cellsOf({ examples, meanProbability, meanLabel, ece, debiasedEce, mce, intervals }: CalibrationMeasures): string {
  const interval = intervals === null ? '' : ` [${intervals.debiasedEce.map(figure).join(', ')}]`;
  return [examples, figure(meanProbability), figure(meanLabel), figure(ece), figure(debiasedEce) + interval, figure(mce)].join(' | ');
}

function figure(value: number): string {
  return value.toFixed(4).replace(/^(-?)0\./, '$1.');
}

function escapeCell(text: string): string {
  return text.replaceAll('|', String.raw`\|`).replaceAll(/\s+/g, ' ');
}
