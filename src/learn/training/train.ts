import { makeFolders } from '../../base/make-folders.ts';
import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import type { EvaluationCases } from '../evaluation/evaluation-cases.ts';
import { evaluate } from '../evaluation/evaluate.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { buildEncoder, usesTimes } from '../models/model-config.ts';
import { input } from '../tensor/leaf.ts';
import type { ParameterLayout } from '../tensor/parameters.ts';
import { compileTrainingStep, type TrainingStep } from '../tensor/training-step.ts';
import type { TensorValue } from '../tensor/program.ts';
import { latestCheckpointPath, readCheckpoint, writeCheckpoint, type RunProgress } from './checkpoint.ts';
import { makeOptimizer, makeSchedule } from './make-optimizer.ts';
import { openMetricsLog } from './metrics-log.ts';
import { negativeFeeds } from './negative-sampling.ts';
import { neuralRanker } from './neural-ranker.ts';
import { nextItemLoss } from './next-item-loss.ts';
import { batchCount, sequenceBatches, type SequenceBatch } from './sequence-batches.ts';
import { writeTrainingCurve } from './training-curve.ts';
import type { TrainingConfig } from './training-config.ts';
import type { TrainingObserver } from './training-observer.ts';

/** What a run needs. */
export interface TrainOptions {
  readonly train: InteractionSequences;
  /** Chooses the best epoch and ends the run; never the test cases. */
  readonly validation: EvaluationCases;
  readonly config: TrainingConfig;
  /** Receives checkpoints, `metrics.jsonl` and the training curve. */
  readonly folder: string;
  /** Facts that tie a checkpoint to its data (`dataFingerprint`) and code (`gitRevision`). */
  readonly identity: Readonly<Record<string, string>>;
  /** Goes on from the folder's checkpoint, to the same end as an unbroken run. */
  readonly resume: boolean;
  readonly clock: Clock;
  readonly observer?: TrainingObserver;
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** How a run ended. */
export interface TrainOutcome {
  readonly ended: 'all epochs' | 'no better validation' | 'interrupted';
  readonly steps: number;
  readonly best: { readonly epoch: number; readonly metric: number } | null;
  /** Parameters of the best validation, flat. */
  readonly parameters: Float32Array;
  readonly layout: ParameterLayout;
}

const logEverySteps = 10;

/** Where the parameters of the best validation lie. */
export function bestCheckpointPath(folder: string): string {
  return join(folder, 'best.safetensors');
}

/**
 * Trains a sequence model: shuffled length-aware batches, a validation after every so many epochs, early stopping on its
 * NDCG@10, checkpoints that a killed run goes on from.
 *
 * @throws {NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function trainSequenceModel(options: TrainOptions): Promise<TrainOutcome> {
  const { train, config, folder, clock, observer } = options;
  await makeFolders(folder);
  const batchOptions = { batchSize: config.batchSize, maxLength: config.model.maxLength, windows: config.windows, seed: config.seed };
  const plannedSteps = config.epochs * batchCount(train, batchOptions, 0);
  const step = await compileStep(config, train.itemCount, plannedSteps);
  const ranker = await neuralRanker(config.model, train.itemCount, () => step.state().parameters, { threads: config.threads });
  const negatives = negativeFeeds(train, config.loss, config.seed);
  const identity = { ...options.identity, config: JSON.stringify(config) };
  const { gitRevision: _, ...mustAgree } = identity as Record<string, string>;
  const optimizerState = makeOptimizer(config.optimizer).state;
  let progress: RunProgress = { epoch: 0, batchInEpoch: 0, epochLossSum: 0, best: null, validationsSinceBest: 0, finished: false };
  if (options.resume) {
    const checkpoint = await readCheckpoint(latestCheckpointPath(folder), step.layout, optimizerState, mustAgree);
    step.restore(checkpoint.state);
    progress = checkpoint.progress;
  }
  const log = await openMetricsLog(folder, step.state().step);
  const save = async () => {
    await log.flush();
    await writeCheckpoint(latestCheckpointPath(folder), step.layout, step.state(), progress, identity);
    observer?.onCheckpoint?.(step.state().step);
  };
  observer?.onStart?.({ steps: plannedSteps, parameters: step.layout.size, resumedAtStep: step.state().step });

  const startMs = clock.monotonicMs();
  const firstStep = step.state().step;
  let examples = 0;
  let ended: TrainOutcome['ended'] = 'all epochs';
  try {
    run: while (!progress.finished) {
      const batches = batchCount(train, batchOptions, progress.epoch);
      for (const batch of sequenceBatches(train, batchOptions, progress.epoch, progress.batchInEpoch)) {
        if (options.signal?.aborted) {
          await save();
          ended = 'interrupted';
          break run;
        }
        const result = await step.run({ ...batchFeeds(batch, usesTimes(config.model)), ...negatives(batch, step.state().step + 1) });
        progress.batchInEpoch++;
        progress.epochLossSum += result.loss;
        examples += batch.batchSize;
        const taken = step.state().step;
        const seconds = (clock.monotonicMs() - startMs) / 1000;
        const { loss, gradientNorm, learningRate } = result;
        if (taken % logEverySteps === 0) log.write({ kind: 'step', step: taken, epoch: progress.epoch, loss, gradientNorm, learningRate });
        observer?.onStep?.({
          step: taken,
          epoch: progress.epoch,
          batchInEpoch: progress.batchInEpoch,
          batchesInEpoch: batches,
          loss,
          epochLoss: progress.epochLossSum / progress.batchInEpoch,
          gradientNorm,
          learningRate,
          examplesPerSecond: examples / Math.max(seconds, 1e-9),
          secondsLeft: (seconds / (taken - firstStep)) * Math.max(0, plannedSteps - taken),
        });
        if (taken % config.checkpointEverySteps === 0) await save();
      }
      const trainingLoss = progress.epochLossSum / Math.max(1, progress.batchInEpoch);
      const epoch = progress.epoch;
      progress = { ...progress, epoch: epoch + 1, batchInEpoch: 0, epochLossSum: 0 };
      if ((epoch + 1) % config.validateEveryEpochs === 0 || epoch + 1 === config.epochs) {
        const validationStartMs = clock.monotonicMs();
        const { ndcg, hitRate } = await validate(ranker, options.validation);
        const isBest = progress.best === null || ndcg > progress.best.metric;
        if (isBest) {
          progress = { ...progress, best: { epoch, metric: ndcg }, validationsSinceBest: 0 };
          await writeCheckpoint(bestCheckpointPath(folder), step.layout, { ...step.state(), optimizer: {} }, progress, identity);
        } else progress.validationsSinceBest++;
        const report = { step: step.state().step, epoch, trainingLoss, ndcg, hitRate, isBest };
        log.write({ kind: 'validation', ...report });
        observer?.onValidation?.({ ...report, seconds: (clock.monotonicMs() - validationStartMs) / 1000 });
        await writeTrainingCurve(folder, log.lines());
      }
      if (progress.validationsSinceBest >= config.patience) ended = 'no better validation';
      progress.finished = progress.epoch >= config.epochs || progress.validationsSinceBest >= config.patience;
      await save();
    }
    const best = await readCheckpoint(
      progress.best === null ? latestCheckpointPath(folder) : bestCheckpointPath(folder),
      step.layout,
      [],
      mustAgree,
    );
    return { ended, steps: step.state().step, best: progress.best, parameters: best.state.parameters, layout: step.layout };
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

async function validate(ranker: Parameters<typeof evaluate>[0], cases: EvaluationCases): Promise<{ ndcg: number; hitRate: number }> {
  const { metrics } = await evaluate(ranker, cases, { cutoffs: [10], lists: false, bootstrap: null });
  const value = (metric: string) => metrics.find((estimate) => estimate.metric === metric)!.value;
  return { ndcg: value('NDCG'), hitRate: value('HR') };
}
