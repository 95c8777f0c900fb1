import { z } from 'zod';
import { applyBeta, betaSchema, fitBeta } from './beta.ts';
import { CalibrationError, optionError } from './calibration-error.ts';
import { CALIBRATOR_FORMAT, CALIBRATOR_VERSION } from './calibrator-header.ts';
import { applyHistogram, fitHistogram, histogramSchema } from './histogram.ts';
import { applyIsotonic, fitIsotonic, isotonicSchema } from './isotonic.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { applyPlatt, fitPlatt, plattSchema } from './platt.ts';
import type { Scores } from './score-input.ts';
import { applySoftmaxTemperature, softmaxTemperatureSchema } from './softmax-temperature.ts';
import { applyTemperature, fitTemperature, temperatureSchema } from './temperature.ts';

/** The record of a calibrator of yes-or-no scores. */
export const binaryCalibratorSchema = z.discriminatedUnion('kind', [
  plattSchema,
  temperatureSchema,
  isotonicSchema,
  betaSchema,
  histogramSchema,
]);

/** The record of any calibrator. */
const calibratorSchema = z.discriminatedUnion('kind', [...binaryCalibratorSchema.options, softmaxTemperatureSchema]);

/** A {@link Calibrator} of yes-or-no scores. */
export type BinaryCalibrator = Readonly<z.infer<typeof binaryCalibratorSchema>>;

/** A fitted map from scores to probabilities: plain data, to be stored beside a checkpoint. */
export type Calibrator = Readonly<z.infer<typeof calibratorSchema>>;

/** Ways to calibrate a yes-or-no score. */
export const CALIBRATION_METHODS = ['platt', 'temperature', 'isotonic', 'beta', 'histogram'] as const;

/** One of the {@link CALIBRATION_METHODS}. */
export type CalibrationMethod = (typeof CALIBRATION_METHODS)[number];

/**
 * Fits a calibrator with the defaults of its own function. Which: `isotonic` from some thousand examples with labels of both kinds,
 * `beta` or `platt` below, `temperature` where the order of magnitude is right and only sureness is wrong.
 *
 * @throws CalibrationError `CALIBRATION_OPTION` of an unknown method; else as `checkLabelledScores`
 */
export function fitCalibrator(method: CalibrationMethod, examples: LabelledScores): BinaryCalibrator {
  switch (method) {
    case 'platt':
      return fitPlatt(examples);
    case 'temperature':
      return fitTemperature(examples);
    case 'isotonic':
      return fitIsotonic(examples);
    case 'beta':
      return fitBeta(examples);
    case 'histogram':
      return fitHistogram(examples);
    default:
      throw optionError('method', method, `one of ${CALIBRATION_METHODS.join(', ')}`);
  }
}

/**
 * Calibrates scores: each becomes a probability in [0, 1]. Allocates nothing when `into` is given; `into` may be `scores` itself.
 * Some 10 to 20 ns a score, beta 60; isotonic and histogram by the logarithm of their size.
 *
 * Scores must be of the kind that the record was fitted on (`record.input`). A score that is not — NaN, an infinite logit, a
 * probability outside of [0, 1] — is refused, as it would be hidden behind a plausible number; what `into` then holds is undefined.
 *
 * @param record from a `fit…`, or {@link parseCalibrator}
 * @param scores `[examples]`, for `softmax-temperature` `[examples, classes]`
 * @param into as long as `scores` @default a new Float64Array
 * @returns `into`
 * @throws CalibrationError `CALIBRATION_SCORE` naming the place and the value
 */
export function applyCalibrator(record: Calibrator, scores: Scores): Float64Array;
export function applyCalibrator<Into extends Scores>(record: Calibrator, scores: Scores, into: Into): Into;
export function applyCalibrator(record: Calibrator, scores: Scores, into: Scores = new Float64Array(scores.length)): Scores {
  if (into.length !== scores.length) {
    const message = `into holds ${into.length} values for ${scores.length} scores: give one as long`;
    throw new CalibrationError('CALIBRATION_SCORE', message, { into: into.length, scores: scores.length });
  }
  if (record.kind === 'softmax-temperature') applySoftmaxTemperature(record, scores, into);
  else applyToRange(record, scores, into, 0, scores.length);
  return into;
}

/**
 * Calibrates the scores of a yes-or-no question from place `from` to before `to`; the caller has checked that `into` is as long. Allocates
 * nothing: only whole numbers are passed, which V8 does not box.
 *
 * @throws CalibrationError `CALIBRATION_SCORE` as {@link applyCalibrator}
 */
export function applyToRange(record: BinaryCalibrator, scores: Scores, into: Scores, from: number, to: number): void {
  switch (record.kind) {
    case 'platt':
      return applyPlatt(record, scores, into, from, to);
    case 'temperature':
      return applyTemperature(record, scores, into, from, to);
    case 'isotonic':
      return applyIsotonic(record, scores, into, from, to);
    case 'beta':
      return applyBeta(record, scores, into, from, to);
    case 'histogram':
      return applyHistogram(record, scores, into, from, to);
  }
}

/**
 * Reads a record that was stored (the value of `JSON.parse`).
 *
 * @throws CalibrationError `CALIBRATION_RECORD` when it is no calibrator, of another version, of an unknown kind, or damaged; the
 *   message says which
 */
export function parseCalibrator(value: unknown): Calibrator {
  requireFormat(value, CALIBRATOR_FORMAT, CALIBRATOR_VERSION);
  const result = calibratorSchema.safeParse(value);
  if (result.success) return result.data;
  throw recordError(`the calibrator's record is damaged: ${z.prettifyError(result.error)}; fit it again`, result.error);
}

/** Refuses a record of another format or version, before its content is looked at. @throws CalibrationError `CALIBRATION_RECORD` */
export function requireFormat(value: unknown, format: string, version: number): void {
  const { format: found, formatVersion } = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  if (found !== format) throw recordError(`this is no record of format ${format} (its format is ${JSON.stringify(found) ?? 'missing'})`);
  if (formatVersion !== version) {
    throw recordError(
      `the record has format version ${JSON.stringify(formatVersion) ?? 'none'}, this version of Nisus reads ${version}: fit it again`,
    );
  }
}

/** The error of a record. */
export function recordError(message: string, cause?: unknown): CalibrationError {
  return new CalibrationError('CALIBRATION_RECORD', message, {}, cause);
}
