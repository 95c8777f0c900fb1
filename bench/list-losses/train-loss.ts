import { manualClock } from '../../src/base/clock.ts';
import type { DataSplit } from '../../src/learn/evaluation/evaluation-cases.ts';
import { evaluate } from '../../src/learn/evaluation/evaluate.ts';
import type { Ranker } from '../../src/learn/interaction-sequences.ts';
import { hasCheckpoint } from '../../src/learn/training/checkpoint.ts';
import { neuralRanker } from '../../src/learn/training/neural-ranker.ts';
import { trainSequenceModel } from '../../src/learn/training/train.ts';
import { trainingConfigSchema } from '../../src/learn/training/training-config.ts';
import { listCalibration, type ListCalibration } from './list-calibration.ts';
import type { ImpliedProbability } from './implied-log-odds.ts';
import { NEGATIVES, type TableLoss } from './next-item-losses.ts';

/** What a ranker is worth. */
export interface RankerFigures extends ListCalibration {
  /** Of test, all items ranked, those of the history left out. */
  readonly ndcg10: number;
  readonly hitRate10: number;
}

/** A trained loss. */
export interface LossFigures extends RankerFigures {
  readonly validationNdcg10: number;
  readonly bestEpoch: number;
  readonly steps: number;
  readonly seconds: number;
}

/** The model and its training, the same for every loss. */
export const MODEL = {
  kind: 'sasrec',
  maxLength: 50,
  dimension: 64,
  blocks: 1,
  heads: 2,
  dropout: 0.2,
  scoring: { kind: 'cosine', temperature: 0.06 },
} as const;
export const TRAINING = { batchSize: 128, windows: 'one', validateEveryEpochs: 10, patience: 1000, checkpointEverySteps: 500 } as const;

/** Test figures and calibration of any ranker. */
export async function rankerFigures(ranker: Ranker, implied: ImpliedProbability, { validation, test }: DataSplit): Promise<RankerFigures> {
  const { metrics } = await evaluate(ranker, test, { cutoffs: [10], lists: false, bootstrap: null });
  const of = (name: string) => metrics.find(({ metric }) => metric === name)!.value;
  return { ndcg10: of('NDCG'), hitRate10: of('HR'), ...(await listCalibration(ranker, implied, validation, NEGATIVES)) };
}

/** Trains with one loss under one seed, and judges its best epoch. Goes on from what a killed run of the same settings left in the folder. */
export async function trainLoss(
  { loss, implies }: TableLoss,
  split: DataSplit,
  settings: { readonly seed: number; readonly epochs: number; readonly learningRate: number; readonly folder: string },
): Promise<LossFigures> {
  const { seed, epochs, learningRate, folder } = settings;
  const config = trainingConfigSchema.parse({
    model: MODEL,
    loss,
    optimizer: { kind: 'adam', learningRate, schedule: 'cosine', warmupSteps: 100 },
    ...TRAINING,
    epochs,
    seed,
    threads: 1,
  });
  const startMs = performance.now();
  const { train, validation } = split;
  const outcome = await trainSequenceModel({
    train,
    validation,
    config,
    folder,
    identity: {},
    resume: await hasCheckpoint(folder),
    clock: manualClock(),
  });
  const seconds = (performance.now() - startMs) / 1000;
  const { parameters, layout } = outcome;
  const ranker = await neuralRanker(config.model, train.itemCount, () => parameters, { threads: 1, layout });
  const figures = await rankerFigures(ranker, implies, split);
  await ranker.close();
  const { epoch, metric } = outcome.best!;
  return { ...figures, validationNdcg10: metric, bestEpoch: epoch + 1, steps: outcome.steps, seconds };
}
