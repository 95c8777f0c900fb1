import { existsSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { applyCalibrator } from '../../src/measure/calibration/calibrator.ts';
import { classLogLoss, topLabel } from '../../src/measure/calibration/labelled-classes.ts';
import { binScores } from '../../src/measure/calibration/score-bins.ts';
import { expectedCalibrationError } from '../../src/measure/calibration/expected-calibration-error.ts';
import { fitSoftmaxTemperature } from '../../src/measure/calibration/softmax-temperature.ts';
import { readClassProbabilities, takeRows } from './class-probabilities.ts';
import { halves } from './half-split.ts';

const data = process.env['NISUS_DATA'] ?? path.resolve(import.meta.dirname, '../../../shared/data');
const file = path.join(data, 'calibration', 'cifar10_vgg16.csv.gz');

test('temperature, ECE and log loss of VGG16 on CIFAR-10 are those of SciPy and NumPy on the same halves', ({ skip }) => {
  if (!existsSync(file)) skip(`${file} is not there; set NISUS_DATA to the folder that holds calibration`);
  const examples = readClassProbabilities(file);
  const { fit, test } = halves(examples.labels.length, 0);
  const raw = takeRows(examples, test);
  const record = fitSoftmaxTemperature(takeRows(examples, fit));
  const scaled = { ...raw, scores: applyCalibrator(record, raw.scores) };
  const ece = (classes: typeof raw) => expectedCalibrationError(binScores(topLabel(classes), { binning: 'equal-width', bins: 15 }));
  // From a few lines of NumPy and scipy.optimize.minimize_scalar, with SciPy 1.17.1.
  expect(record.temperature).toBeCloseTo(1.7026150102, 6);
  expect(ece(raw)).toBeCloseTo(0.0402432344, 8);
  expect(ece(scaled)).toBeCloseTo(0.0126884651, 7);
  expect(classLogLoss(raw)).toBeCloseTo(0.2454483599, 7);
  expect(classLogLoss(scaled)).toBeCloseTo(0.1929886495, 7);
});
