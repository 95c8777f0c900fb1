import { z } from 'zod';
import { taskSchema } from '../../data/actions/task-declaration.ts';
import { rankerTrainingConfigSchema } from '../../learn/training/ranking/ranker-training-config.ts';
import { runFactsShape, runStateSchema } from '../runs/run-facts.ts';
import { findRecordOfKind } from '../runs/run-kind.ts';
import { RANKING_RUN } from '../runs/run-record.ts';

/** How pages are cut by time, and what training may know at its cut. */
export const rankingSplitSchema = z.strictObject({
  /** Pages asked for before it are for training. Milliseconds since the epoch. */
  trainUntilMs: z.number(),
  /** Those from there on, but before this moment, for validation, later ones for the test. */
  validationUntilMs: z.number(),
  /** What is done with outcomes that may still come at the training cut. */
  correction: z.enum(['closed-window', 'inverse-delay']),
});

/** See {@link rankingSplitSchema}. */
export type RankingSplit = z.infer<typeof rankingSplitSchema>;

const taskFigures = z.object({
  task: z.string(),
  metric: z.string(),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]),
});

const recordSchema = z.object({
  kind: z.literal(RANKING_RUN),
  formatVersion: z.literal(1),
  state: runStateSchema,
  data: z.object({
    name: z.string(),
    /** Of the columns that were read. */
    fingerprint: z.string(),
    /** The platform's folder, relative to the run's. */
    folder: z.string(),
    /** Events of the log before this offset were read; those that came later are not part of the run. */
    untilOffset: z.int(),
    users: z.int(),
    subjects: z.int(),
    actions: z.int(),
    pages: z.int(),
    places: z.int(),
  }),
  split: rankingSplitSchema,
  tasks: z.array(taskSchema),
  config: rankerTrainingConfigSchema,
  ...runFactsShape,
  /** SHA-256 (hex) of the best parameters: what calibrators and predictions name. */
  modelFingerprint: z.string().nullable(),
  /** Over all test places, calibrated. */
  metrics: z.array(taskFigures).nullable(),
});

/** `run.json` of a ranking run: what it is, what it was made from and what came of it. */
export type RankingRunRecord = z.infer<typeof recordSchema>;

/** Where the served model of a run lies, within its folder. */
export const SERVED_FOLDER = 'served';

/**
 * The record of a folder; null where it holds no run, or one of another kind.
 *
 * @throws {RunDamagedError}
 */
export function findRankingRecord(folder: string): Promise<RankingRunRecord | null> {
  return findRecordOfKind(folder, RANKING_RUN, recordSchema);
}
