import { z } from 'zod';
import { NO_SEGMENT } from '../impressions/scored-impressions.ts';
import { OTHERS } from '../impressions/segments-of.ts';
import { CalibrationError } from './calibration-error.ts';
import { applyToRange, binaryCalibratorSchema, CALIBRATION_METHODS, recordError, requireFormat } from './calibrator.ts';
import type { Scores } from './score-input.ts';

/** What begins every record of this kind. */
export const RUN_CALIBRATORS_FORMAT = 'nisus-run-calibrators';
export const RUN_CALIBRATORS_VERSION = 1;

const way = z.strictObject({ method: z.enum([...CALIBRATION_METHODS, 'none']), segmentation: z.string().nullable() });

const taskSchema = z.strictObject({
  task: z.string().min(1),
  /** Places with an outcome that it was fitted on. */
  examples: z.int().min(0),
  rate: z.number().nullable(),
  ...way.shape,
  /** For all, and for scores of no or an unknown segment; null: scores stay as they are. */
  overall: binaryCalibratorSchema.nullable(),
  /** By code of the segmentation; null: the one for all. */
  segments: z.array(z.strictObject({ name: z.string(), calibrator: binaryCalibratorSchema.nullable() })),
  /** Calibrated probabilities are kept so far from 0 and 1. */
  bound: z.number().min(0).max(0.5),
  /** What was tried by cross-fitting, and how it did. */
  tried: z.array(z.strictObject({ ...way.shape, /** Mean, in nats. */ logLoss: z.number() })),
  /** Why this way was chosen, a sentence. */
  why: z.string(),
});

const runCalibratorsSchema = z
  .strictObject({
    format: z.literal(RUN_CALIBRATORS_FORMAT),
    formatVersion: z.literal(RUN_CALIBRATORS_VERSION),
    /** The model whose scores it takes: no other's. */
    model: z.strictObject({ name: z.string(), fingerprint: z.string().min(1) }),
    data: z.strictObject({ name: z.string(), fingerprint: z.string() }),
    tasks: z.array(taskSchema),
  })
  .refine(({ tasks }) => new Set(tasks.map(({ task }) => task)).size === tasks.length, { path: ['tasks'], error: 'different names' });

/** The calibrators of all tasks of one model: plain data, stored beside its checkpoint. */
export type RunCalibrators = Readonly<z.infer<typeof runCalibratorsSchema>>;

/** The calibrator of one task. */
export type TaskCalibrator = RunCalibrators['tasks'][number];

/**
 * Calibrates probabilities of one task as the run's record says; a task without a calibrator keeps its scores. Some 10 to 60 ns a score (see
 * `applyCalibrator`); allocates nothing when `into` is given, which may be `scores` itself.
 *
 * @param scores probabilities as the model gives them
 * @param segmentCodes `[scores]`, codes of the task's segmentation (`TaskCalibrator.segments`); null, or a code that it does not have: the calibrator
 *   for all
 * @returns `into`
 * @throws CalibrationError `CALIBRATION_OPTION` for a task that the record does not have; `CALIBRATION_SCORE` as `applyCalibrator`
 */
export function applyCalibrators<Into extends Scores = Float64Array<ArrayBuffer>>(
  record: RunCalibrators,
  task: string,
  scores: Scores,
  segmentCodes: Uint8Array | null = null,
  into: Into = new Float64Array(scores.length) as unknown as Into,
): Into {
  const own = taskCalibrator(record, task);
  if (into.length !== scores.length || (segmentCodes !== null && segmentCodes.length !== scores.length)) {
    const message = `there are ${scores.length} scores, ${segmentCodes?.length ?? 'no'} segment codes and room for ${into.length}: give as many of each`;
    throw new CalibrationError('CALIBRATION_SCORE', message, { scores: scores.length, into: into.length });
  }
  const { overall, segments, bound } = own;
  if (overall === null) {
    into.set(scores);
    return into;
  }
  if (segmentCodes === null || segments.length === 0) applyToRange(overall, scores, into, 0, scores.length);
  else {
    for (let at = 0; at < scores.length; at++) {
      const code = segmentCodes[at]!;
      applyToRange((code < segments.length ? segments[code]!.calibrator : null) ?? overall, scores, into, at, at + 1);
    }
  }
  for (let at = 0; at < into.length; at++) {
    if (into[at]! < bound) into[at] = bound;
    else if (into[at]! > 1 - bound) into[at] = 1 - bound;
  }
  return into;
}

/** @throws CalibrationError `CALIBRATION_OPTION` */
export function taskCalibrator({ tasks }: RunCalibrators, task: string): TaskCalibrator {
  for (let at = 0; at < tasks.length; at++) if (tasks[at]!.task === task) return tasks[at]!;
  const has = tasks.map((each) => each.task).join(', ') || 'none';
  throw new CalibrationError('CALIBRATION_OPTION', `task is ${task}: the run's calibrators have ${has}`, { task });
}

/**
 * Code of a segment of a task's segmentation by its name. A name that the calibrators do not have is one of the {@link OTHERS}, where
 * rare values were put together, and else in no segment.
 */
export function segmentCodeOf({ segments }: TaskCalibrator, name: string): number {
  const place = segments.findIndex((segment) => segment.name === name);
  if (place >= 0) return place;
  const others = segments.findIndex((segment) => segment.name === OTHERS);
  return others >= 0 ? others : NO_SEGMENT;
}

/**
 * Reads a record that was stored (the value of `JSON.parse`).
 *
 * @throws CalibrationError `CALIBRATION_RECORD`; the message says what is wrong
 */
export function parseRunCalibrators(value: unknown): RunCalibrators {
  requireFormat(value, RUN_CALIBRATORS_FORMAT, RUN_CALIBRATORS_VERSION);
  const result = runCalibratorsSchema.safeParse(value);
  if (result.success) return result.data;
  throw recordError(`the record of the run's calibrators is damaged: ${z.prettifyError(result.error)}; fit them again`, result.error);
}
