import { z } from 'zod';
import { adjustCalibrator } from './adjust-calibrator.ts';
import { CalibrationError, optionError } from './calibration-error.ts';
import {
  applyCalibrator,
  applyToRange,
  binaryCalibratorSchema,
  CALIBRATION_METHODS,
  fitCalibrator,
  recordError,
  requireFormat,
  type BinaryCalibrator,
  type CalibrationMethod,
} from './calibrator.ts';
import type { LabelledScores } from './labelled-scores.ts';
import { fitPlatt } from './platt.ts';
import { probabilityBound } from './probability-bound.ts';
import type { Scores } from './score-input.ts';
import { splitSegments, type SegmentedScores } from './segmented-scores.ts';

const FORMAT = 'nisus-segmented-calibrator';
const VERSION = 1;

const segmentedCalibratorSchema = z
  .strictObject({
    format: z.literal(FORMAT),
    formatVersion: z.literal(VERSION),
    method: z.enum(CALIBRATION_METHODS),
    /** For scores of no segment, of an unknown one, and of one without a calibrator of its own. */
    overall: binaryCalibratorSchema,
    segments: z.array(
      z.strictObject({
        name: z.string().min(1),
        /** Examples that it was fitted on, or would have been. */
        examples: z.int().min(0),
        /** null: too few examples, {@link fitBySegment}. */
        calibrator: binaryCalibratorSchema.nullable(),
      }),
    ),
  })
  .refine(({ segments }) => new Set(segments.map(({ name }) => name)).size === segments.length, {
    path: ['segments'],
    error: 'different names',
  })
  .refine(({ overall, segments }) => segments.every(({ calibrator }) => (calibrator ?? overall).input === overall.input), {
    path: ['segments'],
    error: 'scores of one kind',
  });

/** A calibrator for all, and one for each segment that has enough examples: plain data. */
export type SegmentedCalibrator = Readonly<z.infer<typeof segmentedCalibratorSchema>>;

/** How {@link fitBySegment} fits. */
export interface SegmentFitOptions {
  readonly method: CalibrationMethod;
  /**
   * What a segment has of its own. `map`: a calibrator of the method, fitted on it alone. `line`: the calibrator for all, followed by a line in
   * log-odds (two numbers, Platt's) that is fitted on it: an isotonic map of a segment's own learns its noise by heart. @default 'map'
   */
  readonly own?: 'map' | 'line';
  /** A segment with fewer examples has no calibrator of its own. From 1. @default 1000 */
  readonly examplesMin?: number;
  /** Nor has one with fewer examples of either label: where all is yes, or all no, there is nothing to fit. From 0. @default 20 */
  readonly labelMin?: number;
}

/**
 * Fits one calibrator on all examples and one on each segment that is large enough; the others fall back to the one for all. Examples of
 * weight 0 do not count.
 *
 * @throws CalibrationError `CALIBRATION_OPTION`; else as `splitSegments`
 */
export function fitBySegment(examples: SegmentedScores, options: SegmentFitOptions): SegmentedCalibrator {
  const { method, own: form = 'map', examplesMin = 1000, labelMin = 20 } = options;
  if (!Number.isInteger(examplesMin) || examplesMin < 1) throw optionError('examplesMin', examplesMin, 'a whole number from 1');
  if (!Number.isInteger(labelMin) || labelMin < 0) throw optionError('labelMin', labelMin, 'a whole number from 0');
  const { segments } = splitSegments(examples);
  const isEnough = ({ labels }: LabelledScores) => {
    let yes = 0;
    for (let at = 0; at < labels.length; at++) yes += labels[at]!;
    return labels.length >= examplesMin && Math.min(yes, labels.length - yes) >= labelMin;
  };
  const overall = fitCalibrator(method, examples);
  return {
    format: FORMAT,
    formatVersion: VERSION,
    method,
    overall,
    segments: segments.map(({ name, examples: own }) => ({
      name,
      examples: own?.scores.length ?? 0,
      calibrator: own === null || !isEnough(own) ? null : form === 'map' ? fitCalibrator(method, own) : adjusted(overall, own),
    })),
  };
}

/** The calibrator for all with the line that a segment asks for; null where that would turn the order round. */
function adjusted(overall: BinaryCalibrator, own: LabelledScores): BinaryCalibrator | null {
  const { input: _, ...rest } = own;
  // An isotonic map may say 0 or 1, from which no line leads away.
  const bound = probabilityBound(own.scores.length);
  const scores = applyCalibrator(overall, own.scores).map((probability) => Math.min(1 - bound, Math.max(bound, probability)));
  const { slope, intercept } = fitPlatt({ ...rest, scores, input: 'probability' });
  return slope >= 0 ? adjustCalibrator(overall, { slope, intercept }) : null;
}

/** The place of a segment in the record, −1 when it is unknown: look it up once, not for every score. */
export function segmentPlace(record: SegmentedCalibrator, name: string): number {
  return record.segments.findIndex((segment) => segment.name === name);
}

/**
 * Calibrates scores, each by its segment. Allocates nothing when `into` is given; `into` may be `scores` itself.
 *
 * @param segments `[examples]`, places in `record.segments` ({@link segmentPlace}); any other number: the calibrator for all
 * @returns `into`
 * @throws CalibrationError `CALIBRATION_SCORE` as `applyCalibrator`, or when lengths differ
 */
export function applySegmentedCalibrator(record: SegmentedCalibrator, scores: Scores, segments: Int32Array): Float64Array;
export function applySegmentedCalibrator<Into extends Scores>(
  record: SegmentedCalibrator,
  scores: Scores,
  segments: Int32Array,
  into: Into,
): Into;
export function applySegmentedCalibrator(
  record: SegmentedCalibrator,
  scores: Scores,
  segments: Int32Array,
  into: Scores = new Float64Array(scores.length),
): Scores {
  if (into.length !== scores.length || segments.length !== scores.length) {
    const message = `there are ${scores.length} scores, ${segments.length} segments and room for ${into.length}: give as many of each`;
    throw new CalibrationError('CALIBRATION_SCORE', message, { scores: scores.length, segments: segments.length, into: into.length });
  }
  const known = record.segments.length;
  for (let at = 0; at < scores.length; at++) {
    const place = segments[at]!;
    const own = place >= 0 && place < known ? record.segments[place]!.calibrator : null;
    applyToRange(own ?? record.overall, scores, into, at, at + 1);
  }
  return into;
}

/**
 * Reads a record that was stored (the value of `JSON.parse`).
 *
 * @throws CalibrationError `CALIBRATION_RECORD` when it is no such record, of another version, or damaged; the message says which
 */
export function parseSegmentedCalibrator(value: unknown): SegmentedCalibrator {
  requireFormat(value, FORMAT, VERSION);
  const result = segmentedCalibratorSchema.safeParse(value);
  if (result.success) return result.data;
  throw recordError(`the segmented calibrator's record is damaged: ${z.prettifyError(result.error)}; fit it again`, result.error);
}
