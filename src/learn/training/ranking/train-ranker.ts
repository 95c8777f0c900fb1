import { rankingBatches } from '../../actions/ranking-rows.ts';
import { areaUnderCurve } from '../../evaluation/binary/area-under-curve.ts';
import { logLoss } from '../../evaluation/binary/log-loss.ts';
import { buildMultiTask } from '../../models/multi-task/build-multi-task.ts';
import { canBeStacked, stackedMultiTask } from '../../models/multi-task/stacked-tasks.ts';
import { rankingStates, type RankingVocabulary } from '../../models/ranking/ranking-states.ts';
import { withGateBalance } from '../gate-balance.ts';
import { makeOptimizer, makeSchedule } from '../make-optimizer.ts';
import { taskLosses } from '../task-loss.ts';
import { fixedWeightStep, type CompileTaskStep, type TaskFigures } from '../train-task-model.ts';
import { runTrainingLoop, type LoopOptions, type TrainOutcome } from '../training-loop.ts';
import { rowsOf, trainingBatches, type RankingExamples } from './ranking-examples.ts';
import type { RankerTrainingConfig } from './ranker-training-config.ts';
import { openRankingScorer, type RankingScorer } from './ranking-scorer.ts';

/** What a run needs. */
export interface TrainRankerOptions extends LoopOptions<TaskFigures> {
  readonly config: RankerTrainingConfig;
  readonly vocabulary: RankingVocabulary;
  readonly train: RankingExamples;
  /** Chooses the best epoch and ends the run; never the test pages. */
  readonly validation: RankingExamples;
  /** @default {@link fixedWeightStep} with the config's weights */
  readonly compileStep?: CompileTaskStep;
}

/**
 * Trains a ranking model of several tasks over pages of candidates: batches of stretches of history with the pages that read
 * them, the loss of each task, a validation after every so many epochs, early stopping on the mean AUC of the tasks,
 * checkpoints that a killed run goes on from. One seed gives one result.
 *
 * @throws {NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function trainRanker(options: TrainRankerOptions): Promise<TrainOutcome> {
  const { config, vocabulary, train, validation } = options;
  const { model } = config;
  const tasks = config.tasks.map(({ name }) => name);
  const rows = rowsOf(train, config);
  const batchesOf = (epoch: number) => rankingBatches(rows, { ...config.batch, seed: config.seed }, epoch).length;
  const plannedSteps = Array.from({ length: config.epochs }, (_, epoch) => batchesOf(epoch)).reduce((sum, count) => sum + count, 0);
  const states = () => rankingStates(model, vocabulary, 'training');
  // One sum of losses, and nobody looks at tasks or gates apart: all tasks side by side, which takes less time.
  const stacked = options.compileStep === undefined && config.gateBalance === 0 && canBeStacked(model.tasks);
  const { logits, gates } = stacked
    ? { logits: stackedMultiTask(model.tasks, states(), tasks, 'training'), gates: [] }
    : buildMultiTask(model.tasks, states, tasks, 'training');
  const optimizer = makeOptimizer(config.optimizer);
  const compileStep = options.compileStep ?? fixedWeightStep(Object.fromEntries(config.tasks.map(({ name, weight }) => [name, weight])));
  const step = await compileStep(withGateBalance(taskLosses(logits), gates, config.gateBalance), {
    optimizer,
    learningRate: makeSchedule(config.optimizer, plannedSteps),
    clipNorm: config.optimizer.clipNorm,
    seed: config.seed,
    threads: config.threads,
  });
  const scorer = await openRankingScorer({ config: model, vocabulary, tasks }, () => step.state().parameters, { threads: config.threads });
  try {
    return await runTrainingLoop<TaskFigures>(
      {
        step,
        optimizerState: optimizer.state,
        settings: config,
        config: { ...config, vocabulary },
        plannedSteps,
        batchCount: batchesOf,
        batches: (epoch, firstBatch, nextStep) => trainingBatches(train, rows, tasks, config, { epoch, firstBatch, nextStep }),
        validate: () => rankingFigures(scorer, validation, tasks),
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
 * AUC and log loss of each task on the places that have it, with a label of 0 or 1.
 *
 * @throws EvaluationError `SINGLE_CLASS`
 */
export async function rankingFigures(scorer: RankingScorer, examples: RankingExamples, tasks: readonly string[]): Promise<TaskFigures> {
  const { probabilities } = await scorer.score(examples.source, examples.lists);
  const figures = Object.fromEntries(
    tasks.map((task) => {
      const labelled = labelledPlaces(examples, task, probabilities[task]!);
      return [task, { auc: areaUnderCurve(labelled), logLoss: logLoss(labelled) }];
    }),
  );
  const meanAuc = Object.values(figures).reduce((sum, { auc }) => sum + auc, 0) / tasks.length;
  return { meanAuc, tasks: figures };
}

/** Scores and labels of the places that have a task, in order of the lists. */
export function labelledPlaces({ source, lists, labels, weights }: RankingExamples, task: string, scores: Float32Array) {
  const own = labels[task]!;
  const { offsets } = source.pages;
  const kept: number[] = [];
  for (const list of lists) {
    for (let place = offsets[list]!; place < offsets[list + 1]!; place++) if (own[place] === 0 || own[place] === 1) kept.push(place);
  }
  const of = (values: Float32Array) => Float32Array.from(kept, (place) => values[place]!);
  return { scores: of(scores), labels: of(own), ...(weights && { weights: of(weights) }) };
}
