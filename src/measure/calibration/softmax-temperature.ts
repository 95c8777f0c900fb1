import { z } from 'zod';
import { exp } from '../../base/portable-math.ts';
import { CalibrationError } from './calibration-error.ts';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { checkLabelledClasses, logSumExp, requireRow, type LabelledClasses } from './labelled-classes.ts';
import { PROBABILITY_FLOOR, type Scores } from './score-input.ts';
import { bestTemperature } from './temperature.ts';

/** p = softmax(z / temperature) over a row of `classes` scores. */
export const softmaxTemperatureSchema = z.strictObject({
  ...calibratorHeader,
  kind: z.literal('softmax-temperature'),
  classes: z.int().min(2),
  temperature: z.number().positive(),
});

/** See {@link fitSoftmaxTemperature}. */
export type SoftmaxTemperatureCalibrator = Readonly<z.infer<typeof softmaxTemperatureSchema>>;

/**
 * Temperature scaling over several classes: softmax(z / T) with the T that maximises the likelihood (Guo et al. 2017, section 4.2).
 * The most probable class stays the most probable. Of probabilities the logarithm is taken, which softmax undoes.
 *
 * The loss is convex in 1 / T: slope Σ w (E[z] − z of the label), curvature Σ w Var[z] under softmax(z / T); the answer is the best
 * of 0.01 to 100, exactly. O(examples × classes) an iteration, some eight.
 *
 * @throws CalibrationError as {@link checkLabelledClasses}
 */
export function fitSoftmaxTemperature(examples: LabelledClasses): SoftmaxTemperatureCalibrator {
  const { logits, classes, labels, weights, totalWeight } = checkLabelledClasses(examples);
  const temperature = bestTemperature((inverse, into) => {
    let slope = 0;
    let curvature = 0;
    for (let row = 0; row < labels.length; row++) {
      const normaliser = logSumExp(logits, row, classes, inverse);
      let mean = 0;
      let square = 0;
      // Centred on the label's logit, so that the variance is no difference of large numbers where the model is sure.
      const centre = logits[row * classes + labels[row]!]!;
      for (let at = row * classes; at < (row + 1) * classes; at++) {
        const probability = exp(inverse * logits[at]! - normaliser);
        const apart = logits[at]! - centre;
        mean += probability * apart;
        square += probability * apart * apart;
      }
      const weight = weights[row]! / totalWeight;
      slope += weight * mean;
      curvature += weight * (square - mean * mean);
    }
    into.slope = slope;
    into.curvature = curvature;
  });
  return { ...headerOf(examples.input), kind: 'softmax-temperature', classes, temperature };
}

/** Writes the calibrated probabilities `[rows, classes]` into `into`. See {@link applyCalibrator}. */
export function applySoftmaxTemperature(record: SoftmaxTemperatureCalibrator, scores: Scores, into: Scores): void {
  const { classes, temperature } = record;
  const isLogit = record.input === 'logit';
  if (scores.length % classes !== 0) {
    const message = `${scores.length} scores make no whole rows of ${classes} classes: give [rows, classes]`;
    throw new CalibrationError('CALIBRATION_SCORE', message, { length: scores.length, classes });
  }
  const inverse = 1 / temperature;
  for (let from = 0; from < scores.length; from += classes) {
    requireRow(scores, from / classes, classes, isLogit);
    const to = from + classes;
    // A row of `into` holds logits first, then their exponentials, so that nothing need be set aside; `Math.exp`, as nothing is boxed for it.
    let top = -Infinity;
    for (let at = from; at < to; at++) {
      const logit = inverse * (isLogit ? scores[at]! : Math.log(Math.max(scores[at]!, PROBABILITY_FLOOR)));
      top = Math.max(top, logit);
      into[at] = logit;
    }
    let sum = 0;
    for (let at = from; at < to; at++) {
      const power = Math.exp(into[at]! - top);
      sum += power;
      into[at] = power;
    }
    for (let at = from; at < to; at++) into[at]! /= sum;
  }
}
