import { z } from 'zod';
import { multiTaskConfigSchema } from '../models/multi-task/multi-task-config.ts';
import { optimizerConfigSchema, pacing } from './training-config.ts';

/** All that the training of a multi-task model depends on, beside its encoder and its data. Stored with every checkpoint. */
export const taskTrainingConfigSchema = z.strictObject({
  model: multiTaskConfigSchema,
  /** In the order of the model's tasks; the loss is Σ weight · mean BCE of the task. */
  tasks: z
    .array(z.strictObject({ name: z.string().min(1), weight: z.number().positive().default(1) }))
    .min(1)
    .max(64),
  /** Strength of the term that keeps experts in use (`withGateBalance`); 0 for none. */
  gateBalance: z.number().min(0).default(0),
  optimizer: optimizerConfigSchema,
  /** Examples in a step. */
  batchSize: z.int().min(1).max(1_048_576),
  ...pacing,
});

/** See {@link taskTrainingConfigSchema}. */
export type TaskTrainingConfig = z.infer<typeof taskTrainingConfigSchema>;
