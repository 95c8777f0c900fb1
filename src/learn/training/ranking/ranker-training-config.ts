import { z } from 'zod';
import { rankerConfigSchema } from '../../models/ranking/ranker-config.ts';
import { optimizerConfigSchema, pacing } from '../training-config.ts';

/** All that the training of a ranking model depends on, beside its data. Stored with every checkpoint. */
export const rankerTrainingConfigSchema = z.strictObject({
  model: rankerConfigSchema,
  /** In the order of the model's tasks. */
  tasks: z
    .array(z.strictObject({ name: z.string().min(1), weight: z.number().positive().default(1) }))
    .min(1)
    .max(64),
  /** Strength of the term that keeps experts in use; 0 for none. */
  gateBalance: z.number().min(0).default(0),
  optimizer: optimizerConfigSchema,
  rows: z
    .strictObject({
      /** Candidates that share one encoded history at most. */
      candidatesMax: z.int().min(1).max(100_000).default(192),
    })
    .prefault({}),
  batch: z
    .strictObject({
      /** Places for candidates in a step, padding included. */
      candidatesPerBatch: z.int().min(1).max(1_048_576).default(4096),
      rowsMax: z.int().min(1).max(65_536).default(128),
    })
    .prefault({}),
  ...pacing,
});

/** See {@link rankerTrainingConfigSchema}. */
export type RankerTrainingConfig = z.infer<typeof rankerTrainingConfigSchema>;
