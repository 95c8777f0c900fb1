import { z } from 'zod';
import { nextActionTrainingConfigSchema } from '../../learn/training/next-action/next-action-training-config.ts';
import { runFactsShape, runStateSchema } from '../runs/run-facts.ts';
import { findRecordOfKind } from '../runs/run-kind.ts';
import { NEXT_ACTION_RUN, SPLIT_KINDS } from '../runs/run-record.ts';

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

/**
 * The record of a folder; null where it holds no run, or one of another kind.
 *
 * @throws {RunDamagedError}
 */
export function findNextActionRecord(folder: string): Promise<NextActionRecord | null> {
  return findRecordOfKind(folder, NEXT_ACTION_RUN, recordSchema);
}
