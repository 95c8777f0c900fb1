import type { EvaluationCases } from '../evaluation/evaluation-cases.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { buildEncoder, usesTimes } from '../models/model-config.ts';
import { input } from '../tensor/leaf.ts';
import { compileTrainingStep, type TrainingStep } from '../tensor/training-step.ts';
import type { TensorValue } from '../tensor/program.ts';
import { makeOptimizer, makeSchedule } from './make-optimizer.ts';
import { negativeFeeds } from './negative-sampling.ts';
import { neuralRanker } from './neural-ranker.ts';
import { nextItemLoss } from './next-item-loss.ts';
import { batchCount, sequenceBatches, type SequenceBatch } from './sequence-batches.ts';
import type { TrainingConfig } from './training-config.ts';
import { runTrainingLoop, type LoopOptions, type TrainOutcome } from './training-loop.ts';
import type { RankingFigures } from './training-observer.ts';

export { bestCheckpointPath, type TrainOutcome } from './training-loop.ts';

/** What a run needs. */
export interface TrainOptions extends LoopOptions<RankingFigures> {
  readonly train: InteractionSequences;
  /** Chooses the best epoch and ends the run; never the test cases. */
  readonly validation: EvaluationCases;
  readonly config: TrainingConfig;
}

/**
 * Trains a sequence model: shuffled length-aware batches, a validation after every so many epochs, early stopping on its
 * NDCG@10, checkpoints that a killed run goes on from.
 *
 * @throws {NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function trainSequenceModel(options: TrainOptions): Promise<TrainOutcome> {
  const { train, config } = options;
  const batchOptions = { batchSize: config.batchSize, maxLength: config.model.maxLength, windows: config.windows, seed: config.seed };
  const plannedSteps = config.epochs * batchCount(train, batchOptions, 0);
  const step = await compileStep(config, train.itemCount, plannedSteps);
  const ranker = await neuralRanker(config.model, train.itemCount, () => step.state().parameters, {
    threads: config.threads,
    layout: step.layout,
  });
  const negatives = negativeFeeds(train, config.loss, config.seed);
  try {
    return await runTrainingLoop<RankingFigures>(
      {
        step,
        optimizerState: makeOptimizer(config.optimizer).state,
        settings: config,
        config,
        plannedSteps,
        batchCount: (epoch) => batchCount(train, batchOptions, epoch),
        *batches(epoch, firstBatch, nextStep) {
          for (const batch of sequenceBatches(train, batchOptions, epoch, firstBatch)) {
            const feeds = { ...batchFeeds(batch, usesTimes(config.model)), ...negatives(batch, nextStep++) };
            yield { examples: batch.batchSize, feeds };
          }
        },
        validate: () => validate(ranker, options.validation),
        metric: { name: 'NDCG@10', of: ({ ndcg }) => ndcg },
      },
      options,
    );
  } finally {
    await step.close();
    await ranker.close();
  }
}

async function compileStep(config: TrainingConfig, itemCount: number, plannedSteps: number): Promise<TrainingStep> {
  const items = input('items', 'int32', ['batch', 'length']);
  const seconds = usesTimes(config.model) ? input('seconds', 'int32', ['batch', '(1+length)']) : null;
  const encoded = buildEncoder(config.model, itemCount, { items, seconds }, 'training');
  return compileTrainingStep({
    loss: nextItemLoss(encoded, config.loss),
    optimizer: makeOptimizer(config.optimizer),
    learningRate: makeSchedule(config.optimizer, plannedSteps),
    clipNorm: config.optimizer.clipNorm,
    seed: config.seed,
    threads: config.threads,
  });
}

function batchFeeds(batch: SequenceBatch, times: boolean): Record<string, TensorValue> {
  const feeds: Record<string, TensorValue> = {
    items: { data: batch.items, shape: [batch.batchSize, batch.length] },
    positions: { data: batch.positions, shape: [batch.positions.length] },
    targetItems: { data: batch.targetItems, shape: [batch.targetItems.length] },
  };
  if (times) feeds['seconds'] = { data: batch.seconds!, shape: [batch.batchSize, batch.length + 1] };
  return feeds;
}

async function validate(ranker: Parameters<typeof evaluate>[0], cases: EvaluationCases): Promise<RankingFigures> {
  const { metrics } = await evaluate(ranker, cases, { cutoffs: [10], lists: false, bootstrap: null });
  const value = (metric: string) => metrics.find((estimate) => estimate.metric === metric)!.value;
  return { ndcg: value('NDCG'), hitRate: value('HR') };
}
