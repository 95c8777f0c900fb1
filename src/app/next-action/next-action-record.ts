import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import { nextActionTrainingConfigSchema } from '../../learn/training/next-action/next-action-training-config.ts';
import { platformFolder, type PlatformFolder } from '../platform/platform-folder.ts';
import { RunDamagedError } from '../runs/run-errors.ts';
import { runFactsShape, runStateSchema } from '../runs/run-facts.ts';
import { runKindOf } from '../runs/run-kind.ts';
import { NEXT_ACTION_RUN, runRecordPath, SPLIT_KINDS } from '../runs/run-record.ts';

const metric = z.object({
  metric: z.string(),
  cutoff: z.int(),
  value: z.number(),
  interval: z.tuple([z.number(), z.number()]).nullable(),
});

const recordSchema = z.object({
  kind: z.literal(NEXT_ACTION_RUN),
  formatVersion: z.literal(1),
  state: runStateSchema,
  data: z.object({
    name: z.string(),
    fingerprint: z.string(),
    /** The platform's folder, relative to the run's. */
    folder: z.string(),
    /** Events of its log before this offset. */
    nextOffset: z.int(),
    users: z.int(),
    subjects: z.int(),
    actions: z.int(),
    targets: z.int(),
  }),
  split: z.enum(SPLIT_KINDS),
  /** What `--model` named. */
  preset: z.string().nullable(),
  config: nextActionTrainingConfigSchema,
  ...runFactsShape,
  /** The model's figures on the test cases. */
  metrics: z.array(metric).nullable(),
});

/** `run.json` of a run that reads what people did in all domains. */
export type NextActionRecord = z.infer<typeof recordSchema>;

/** Writes a run's record, whole or not at all. */
export async function writeNextActionRecord(folder: string, record: NextActionRecord): Promise<void> {
  await writeFileAtomically(runRecordPath(folder), [`${JSON.stringify(record, null, 2)}\n`]);
}

/**
 * The record of a folder; null where it holds no run, or one of another kind.
 *
 * @throws {RunDamagedError}
 */
export async function findNextActionRecord(folder: string): Promise<NextActionRecord | null> {
  if ((await runKindOf(folder)) !== NEXT_ACTION_RUN) return null;
  const record = recordSchema.safeParse(JSON.parse(await readFile(runRecordPath(folder), 'utf8')));
  if (!record.success) throw new RunDamagedError(folder, `run.json: ${z.prettifyError(record.error)}`, record.error);
  return record.data;
}

/** The platform that a run was trained on. */
export function platformOfRun(folder: string, record: NextActionRecord): PlatformFolder {
  return platformFolder(path.resolve(folder, record.data.folder));
}
