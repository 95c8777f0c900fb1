import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { trainingConfigSchema } from '../../learn/training/training-config.ts';
import { RunDamagedError, RunKindError, RunMissingError } from './run-errors.ts';
import { runFactsShape, runStateSchema, type RunFacts } from './run-facts.ts';

/** How a data set is cut for training, validation and test. */
export const SPLIT_KINDS = ['leave-one-out', 'time'] as const;

/** One of {@link SPLIT_KINDS}. */
export type SplitKind = (typeof SPLIT_KINDS)[number];

/** Kind of a run that reads what people did in all domains (`app/next-action`), as it stands in its `run.json`. */
export const NEXT_ACTION_RUN = 'nisus-next-action-run';

/** Kind of a run that ranks pages for several tasks (`app/ranking`). */
export const RANKING_RUN = 'nisus-ranking-run';

const metric = z.object({
  metric: z.string(),
  cutoff: z.int(),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
});

const recordSchema = z.object({
  kind: z.literal('nisus-run'),
  formatVersion: z.literal(1),
  state: runStateSchema,
  data: z.object({
    name: z.string(),
    fingerprint: z.string(),
    /** Relative to the run's folder, so that a home that moves as a whole stays whole. */
    folder: z.string(),
    users: z.int(),
    items: z.int(),
    interactions: z.int(),
  }),
  split: z.enum(SPLIT_KINDS),
  /** Name of the preset that the config was made from. */
  preset: z.string().nullable(),
  config: trainingConfigSchema,
  ...runFactsShape,
  /** SHA-256 (hex) of model.onnx. */
  modelDigest: z.string().nullable(),
  /** The model's figures on the test cases. */
  metrics: z.array(metric).nullable(),
});

/** `run.json`: what a run is, what it was made from and what came of it. */
export type RunRecord = z.infer<typeof recordSchema>;

/** Path of a run's record. */
export function runRecordPath(folder: string): string {
  return path.join(folder, 'run.json');
}

/** Writes a run's record, of whatever kind, whole or not at all. */
export async function writeRecord(folder: string, record: RunFacts & { readonly kind: string }): Promise<void> {
  await writeFileAtomically(runRecordPath(folder), [`${JSON.stringify(record, null, 2)}\n`]);
}

/**
 * Reads a run's record.
 *
 * @throws {RunMissingError}, {@link RunDamagedError}, {@link RunKindError}
 */
export async function readRunRecord(folder: string): Promise<RunRecord> {
  const text = await readFile(runRecordPath(folder), 'utf8').catch((cause: unknown) => {
    throw new RunMissingError(folder, cause);
  });
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (cause) {
    throw new RunDamagedError(folder, 'run.json is not JSON', cause);
  }
  if (typeof json === 'object' && json !== null && 'kind' in json && (json.kind === NEXT_ACTION_RUN || json.kind === RANKING_RUN))
    throw new RunKindError(folder, json.kind);
  const record = recordSchema.safeParse(json);
  if (!record.success) throw new RunDamagedError(folder, `run.json: ${z.prettifyError(record.error)}`, record.error);
  return record.data;
}

/**
 * The record of a folder that may hold no run.
 *
 * @throws {RunDamagedError}
 */
export async function findRunRecord(folder: string): Promise<RunRecord | null> {
  try {
    return await readRunRecord(folder);
  } catch (error) {
    if (error instanceof RunMissingError) return null;
    throw error;
  }
}

/** Folder of the data set that a run was trained on. */
export function dataFolderOf(folder: string, record: RunRecord): string {
  return path.resolve(folder, record.data.folder);
}
