import { join } from 'node:path';
import type { Clock } from '../../base/clock.ts';
import { makeFolders } from '../../base/make-folders.ts';
import type { ParameterLayout } from '../tensor/parameters.ts';
import type { TensorValue } from '../tensor/program.ts';
import type { StepResult, TrainingStep } from '../tensor/training-step.ts';
import { latestCheckpointPath, readCheckpoint, writeCheckpoint, type RunProgress } from './checkpoint.ts';
import { openMetricsLog } from './metrics-log.ts';
import { writeTrainingCurve } from './training-curve.ts';
import type { TrainingConfig } from './training-config.ts';
import type { TrainingObserver } from './training-observer.ts';

/** The part of a training run that is the same whatever is learned: where it is, for how long, who is told. */
export interface LoopOptions<Figures extends object> {
  /** Receives checkpoints, `metrics.jsonl` and the training curve. */
  readonly folder: string;
  /** Facts that tie a checkpoint to its data (`dataFingerprint`) and code (`gitRevision`). */
  readonly identity: Readonly<Record<string, string>>;
  /** Goes on from the folder's checkpoint, to the same end as an unbroken run. */
  readonly resume: boolean;
  readonly clock: Clock;
  readonly observer?: TrainingObserver<Figures>;
  /** Stops after the step under way, with a checkpoint. */
  readonly signal?: AbortSignal;
}

/** One step's work: what is fed, and how many examples that is. */
export interface LoopBatch {
  readonly examples: number;
  readonly feeds: Readonly<Record<string, TensorValue>>;
}

/** A compiled step as the loop uses it: `compileTrainingStep`'s, or one of several tasks that tells their losses. */
export interface LoopStep extends Pick<TrainingStep, 'layout' | 'state' | 'restore'> {
  run(feeds: Readonly<Record<string, TensorValue>>): Promise<StepResult & { readonly losses?: Readonly<Record<string, number>> }>;
}

/** What is learned, as the loop sees it. Batches must follow from epoch and place alone: a resumed run takes them again. */
export interface LoopSubject<Figures extends object> {
  readonly step: LoopStep;
  /** Names of the optimizer's vectors, as checkpoints hold them. */
  readonly optimizerState: readonly string[];
  readonly settings: Pick<TrainingConfig, 'epochs' | 'validateEveryEpochs' | 'patience' | 'checkpointEverySteps'>;
  /** All that the run depends on beside its data: a checkpoint of another config is refused. */
  readonly config: unknown;
  readonly plannedSteps: number;
  batchCount(epoch: number): number;
  /** Batches of an epoch from `firstBatch` on; `nextStep` is the number of the first one's step. */
  batches(epoch: number, firstBatch: number, nextStep: number): Iterable<LoopBatch>;
  validate(): Promise<Figures>;
  /** What chooses the best epoch, larger is better, with its name in the picture of the run. */
  readonly metric: { readonly name: string; of(figures: Figures): number };
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
 * Runs the epochs of a training: a validation after every so many, early stopping on its metric, checkpoints that a
 * killed run goes on from. Closes nothing.
 *
 * @throws {NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function runTrainingLoop<Figures extends object>(
  subject: LoopSubject<Figures>,
  options: LoopOptions<Figures>,
): Promise<TrainOutcome> {
  const { step, settings, plannedSteps, metric } = subject;
  const { folder, clock, observer } = options;
  await makeFolders(folder);
  const identity = { ...options.identity, config: JSON.stringify(subject.config) };
  const { gitRevision: _, ...mustAgree } = identity as Record<string, string>;
  let progress: RunProgress = { epoch: 0, batchInEpoch: 0, epochLossSum: 0, best: null, validationsSinceBest: 0, finished: false };
  if (options.resume) {
    const checkpoint = await readCheckpoint(latestCheckpointPath(folder), step.layout, subject.optimizerState, mustAgree);
    step.restore(checkpoint.state);
    progress = checkpoint.progress;
  }
  const log = await openMetricsLog<Figures>(folder, step.state().step);
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
  run: while (!progress.finished) {
    const batches = subject.batchCount(progress.epoch);
    for (const batch of subject.batches(progress.epoch, progress.batchInEpoch, step.state().step + 1)) {
      if (options.signal?.aborted) {
        await save();
        ended = 'interrupted';
        break run;
      }
      const result = await step.run(batch.feeds);
      progress.batchInEpoch++;
      progress.epochLossSum += result.loss;
      examples += batch.examples;
      const taken = step.state().step;
      const seconds = (clock.monotonicMs() - startMs) / 1000;
      const { loss, losses, gradientNorm, learningRate } = result;
      if (taken % logEverySteps === 0) {
        log.write({ kind: 'step', step: taken, epoch: progress.epoch, loss, ...(losses && { losses }), gradientNorm, learningRate });
      }
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
      if (taken % settings.checkpointEverySteps === 0) await save();
    }
    const trainingLoss = progress.epochLossSum / Math.max(1, progress.batchInEpoch);
    const epoch = progress.epoch;
    progress = { ...progress, epoch: epoch + 1, batchInEpoch: 0, epochLossSum: 0 };
    if ((epoch + 1) % settings.validateEveryEpochs === 0 || epoch + 1 === settings.epochs) {
      const validationStartMs = clock.monotonicMs();
      const figures = await subject.validate();
      const value = metric.of(figures);
      const isBest = progress.best === null || value > progress.best.metric;
      if (isBest) {
        progress = { ...progress, best: { epoch, metric: value }, validationsSinceBest: 0 };
        await writeCheckpoint(bestCheckpointPath(folder), step.layout, { ...step.state(), optimizer: {} }, progress, identity);
      } else progress.validationsSinceBest++;
      const report = { step: step.state().step, epoch, trainingLoss, ...figures, isBest };
      log.write({ kind: 'validation', ...report });
      observer?.onValidation?.({ ...report, seconds: (clock.monotonicMs() - validationStartMs) / 1000 });
      await writeTrainingCurve(folder, log.lines(), metric);
    }
    if (progress.validationsSinceBest >= settings.patience) ended = 'no better validation';
    progress.finished = progress.epoch >= settings.epochs || progress.validationsSinceBest >= settings.patience;
    await save();
  }
  const bestPath = progress.best === null ? latestCheckpointPath(folder) : bestCheckpointPath(folder);
  const best = await readCheckpoint(bestPath, step.layout, [], mustAgree);
  return { ended, steps: step.state().step, best: progress.best, parameters: best.state.parameters, layout: step.layout };
}
