import { z } from 'zod';
import { modelConfigSchema } from '../models/model-config.ts';
import { listLossSchema } from '../nn/losses/list-loss.ts';
import type { LossConfig } from './next-item-loss.ts';

/** Before the defaults of a list loss are filled in. */
type LossInput = Exclude<LossConfig, { kind: 'list' }> | { kind: 'list'; loss: z.input<typeof listLossSchema>; negatives: number };

/** See {@link LossConfig}. */
export const lossSchema: z.ZodType<LossConfig, LossInput> = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('full-softmax') }),
  z.strictObject({
    kind: z.literal('sampled-softmax'),
    negatives: z.int().min(1).max(100_000),
    sampling: z.enum(['uniform', 'popularity']),
  }),
  z.strictObject({ kind: z.literal('bce'), negatives: z.int().min(1).max(10_000) }),
  z.strictObject({ kind: z.literal('gbce'), negatives: z.int().min(1).max(10_000), calibration: z.number().min(0).max(1) }),
  z.strictObject({ kind: z.literal('list'), loss: listLossSchema, negatives: z.int().min(1).max(10_000) }),
]);

/** The update rule of a run and its learning rate. */
export const optimizerConfigSchema = z.strictObject({
  kind: z.enum(['sgd', 'adam', 'adamw', 'adagrad']),
  learningRate: z.number().positive(),
  /** Of sgd. */
  momentum: z.number().min(0).lt(1).default(0.9),
  /** Of adam and adamw. */
  beta2: z.number().min(0).lt(1).default(0.999),
  /** Decoupled for adamw, L2 for sgd; spares norms and biases. */
  weightDecay: z.number().min(0).default(0),
  /** Global gradient norm; null for none. */
  clipNorm: z.number().positive().nullable().default(null),
  /** Over the run's epochs, after a linear rise over `warmupSteps`. */
  schedule: z.enum(['constant', 'linear', 'cosine']).default('constant'),
  warmupSteps: z.int().min(0).default(0),
});

/** How long a run is, and when it validates, stops and saves. */
export const pacing = {
  epochs: z.int().min(1).max(100_000),
  validateEveryEpochs: z.int().min(1).default(1),
  /** Ends the run after so many validations without a better one. */
  patience: z.int().min(1).default(10),
  /** A checkpoint after so many steps, beside that after each validation. */
  checkpointEverySteps: z.int().min(1).default(500),
  seed: z.int().min(0).default(1),
  threads: z.int().min(1).max(256).default(2),
};

/** All that a training run depends on, beside its data. Stored with every checkpoint. */
export const trainingConfigSchema = z.strictObject({
  model: modelConfigSchema,
  loss: lossSchema,
  optimizer: optimizerConfigSchema,
  /** Histories in a step. */
  batchSize: z.int().min(1).max(65_536),
  /** `one` random window of each history longer than the model reads, or as many as it takes to `cover` it. */
  windows: z.enum(['one', 'cover', 'last']).default('cover'),
  ...pacing,
});

/** See {@link trainingConfigSchema}. */
export type TrainingConfig = z.infer<typeof trainingConfigSchema>;
