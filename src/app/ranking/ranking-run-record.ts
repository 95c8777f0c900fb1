import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { taskSchema } from '../../data/actions/task-declaration.ts';
import { rankerTrainingConfigSchema } from '../../learn/training/ranking/ranker-training-config.ts';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import { RunDamagedError } from '../runs/run-errors.ts';
import { runFactsShape, runStateSchema } from '../runs/run-facts.ts';
import { runKindOf } from '../runs/run-kind.ts';
import { RANKING_RUN, runRecordPath } from '../runs/run-record.ts';

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

/** Writes a run's record, whole or not at all. */
export async function writeRankingRecord(folder: string, record: RankingRunRecord): Promise<void> {
  await writeFileAtomically(runRecordPath(folder), [`${JSON.stringify(record, null, 2)}\n`]);
}

/**
 * The record of a folder; null where it holds no run, or one of another kind.
 *
 * @throws {RunDamagedError}
 */
export async function findRankingRecord(folder: string): Promise<RankingRunRecord | null> {
  if ((await runKindOf(folder)) !== RANKING_RUN) return null;
  const record = recordSchema.safeParse(JSON.parse(await readFile(runRecordPath(folder), 'utf8')));
  if (!record.success) throw new RunDamagedError(folder, `run.json: ${z.prettifyError(record.error)}`, record.error);
  return record.data;
}

/** The platform that a run was trained on. */
export function platformOfRankingRun(folder: string, record: RankingRunRecord): PlatformFolder {
  return platformFolder(path.resolve(folder, record.data.folder));
}
