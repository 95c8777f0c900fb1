import { areaUnderCurve } from '../evaluation/binary/area-under-curve.ts';
import { logLoss } from '../evaluation/binary/log-loss.ts';
import { buildMultiTask } from '../models/multi-task/build-multi-task.ts';
import { compileTrainingStep, type TrainingStep, type TrainingStepOptions } from '../tensor/training-step.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { withGateBalance } from './gate-balance.ts';
import { makeOptimizer, makeSchedule } from './make-optimizer.ts';
import { checkTaskExamples, exampleBatches, type TaskExamples } from './task-examples.ts';
import { taskLosses, weightedSum } from './task-loss.ts';
import { openTaskScorer, type TaskEncoder, type TaskScorer } from './task-scorer.ts';
import type { TaskTrainingConfig } from './task-training-config.ts';
import { runTrainingLoop, type LoopOptions, type LoopStep, type TrainOutcome } from './training-loop.ts';

/** What a validation of a multi-task model measures, on the examples that have the task. */
export interface TaskFigures {
  /** Mean of the tasks' AUCs: what chooses the best epoch. */
  readonly meanAuc: number;
  readonly tasks: Readonly<Record<string, { readonly auc: number; readonly logLoss: number }>>;
}

/** A step over several losses. */
export interface TaskStep extends LoopStep, Pick<TrainingStep, 'close'> {}

/**
 * Makes the step of a run from the scalar loss of each task. This is where gradient strategies and loss weights that move
 * come in: anything that turns losses into a step will do.
 *
 * @param options all else that a step is made of, ready
 */
export type CompileTaskStep = (losses: Readonly<Record<string, Tensor>>, options: Omit<TrainingStepOptions, 'loss'>) => Promise<TaskStep>;

/** What a run needs. */
export interface TrainTasksOptions extends LoopOptions<TaskFigures> {
  readonly config: TaskTrainingConfig;
  readonly encoder: TaskEncoder;
  readonly train: TaskExamples;
  /** Chooses the best epoch and ends the run; never the test examples. */
  readonly validation: TaskExamples;
  /** @default {@link fixedWeightStep} with the config's weights */
  readonly compileStep?: CompileTaskStep;
}

/** The step of Σ weight · loss with weights that stay, in one graph. */
export function fixedWeightStep(weights: Readonly<Record<string, number>>): CompileTaskStep {
  return async (losses, options) => {
    const fetch = Object.fromEntries(Object.entries(losses).map(([task, loss]) => [`loss/${task}`, loss]));
    const step = await compileTrainingStep({ ...options, loss: weightedSum(losses, weights), fetch: { ...options.fetch, ...fetch } });
    return {
      ...step,
      async run(feeds) {
        const result = await step.run(feeds);
        const valueOf = (task: string) => Number(result.fetched[`loss/${task}`]!.data[0]);
        return { ...result, losses: Object.fromEntries(Object.keys(losses).map((task) => [task, valueOf(task)])) };
      },
    };
  };
}

/**
 * Trains a multi-task model over any encoder: shuffled batches, masked binary cross-entropy a task, a validation after every
 * so many epochs, early stopping on the mean AUC of the tasks, checkpoints that a killed run goes on from. One seed gives one
 * result.
 *
 * @throws {TaskExamplesError} where a task has one class or none; {@link NonFiniteError} {@link ExplodingGradientError}
 *   {@link CheckpointMismatchError}
 */
export async function trainTaskModel(options: TrainTasksOptions): Promise<TrainOutcome> {
  const { config, encoder, train, validation } = options;
  const tasks = config.tasks.map(({ name }) => name);
  checkTaskExamples('training examples', train, tasks);
  checkTaskExamples('validation examples', validation, tasks);
  const batchesInEpoch = Math.ceil(train.rows / config.batchSize);
  const plannedSteps = config.epochs * batchesInEpoch;
  const { logits, gates } = buildMultiTask(config.model, () => encoder.build('training'), tasks, 'training');
  const optimizer = makeOptimizer(config.optimizer);
  const compileStep = options.compileStep ?? fixedWeightStep(Object.fromEntries(config.tasks.map(({ name, weight }) => [name, weight])));
  const step = await compileStep(withGateBalance(taskLosses(logits), gates, config.gateBalance), {
    optimizer,
    learningRate: makeSchedule(config.optimizer, plannedSteps),
    clipNorm: config.optimizer.clipNorm,
    seed: config.seed,
    threads: config.threads,
  });
  const scorer = await openTaskScorer({ config: config.model, encoder, tasks }, () => step.state().parameters, { threads: config.threads });
  try {
    return await runTrainingLoop<TaskFigures>(
      {
        step,
        optimizerState: optimizer.state,
        settings: config,
        config: { ...config, encoder: encoder.config },
        plannedSteps,
        batchCount: () => batchesInEpoch,
        batches: (epoch, firstBatch) => exampleBatches(train, tasks, config, epoch, firstBatch),
        validate: () => taskFigures(scorer, validation, tasks),
        metric: { name: 'mean AUC', of: ({ meanAuc }) => meanAuc },
      },
      options,
    );
  } finally {
    await step.close();
    await scorer.close();
  }
}

/**
 * AUC and log loss of each task on the examples that have it, weighted as the examples are.
 *
 * @throws EvaluationError `SINGLE_CLASS`
 */
export async function taskFigures(scorer: TaskScorer, examples: TaskExamples, tasks: readonly string[]): Promise<TaskFigures> {
  const { probabilities } = await scorer.score(examples);
  const figures = Object.fromEntries(
    tasks.map((task) => {
      const defined = withTask(examples, task, probabilities[task]!);
      return [task, { auc: areaUnderCurve(defined), logLoss: logLoss(defined) }];
    }),
  );
  const meanAuc = Object.values(figures).reduce((sum, { auc }) => sum + auc, 0) / tasks.length;
  return { meanAuc, tasks: figures };
}

function withTask({ labels, weights }: TaskExamples, task: string, scores: Float32Array) {
  const own = labels[task]!;
  const kept = (_: unknown, row: number) => !Number.isNaN(own[row]!);
  return { scores: scores.filter(kept), labels: own.filter(kept), ...(weights && { weights: weights.filter(kept) }) };
}
