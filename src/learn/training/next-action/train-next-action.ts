import type { RankingNoise } from '../../actions/ranking-feeds.ts';
import { rankingBatches, rankingRows, type RankingRow } from '../../actions/ranking-rows.ts';
import { evaluateAlive, type AliveCandidates } from '../../evaluation/next-action/evaluate-alive.ts';
import type { EvaluationCases } from '../../evaluation/evaluation-cases.ts';
import type { InteractionSequences } from '../../interaction-sequences.ts';
import { nextActionVectors } from '../../models/next-action/next-action-vectors.ts';
import type { RankingVocabulary } from '../../models/ranking/ranking-states.ts';
import { input } from '../../tensor/leaf.ts';
import { mean } from '../../tensor/operators/reduce.ts';
import type { TensorValue } from '../../tensor/program.ts';
import type { Tensor } from '../../tensor/tensor.ts';
import { compileTrainingStep } from '../../tensor/training-step.ts';
import { makeOptimizer, makeSchedule } from '../make-optimizer.ts';
import { negativeFeeds } from '../negative-sampling.ts';
import { itemLosses } from '../next-item-loss.ts';
import { runTrainingLoop, type LoopBatch, type LoopOptions, type TrainOutcome } from '../training-loop.ts';
import type { RankingFigures } from '../training-observer.ts';
import { askNextActions, openNextActionScorer, type NextActionScorer } from './next-action-scorer.ts';
import { nextActionFeeds } from './next-action-feeds.ts';
import type { NextActionSource } from './next-action-source.ts';
import type { NextActionTrainingConfig } from './next-action-training-config.ts';

/** What a run needs. */
export interface TrainNextActionOptions extends LoopOptions<RankingFigures> {
  readonly config: NextActionTrainingConfig;
  readonly vocabulary: RankingVocabulary;
  readonly source: NextActionSource;
  /** Numbers of the targets to learn from, ascending. */
  readonly trained: Int32Array;
  /** The same as interactions: what negatives are drawn by. */
  readonly train: InteractionSequences;
  /** Chooses the best epoch and ends the run; never the test cases. */
  readonly validation: EvaluationCases;
  readonly candidates: AliveCandidates;
}

/**
 * Trains a next-action model: stretches of users' histories over all domains with the moments that are asked about, the
 * loss of next items over vectors of id and content, a validation after every so many epochs (NDCG@10 among all that was
 * there), early stopping, checkpoints that a killed run goes on from. One seed gives one result.
 *
 * @throws {NonFiniteError} {@link ExplodingGradientError} {@link CheckpointMismatchError}
 */
export async function trainNextAction(options: TrainNextActionOptions): Promise<TrainOutcome> {
  const { config, vocabulary, source, trained } = options;
  const { maxLength } = config.model.encoder;
  const rows = rankingRows(source.sequences, source.pages, trained, { maxLength, candidatesMax: config.rows.momentsMax });
  const batching = { candidatesPerBatch: config.batch.momentsPerBatch, rowsMax: config.batch.rowsMax, seed: config.seed };
  const batchesOf = (epoch: number) => rankingBatches(rows, batching, epoch).length;
  const plannedSteps = Array.from({ length: config.epochs }, (_, epoch) => batchesOf(epoch)).reduce((sum, count) => sum + count, 0);
  const optimizer = makeOptimizer(config.optimizer);
  const step = await compileTrainingStep({
    loss: nextActionLoss(config, vocabulary),
    optimizer,
    learningRate: makeSchedule(config.optimizer, plannedSteps),
    clipNorm: config.optimizer.clipNorm,
    seed: config.seed,
    threads: config.threads,
  });
  const scorer = await openNextActionScorer({ config: config.model, vocabulary }, () => step.state().parameters, config);
  const fill = batchFeeds(options);
  try {
    return await runTrainingLoop<RankingFigures>(
      {
        step,
        optimizerState: optimizer.state,
        settings: config,
        config: { ...config, vocabulary },
        plannedSteps,
        batchCount: batchesOf,
        *batches(epoch, firstBatch, nextStep): Generator<LoopBatch> {
          const batches = rankingBatches(rows, batching, epoch);
          for (let at = firstBatch; at < batches.length; at++) yield fill(batches[at]!, nextStep + at - firstBatch);
        },
        validate: () => nextActionFigures(scorer, options),
        metric: { name: 'NDCG@10', of: ({ ndcg }) => ndcg },
      },
      options,
    );
  } finally {
    await step.close();
    await scorer.close();
  }
}

/** The mean loss of a step's moments; `targetItems` int32 `[examples]`, rows of the batch's subjects. */
function nextActionLoss(config: NextActionTrainingConfig, vocabulary: RankingVocabulary): Tensor {
  const { states, subjects } = nextActionVectors(config.model, vocabulary, 'training');
  const targets = input('targetItems', 'int32', ['examples']);
  return mean(itemLosses({ table: subjects, scoring: { kind: 'dot' } }, config.loss, states, targets));
}

/** Feeds of a batch: targets and negatives are numbered among the subjects of the batch. */
function batchFeeds({ config, source, trained, train }: TrainNextActionOptions) {
  const negatives = negativeFeeds(train, config.loss, config.seed);
  const { targets } = source;
  return (rows: readonly RankingRow[], step: number): LoopBatch => {
    const noise: RankingNoise = { idDropout: config.model.idDropout, seed: config.seed, step };
    const wanted: number[] = [];
    for (const row of rows) for (let at = row.from; at < row.to; at++) wanted.push(targets.subjects[trained[at]!]!);
    const { negatives: drawn, ...drawnBy } = negatives({ targetItems: Int32Array.from(wanted, (subject) => subject + 1) }, step);
    const drawnSubjects = drawn === undefined ? [] : Array.from(drawn.data as Int32Array, (item) => item - 1);
    const { feeds, furtherRows } = nextActionFeeds(source, trained, rows, noise, [...wanted, ...drawnSubjects]);
    const more: Record<string, TensorValue> = {
      targetItems: { data: furtherRows.slice(0, wanted.length), shape: [wanted.length] },
      ...drawnBy,
    };
    if (drawn !== undefined) more['negatives'] = { data: furtherRows.slice(wanted.length), shape: drawn.shape };
    return { examples: wanted.length, feeds: { ...feeds, ...more } };
  };
}

async function nextActionFigures(
  scorer: NextActionScorer,
  { config, source, validation, candidates }: TrainNextActionOptions,
): Promise<RankingFigures> {
  const asked = await askNextActions(scorer, { config: config.model }, source, validation);
  const { metrics } = await evaluateAlive(asked, validation, candidates, { bootstrap: null });
  const value = (metric: string) => metrics.find((estimate) => estimate.metric === metric)!.value;
  return { ndcg: value('NDCG'), hitRate: value('HR') };
}
