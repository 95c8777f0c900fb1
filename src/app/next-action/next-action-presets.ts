import { INTERACTION_ACTIONS } from '../../data/events/interaction-actions.ts';
import {
  nextActionTrainingConfigSchema,
  type NextActionTrainingConfig,
} from '../../learn/training/next-action/next-action-training-config.ts';

/** Models that read what people did in all domains, by the name of `nisus train --model`. */
export const NEXT_ACTION_MODELS = ['hstu-actions', 'transformer-actions', 'sasrec-actions'] as const;

/** One of {@link NEXT_ACTION_MODELS}. */
export type NextActionModel = (typeof NEXT_ACTION_MODELS)[number];

const attention = { maxLength: 32, blocks: 1, heads: 1, dropout: 0.1 };

const ENCODERS = {
  'hstu-actions': { kind: 'hstu', ...attention, queryDimension: 48, valueDimension: 48 },
  'transformer-actions': { kind: 'transformer', ...attention, feedForward: 96 },
  'sasrec-actions': { kind: 'sasrec', ...attention },
} as const;

/**
 * Settings of a model over actions, made on the demo world's validation: a day of a platform of ten thousand users is some
 * ten thousand targets. Half of the ids are hidden in a step, for most of what is asked about is younger than the training.
 */
export function nextActionPreset(model: NextActionModel): NextActionTrainingConfig {
  return nextActionTrainingConfigSchema.parse({
    model: {
      dimension: 48,
      encoder: ENCODERS[model],
      content: { idBuckets: 16_384, authorBuckets: 2048, gramBuckets: 8192, gramsMax: 24, gramDimension: 32 },
      idDropout: 0.5,
    },
    targets: [...INTERACTION_ACTIONS],
    loss: { kind: 'sampled-softmax', negatives: 512, sampling: 'popularity' },
    optimizer: { kind: 'adam', learningRate: 0.003 },
    batch: { momentsPerBatch: 2048 },
    epochs: 4,
    patience: 2,
    checkpointEverySteps: 100,
  });
}
