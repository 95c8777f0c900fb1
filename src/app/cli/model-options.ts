import type { NextActionTrainingConfig } from '../../learn/training/next-action/next-action-training-config.ts';
import type { RankerTrainingConfig } from '../../learn/training/ranking/ranker-training-config.ts';
import { UsageError } from './cli-errors.ts';
import type { TrainingOptions } from './training-options.ts';

/**
 * A config of a model over actions with the single options of the command line in it; to be checked by its schema.
 *
 * @throws {UsageError} for `--blocks` where the encoder has none
 */
export function withModelOptions(base: RankerTrainingConfig | NextActionTrainingConfig, options: TrainingOptions): unknown {
  const { model } = base;
  const { encoder } = model;
  const dimension = options.dimension ?? model.dimension;
  if (options.blocks !== undefined && !('blocks' in encoder))
    throw new UsageError(`--blocks is of encoders with blocks; ${encoder.kind} has none. Leave it out.`);
  const scaled = (size: number) => Math.max(1, Math.round((size * dimension) / model.dimension));
  const widths =
    encoder.kind === 'hstu'
      ? { queryDimension: scaled(encoder.queryDimension), valueDimension: scaled(encoder.valueDimension) }
      : encoder.kind === 'transformer'
        ? { feedForward: scaled(encoder.feedForward) }
        : {};
  return {
    ...base,
    model: {
      ...model,
      dimension,
      encoder: {
        ...encoder,
        ...widths,
        maxLength: options.maxLength ?? encoder.maxLength,
        ...('blocks' in encoder && { blocks: options.blocks ?? encoder.blocks }),
        dropout: options.dropout ?? encoder.dropout,
      },
    },
    optimizer: { ...base.optimizer, learningRate: options.learningRate ?? base.optimizer.learningRate },
    batch: { ...base.batch, rowsMax: options.batchSize ?? base.batch.rowsMax },
    epochs: options.epochs ?? base.epochs,
    patience: options.patience ?? base.patience,
    checkpointEverySteps: options.checkpointEvery ?? base.checkpointEverySteps,
    seed: options.seed ?? base.seed,
    threads: options.threads ?? base.threads,
  };
}
