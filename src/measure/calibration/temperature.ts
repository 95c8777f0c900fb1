import { z } from 'zod';
import { logistic } from '../../base/portable-math.ts';
import { calibratorHeader, headerOf } from './calibrator-header.ts';
import { minimiseConvex } from './convex-root.ts';
import { checkLabelledScores, type LabelledScores } from './labelled-scores.ts';
import { logOddsOf, requireScore, servingLogOdds, type Scores } from './score-input.ts';

/** Temperatures that are tried; a fit at an end means that no temperature between is best. */
export const TEMPERATURE_RANGE = { low: 0.01, high: 100 } as const;

/** p = 1 / (1 + e^(−z / temperature)), z the score as log-odds. */
export const temperatureSchema = z.strictObject({
  ...calibratorHeader,
  kind: z.literal('temperature'),
  temperature: z.number().positive(),
});

/** See {@link fitTemperature}. */
export type TemperatureCalibrator = Readonly<z.infer<typeof temperatureSchema>>;

/**
 * Temperature scaling of a yes-or-no score: the temperature that maximises the likelihood (Guo, Pleiss, Sun & Weinberger, "On
 * calibration of modern neural networks", ICML 2017, section 4.2). One number; it moves no score across ½ and changes no order.
 *
 * The loss is convex in 1 / temperature, so the answer is the best of {@link TEMPERATURE_RANGE}, exactly; 1 where all scores are ½.
 *
 * @throws CalibrationError as {@link checkLabelledScores}
 */
export function fitTemperature(examples: LabelledScores): TemperatureCalibrator {
  const { scores, input, labels, weights, totalWeight } = checkLabelledScores(examples);
  const logits = logOddsOf(scores, input);
  const temperature = bestTemperature((inverse, into) => {
    let slope = 0;
    let curvature = 0;
    for (let at = 0; at < logits.length; at++) {
      const logit = logits[at]!;
      const probability = logistic(inverse * logit);
      const weight = weights[at]! / totalWeight;
      slope += weight * logit * (probability - labels[at]!);
      curvature += weight * logit * logit * probability * (1 - probability);
    }
    into.slope = slope;
    into.curvature = curvature;
  });
  return { ...headerOf(input), kind: 'temperature', temperature };
}

/**
 * The temperature where a loss, given by its derivatives in 1 / temperature, is least; 1 where the loss does not depend on it.
 */
export function bestTemperature(evaluate: Parameters<typeof minimiseConvex>[0]): number {
  const at = { slope: 0, curvature: 0 };
  evaluate(1, at);
  if (at.slope === 0) return 1;
  return 1 / minimiseConvex(evaluate, { low: 1 / TEMPERATURE_RANGE.high, high: 1 / TEMPERATURE_RANGE.low, start: 1 });
}

/** Writes the calibrated probabilities of the scores from `from` to before `to`; see `applyCalibrator`. */
export function applyTemperature(
  { input, temperature }: TemperatureCalibrator,
  scores: Scores,
  into: Scores,
  from: number,
  to: number,
): void {
  const isLogit = input === 'logit';
  for (let at = from; at < to; at++) {
    requireScore(scores[at]!, isLogit, at);
    const logit = isLogit ? scores[at]! : servingLogOdds(scores[at]!);
    into[at] = 1 / (1 + Math.exp(-logit / temperature));
  }
}
