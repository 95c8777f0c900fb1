import { z } from 'zod';
import { nextActionConfigSchema } from '../../models/next-action/next-action-config.ts';
import { lossSchema, optimizerConfigSchema, pacing } from '../training-config.ts';

/** All that the training of a next-action model depends on, beside its data. Stored with every checkpoint. */
export const nextActionTrainingConfigSchema = z.strictObject({
  model: nextActionConfigSchema,
  /** Actions that are targets where they have a subject; repeated ones on one subject in a row count once. */
  targets: z.array(z.string().min(1)).min(1).max(255),
  /** A softmax over all would make the vectors of the whole catalog in each step. */
  loss: lossSchema.refine(({ kind }) => kind !== 'full-softmax', {
    error: 'a next-action model draws its negatives: sampled-softmax, bce or gbce',
  }),
  optimizer: optimizerConfigSchema,
  rows: z
    .strictObject({
      /** Moments that share one encoded history at most. */
      momentsMax: z.int().min(1).max(100_000).default(64),
    })
    .prefault({}),
  batch: z
    .strictObject({
      /** Places for moments in a step, padding included. */
      momentsPerBatch: z.int().min(1).max(1_048_576).default(1024),
      rowsMax: z.int().min(1).max(65_536).default(128),
    })
    .prefault({}),
  ...pacing,
});

/** See {@link nextActionTrainingConfigSchema}. */
export type NextActionTrainingConfig = z.infer<typeof nextActionTrainingConfigSchema>;
