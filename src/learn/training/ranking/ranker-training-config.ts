import { z } from 'zod';
import { rankerConfigSchema } from '../../models/ranking/ranker-config.ts';
import { compositeLossSchema } from '../composite-loss/composite-loss-config.ts';
import { optimizerConfigSchema, pacing } from '../training-config.ts';

/** All that the training of a ranking model depends on, beside its data. Stored with every checkpoint. */
export const rankerTrainingConfigSchema = z.strictObject({
  model: rankerConfigSchema,
  /** Tasks, in the order of the model's, with all that is to be said of their losses. */
  loss: compositeLossSchema,
  optimizer: optimizerConfigSchema,
  rows: z
    .strictObject({
      /** Candidates that share one encoded history at most. */
      candidatesMax: z.int().min(1).max(100_000).default(192),
      /** Places of a page that losses over lists look at, from the first on. */
      listPlaces: z.int().min(2).max(1_000).default(32),
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
