import { applyCalibrator, fitCalibrator, type CalibrationMethod } from '../../src/measure/calibration/calibrator.ts';
import type { LabelledClasses } from '../../src/measure/calibration/labelled-classes.ts';

/**
 * Calibrates several classes with a yes-or-no calibrator a class, then brings each row back to a sum of 1 (Zadrozny & Elkan 2002), as
 * Guo et al. 2017 do for histogram binning and isotonic regression. A row that is 0 for all classes becomes 1 / classes.
 */
export function oneVersusRest(method: CalibrationMethod, fit: LabelledClasses, test: LabelledClasses): LabelledClasses {
  const { classes, input } = fit;
  const scores = new Float64Array(test.scores.length);
  for (let label = 0; label < classes; label++) {
    const column = ({ scores, labels }: LabelledClasses) => Float64Array.from(labels, (_, row) => scores[row * classes + label]!);
    const yes = Uint8Array.from(fit.labels, (value) => (value === label ? 1 : 0));
    const record = fitCalibrator(method, { scores: column(fit), input, labels: yes });
    applyCalibrator(record, column(test)).forEach((value, row) => (scores[row * classes + label] = value));
  }
  for (let from = 0; from < scores.length; from += classes) {
    const row = scores.subarray(from, from + classes);
    const sum = row.reduce((total, value) => total + value, 0);
    row.forEach((value, at) => (row[at] = sum > 0 ? value / sum : 1 / classes));
  }
  return { ...test, scores, input: 'probability' };
}
