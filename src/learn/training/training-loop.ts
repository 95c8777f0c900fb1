import { join } from 'node:path';
import { writeFileAtomically } from '../../base/atomic-file.ts';
import type { Clock } from '../../base/clock.ts';
import { makeFolders } from '../../base/make-folders.ts';
import type { ParameterLayout } from '../tensor/parameters.ts';
import type { TensorValue } from '../tensor/program.ts';
import type { StepResult, TrainingStep } from '../tensor/training-step.ts';
import { latestCheckpointPath, readCheckpoint, writeCheckpoint, type RunProgress } from './checkpoint.ts';
import { writeConflictPicture } from './gradient-conflict/conflict-picture.ts';
import type { ConflictRecord } from './gradient-conflict/conflict-record.ts';
import { openMetricsLog, type TaskNumbers } from './metrics-log.ts';
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

/** What a step of several tasks tells beside, for the log. */
export interface LoopStepResult extends StepResult, TaskNumbers {
  /** How the tasks' gradients stood to each other. Valid until the next step. */
  readonly conflict?: () => ConflictRecord;
}

/** A compiled step as the loop uses it: `compileTrainingStep`'s, or one of several tasks that tells their losses. */
export interface LoopStep extends Pick<TrainingStep, 'layout' | 'state' | 'restore'> {
  run(...given: Parameters<TrainingStep['run']>): Promise<LoopStepResult>;
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
  /** Whether an epoch keeps the run's bounds: one that does is better than any that does not. @default all do */
  admissible?(figures: Figures): boolean;
  /** Texts for the run's folder, by file name: what is learned. */
  readonly documents?: Readonly<Record<string, string>>;
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
/** Records of gradient conflict in a run, whatever its length: one of nine tasks is some ten kilobytes. */
const conflictRecordsMax = 400;

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
  for (const [name, text] of Object.entries(subject.documents ?? {})) await writeFileAtomically(join(folder, name), [text]);
  const conflictEverySteps = Math.max(logEverySteps, Math.ceil(plannedSteps / conflictRecordsMax));
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
      const { loss, losses, lossWeights, constraints, gradientNorm, learningRate } = result;
      if (taken % logEverySteps === 0) {
        const ofTasks = { ...(losses && { losses }), ...(lossWeights && { lossWeights }), ...(constraints && { constraints }) };
        log.write({ kind: 'step', step: taken, epoch: progress.epoch, loss, ...ofTasks, gradientNorm, learningRate });
      }
      if (result.conflict !== undefined && taken % conflictEverySteps === 0) log.write({ kind: 'conflict', ...result.conflict() });
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
      const admissible = subject.admissible?.(figures) ?? true;
      const isBest = progress.best === null || isBetter({ metric: value, admissible }, progress.best);
      if (isBest) {
        progress = { ...progress, best: { epoch, metric: value, ...(!admissible && { admissible }) }, validationsSinceBest: 0 };
        await writeCheckpoint(bestCheckpointPath(folder), step.layout, { ...step.state(), optimizer: {} }, progress, identity);
      } else progress.validationsSinceBest++;
      const report = { step: step.state().step, epoch, trainingLoss, ...figures, isBest };
      log.write({ kind: 'validation', ...report });
      observer?.onValidation?.({ ...report, seconds: (clock.monotonicMs() - validationStartMs) / 1000 });
      await writeTrainingCurve(folder, log.lines(), metric);
      await writeConflictPicture(
        folder,
        log.lines().filter((line) => line.kind === 'conflict'),
      );
    }
    if (progress.validationsSinceBest >= settings.patience) ended = 'no better validation';
    progress.finished = progress.epoch >= settings.epochs || progress.validationsSinceBest >= settings.patience;
    await save();
  }
  const bestPath = progress.best === null ? latestCheckpointPath(folder) : bestCheckpointPath(folder);
  const best = await readCheckpoint(bestPath, step.layout, [], mustAgree);
  return { ended, steps: step.state().step, best: progress.best, parameters: best.state.parameters, layout: step.layout };
}

function isBetter(one: { metric: number; admissible: boolean }, other: NonNullable<RunProgress['best']>): boolean {
  const { admissible = true } = other;
  return one.admissible === admissible ? one.metric > other.metric : one.admissible;
}
