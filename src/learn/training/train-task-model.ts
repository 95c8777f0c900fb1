import { areaUnderCurve } from '../evaluation/binary/area-under-curve.ts';
import { logLoss } from '../evaluation/binary/log-loss.ts';
import { buildMultiTask, type MultiTaskOutput } from '../models/multi-task/build-multi-task.ts';
import { deadExperts, type GateUtilisation } from '../models/multi-task/gate-utilisation.ts';
import type { Tensor } from '../tensor/tensor.ts';
import { compositeFormula } from './composite-loss/composite-formula.ts';
import { namedMasks, needsLists, type CompositeLossConfig } from './composite-loss/composite-loss-config.ts';
import { CompositeLossError, compositeLosses } from './composite-loss/composite-losses.ts';
import { compileCompositeStep } from './composite-loss/composite-step.ts';
import { constraintFigures, constraintsHold, type ConstraintFigure } from './composite-loss/constraint-figures.ts';
import { withGateBalance } from './gate-balance.ts';
import { makeOptimizer, makeSchedule } from './make-optimizer.ts';
import { checkTaskExamples, exampleBatches, type TaskExamples } from './task-examples.ts';
import { taskLosses } from './task-loss.ts';
import { openTaskScorer, type TaskEncoder, type TaskScorer, type TaskScores } from './task-scorer.ts';
import { fixedWeightStep, type CompileTaskStep } from './task-step.ts';
import type { TaskTrainingConfig } from './task-training-config.ts';
import { runTrainingLoop, type LoopOptions, type TrainOutcome } from './training-loop.ts';

export { fixedWeightStep, type CompileTaskStep, type TaskStep } from './task-step.ts';

/** What a validation of a multi-task model measures, on the examples that have the task. */
export interface TaskFigures {
  /** Mean of the AUCs of {@link tasks}: what chooses the best epoch. */
  readonly meanAuc: number;
  /** Of a ranking model, the tasks that could be judged. */
  readonly tasks: Readonly<Record<string, { readonly auc: number; readonly logLoss: number }>>;
  /** Bounds of a composite loss, as they stand on these examples; absent without bounds. */
  readonly constraints?: Readonly<Record<string, ConstraintFigure>>;
  /** How the gates of the model used their experts on these examples; absent where it has none. */
  readonly gates?: readonly GateUtilisation[];
  /** See `deadExperts`; absent where the model has no gates. */
  readonly deadExperts?: readonly string[];
}

/** What a run needs. */
export interface TrainTasksOptions extends LoopOptions<TaskFigures> {
  readonly config: TaskTrainingConfig;
  readonly encoder: TaskEncoder;
  readonly train: TaskExamples;
  /** Chooses the best epoch and ends the run; never the test examples. */
  readonly validation: TaskExamples;
  /** @default the step of the config's loss; without one {@link fixedWeightStep} with the config's weights */
  readonly compileStep?: CompileTaskStep;
}

/**
 * Trains a multi-task model over any encoder: shuffled batches, masked binary cross-entropy a task or a composite loss, a
 * validation after every so many epochs, early stopping on the mean AUC of the tasks, checkpoints that a killed run goes on
 * from. One seed gives one result. With constraints an epoch that keeps them on the validation examples is better than any
 * that does not, whatever its AUC.
 *
 * The folder receives, beside what the loop writes, `loss.md`: the composite loss as a formula.
 *
 * @throws {TaskExamplesError} where a task has one class or none; {@link CompositeLossError} for losses over lists, which
 *   need batches of lists; {@link NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function trainTaskModel(options: TrainTasksOptions): Promise<TrainOutcome> {
  const { config, encoder, train, validation } = options;
  const { loss } = config;
  const tasks = config.tasks.map(({ name }) => name);
  const masks = loss === undefined ? [] : namedMasks(loss);
  if (loss !== undefined && needsLists(loss)) {
    throw new CompositeLossError('the loss has terms over lists, but these examples stand in no lists; train on lists of impressions', {});
  }
  checkTaskExamples('training examples', train, tasks, masks);
  checkTaskExamples('validation examples', validation, tasks, masks);
  const batchesInEpoch = Math.ceil(train.rows / config.batchSize);
  const plannedSteps = config.epochs * batchesInEpoch;
  const model = buildMultiTask(config.model, () => encoder.build('training'), tasks, 'training');
  const optimizer = makeOptimizer(config.optimizer);
  const { losses, compileStep } = lossesOf(config, model);
  const step = await (options.compileStep ?? compileStep)(losses, {
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
        validate: () => taskFigures(scorer, validation, tasks, loss),
        metric: { name: 'mean AUC', of: ({ meanAuc }) => meanAuc },
        admissible: ({ constraints = {} }) => constraintsHold(constraints),
        ...(loss !== undefined && { documents: { 'loss.md': compositeFormula(loss).markdown } }),
      },
      options,
    );
  } finally {
    await step.close();
    await scorer.close();
  }
}

function lossesOf(
  config: TaskTrainingConfig,
  { logits, gates }: MultiTaskOutput,
): { losses: Readonly<Record<string, Tensor>>; compileStep: CompileTaskStep } {
  if (config.loss === undefined) {
    const weights = Object.fromEntries(config.tasks.map(({ name, weight }) => [name, weight]));
    return { losses: withGateBalance(taskLosses(logits), gates, config.gateBalance), compileStep: fixedWeightStep(weights) };
  }
  const { losses, terms } = compositeLosses(config.loss, logits, { gates });
  return { losses, compileStep: compileCompositeStep(config.loss, terms) };
}

/**
 * AUC and log loss of each task on the examples that have it, weighted as the examples are; how the model's gates used their
 * experts; and what the bounds of a loss come to.
 *
 * @throws EvaluationError `SINGLE_CLASS`
 */
export async function taskFigures(
  scorer: TaskScorer,
  examples: TaskExamples,
  tasks: readonly string[],
  loss?: Pick<CompositeLossConfig, 'constraints'>,
): Promise<TaskFigures> {
  const scores = await scorer.score(examples);
  const figures = Object.fromEntries(
    tasks.map((task) => {
      const defined = withTask(examples, task, scores.probabilities[task]!);
      return [task, { auc: areaUnderCurve(defined), logLoss: logLoss(defined) }];
    }),
  );
  const meanAuc = Object.values(figures).reduce((sum, { auc }) => sum + auc, 0) / tasks.length;
  const bounded = loss !== undefined && loss.constraints.length > 0;
  return {
    meanAuc,
    tasks: figures,
    ...(bounded && { constraints: constraintFigures(loss, scores.probabilities, examples) }),
    ...gateFigures(scores),
  };
}

function gateFigures({ gates }: TaskScores): Pick<TaskFigures, 'gates' | 'deadExperts'> {
  return gates.length === 0 ? {} : { gates, deadExperts: deadExperts(gates) };
}

function withTask({ labels, weights }: TaskExamples, task: string, scores: Float32Array) {
  const own = labels[task]!;
  const kept = (_: unknown, row: number) => !Number.isNaN(own[row]!);
  return { scores: scores.filter(kept), labels: own.filter(kept), ...(weights && { weights: weights.filter(kept) }) };
}
