import { servingLogOdds } from './score-input.ts';
import type { BinaryCalibrator } from './calibrator.ts';

/** A straight line in log-odds: logit p′ = slope · logit p + intercept. */
export interface LogOddsLine {
  /** From 0: order is kept. */
  readonly slope: number;
  readonly intercept: number;
}

/**
 * A calibrator followed by a line in log-odds, as one calibrator. Every kind but the temperature stays what it is (a temperature with an
 * intercept is Platt's): the parameters of `platt` and `beta` are those of a line, of `isotonic` and `histogram` the probabilities move. Between
 * its knots an isotonic map stays straight in the scores, so there it is the line's to the curvature between two knots.
 */
export function adjustCalibrator(calibrator: BinaryCalibrator, line: LogOddsLine): BinaryCalibrator {
  const { slope, intercept } = line;
  switch (calibrator.kind) {
    case 'platt':
      return { ...calibrator, slope: slope * calibrator.slope, intercept: slope * calibrator.intercept + intercept };
    case 'temperature': {
      const { temperature, ...header } = calibrator;
      return { ...header, kind: 'platt', slope: slope / temperature, intercept };
    }
    case 'beta':
      // Another family than the variants of fewer parameters.
      return { ...calibrator, variant: 'abm', a: slope * calibrator.a, b: slope * calibrator.b, c: slope * calibrator.c + intercept };
    case 'isotonic':
    case 'histogram':
      return { ...calibrator, probabilities: calibrator.probabilities.map((probability) => moved(probability, line)) };
  }
}

/** 0 and 1 stay: no finite line reaches them. */
function moved(probability: number, { slope, intercept }: LogOddsLine): number {
  if (probability <= 0 || probability >= 1) return probability;
  return 1 / (1 + Math.exp(-slope * servingLogOdds(probability) - intercept));
}
