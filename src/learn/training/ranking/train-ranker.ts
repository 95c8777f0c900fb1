import { rankingBatches } from '../../actions/ranking-rows.ts';
import { areaUnderCurve } from '../../evaluation/binary/area-under-curve.ts';
import { logLoss } from '../../evaluation/binary/log-loss.ts';
import { buildMultiTask } from '../../models/multi-task/build-multi-task.ts';
import { deadExperts } from '../../models/multi-task/gate-utilisation.ts';
import { canBeStacked, stackedMultiTask } from '../../models/multi-task/stacked-tasks.ts';
import { rankingStates, type RankingVocabulary } from '../../models/ranking/ranking-states.ts';
import { compositeFormula } from '../composite-loss/composite-formula.ts';
import type { CompositeLossConfig } from '../composite-loss/composite-loss-config.ts';
import { compositeLosses } from '../composite-loss/composite-losses.ts';
import { compileCompositeStep, stepForm } from '../composite-loss/composite-step.ts';
import { constraintFigures, constraintsHold } from '../composite-loss/constraint-figures.ts';
import { withSecondLogits } from '../composite-loss/second-logits.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { makeOptimizer, makeSchedule } from '../make-optimizer.ts';
import type { TaskFigures } from '../train-task-model.ts';
import { runTrainingLoop, type LoopOptions, type TrainOutcome } from '../training-loop.ts';
import type { RankerTrainingConfig } from './ranker-training-config.ts';
import { checkRankingExamples, judgedTasks, rowsOf, trainingBatches, type RankingExamples } from './ranking-examples.ts';
import { withSearchLoss } from './search-loss.ts';
import { openRankingScorer, type RankingScorer } from './ranking-scorer.ts';

/** What a run needs. */
export interface TrainRankerOptions extends LoopOptions<TaskFigures> {
  readonly config: RankerTrainingConfig;
  readonly vocabulary: RankingVocabulary;
  readonly train: RankingExamples;
  /** Chooses the best epoch and ends the run; never the test pages. */
  readonly validation: RankingExamples;
}

/**
 * Trains a ranking model of several tasks over pages of candidates: batches of stretches of history with the pages that read
 * them, a composite loss, a validation after every so many epochs, early stopping on the mean AUC of the tasks, checkpoints
 * that a killed run goes on from. One seed gives one result. The folder receives `loss.md` beside what the loop writes.
 *
 * @throws {RankingExamplesError} {@link CompositeLossError} {@link NonFiniteError} {@link ExplodingGradientError}
 *   {@link CheckpointMismatchError} {@link SearchTaskError}
 */
export async function trainRanker(options: TrainRankerOptions): Promise<TrainOutcome> {
  const { config, vocabulary, train, validation } = options;
  const { model, loss } = config;
  checkRankingExamples('training pages', train, loss);
  checkRankingExamples('validation pages', validation, loss);
  const tasks = loss.tasks.map(({ name }) => name);
  judgedTasks('validation pages', validation, tasks);
  const rows = rowsOf(train, config);
  const batchesOf = (epoch: number) => rankingBatches(rows, { ...config.batch, seed: config.seed }, epoch).length;
  const plannedSteps = Array.from({ length: config.epochs }, (_, epoch) => batchesOf(epoch)).reduce((sum, count) => sum + count, 0);
  const auxiliary: Tensor[] = [];
  const states = () => rankingStates(model, vocabulary, 'training', (aside) => void auxiliary.push(aside));
  const rates = labelRates(train, tasks);
  // One sum of losses, and nobody looks at tasks or gates apart: all tasks side by side, which takes less time.
  const stacked = stepForm(loss) === 'one graph' && loss.gateBalance === 0 && canBeStacked(model.tasks);
  const { gates, ...towers } = stacked
    ? { ...stackedMultiTask(model.tasks, states(), tasks, 'training', rates), gates: [] }
    : buildMultiTask(model.tasks, states, tasks, 'training', rates);
  const { losses, terms } = compositeLosses(loss, withSecondLogits(loss, towers), { gates, listSize: config.rows.listPlaces });
  const optimizer = makeOptimizer(config.optimizer);
  const step = await compileCompositeStep(loss, terms)(withSearchLoss(losses, auxiliary, model.encoder), {
    optimizer,
    learningRate: makeSchedule(config.optimizer, plannedSteps),
    clipNorm: config.optimizer.clipNorm,
    seed: config.seed,
    threads: config.threads,
  });
  const { layout } = step;
  const scorer = await openRankingScorer({ config: model, vocabulary, tasks }, () => step.state().parameters, {
    threads: config.threads,
    layout,
  });
  try {
    return await runTrainingLoop<TaskFigures>(
      {
        step,
        optimizerState: optimizer.state,
        settings: config,
        config: { ...config, vocabulary },
        plannedSteps,
        batchCount: batchesOf,
        batches: (epoch, firstBatch, nextStep) => trainingBatches(train, rows, loss, config, { epoch, firstBatch, nextStep }),
        validate: () => rankingFigures(scorer, validation, loss),
        metric: { name: 'mean AUC', of: ({ meanAuc }) => meanAuc },
        admissible: ({ constraints = {} }) => constraintsHold(constraints),
        documents: { 'loss.md': compositeFormula(loss).markdown },
      },
      options,
    );
  } finally {
    await step.close();
    await scorer.close();
  }
}

/**
 * AUC and log loss of each task on the places that have it, but of those that always or never happened on them; how the model's gates used
 * their experts; what the bounds of the loss come to.
 *
 * @throws {RankingExamplesError} where no task can be judged
 */
export async function rankingFigures(
  scorer: RankingScorer,
  examples: RankingExamples,
  loss: Pick<CompositeLossConfig, 'tasks' | 'constraints'>,
): Promise<TaskFigures> {
  const { probabilities, gates } = await scorer.score(examples.source, examples.lists);
  const places = placesOf(examples);
  const at = (column: Float32Array) => Float32Array.from(places, (place) => column[place]!);
  const labels = Object.fromEntries(loss.tasks.map(({ name }) => [name, at(examples.labels[name]!)]));
  const scores = Object.fromEntries(loss.tasks.map(({ name }) => [name, at(probabilities[name]!)]));
  const weights = examples.weights === undefined ? {} : { weights: at(examples.weights) };
  const judged = judgedTasks(
    'pages',
    examples,
    loss.tasks.map(({ name }) => name),
  );
  const figures = Object.fromEntries(
    judged.map((name) => {
      const has = (_: unknown, place: number) => !Number.isNaN(labels[name]![place]!);
      const labelled = {
        scores: scores[name]!.filter(has),
        labels: labels[name]!.filter(has),
        ...(weights.weights && { weights: weights.weights.filter(has) }),
      };
      return [name, { auc: areaUnderCurve(labelled), logLoss: logLoss(labelled) }];
    }),
  );
  const meanAuc = Object.values(figures).reduce((sum, { auc }) => sum + auc, 0) / judged.length;
  const masks = Object.fromEntries(Object.entries(examples.masks ?? {}).map(([name, mask]) => [name, at(mask)]));
  return {
    meanAuc,
    tasks: figures,
    ...(loss.constraints.length > 0 && {
      constraints: constraintFigures(loss, scores, { rows: places.length, labels, masks, ...weights }),
    }),
    ...(gates.length > 0 && { gates, deadExperts: deadExperts(gates) }),
  };
}

/** By task, the mean label of the places that have one; tasks without any are left out. */
function labelRates(examples: RankingExamples, tasks: readonly string[]): Record<string, number> {
  const places = placesOf(examples);
  const rates: Record<string, number> = {};
  for (const task of tasks) {
    const own = examples.labels[task]!;
    let [sum, count] = [0, 0];
    for (const place of places) {
      if (Number.isNaN(own[place]!)) continue;
      sum += own[place]!;
      count++;
    }
    if (count > 0) rates[task] = Math.min(1, sum / count);
  }
  return rates;
}

/** Numbers of all places of the examples' pages, in order of the pages. */
export function placesOf({ source, lists }: Pick<RankingExamples, 'source' | 'lists'>): Int32Array {
  const { offsets } = source.pages;
  const places = new Int32Array(lists.reduce((sum, list) => sum + offsets[list + 1]! - offsets[list]!, 0));
  let count = 0;
  for (const list of lists) for (let place = offsets[list]!; place < offsets[list + 1]!; place++) places[count++] = place;
  return places;
}
