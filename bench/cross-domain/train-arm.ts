import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NextActionData } from '../../src/app/next-action/next-action-data.ts';
import { evaluateAlive, type AliveCandidates } from '../../src/learn/evaluation/next-action/evaluate-alive.ts';
import { rankingBatches, rankingRows } from '../../src/learn/actions/ranking-rows.ts';
import type { EvaluationCases } from '../../src/learn/evaluation/evaluation-cases.ts';
import type { EvaluationResult } from '../../src/learn/evaluation/evaluate.ts';
import { askNextActions, openNextActionScorer, type NextActionScorer } from '../../src/learn/training/next-action/next-action-scorer.ts';
import type { NextActionSource } from '../../src/learn/training/next-action/next-action-source.ts';
import type { NextActionTrainingConfig } from '../../src/learn/training/next-action/next-action-training-config.ts';
import { trainNextAction } from '../../src/learn/training/next-action/train-next-action.ts';

/** A model that was trained in a folder that is gone. */
export interface TrainedArm {
  readonly scorer: NextActionScorer;
  readonly bestEpoch: number;
  readonly steps: number;
  readonly seconds: number;
}

export const benchClock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** Trains on a source that holds all of the data, or less. */
export async function trainArm(data: NextActionData, source: NextActionSource, config: NextActionTrainingConfig): Promise<TrainedArm> {
  const folder = await mkdtemp(join(tmpdir(), 'nisus-bench-next-action-'));
  const startMs = performance.now();
  try {
    const { parameters, best, steps } = await trainNextAction({
      config,
      source,
      vocabulary: data.vocabulary,
      trained: data.trained,
      train: data.split.train,
      validation: data.split.validation,
      candidates: { lives: data.lives },
      folder,
      identity: {},
      resume: false,
      clock: benchClock,
      observer: {
        onValidation: ({ epoch, trainingLoss, ndcg }) =>
          console.error(`  epoch ${epoch + 1}: loss ${trainingLoss.toFixed(3)}, validation NDCG@10 ${ndcg.toFixed(4)}`),
      },
    });
    const scorer = await openNextActionScorer({ config: config.model, vocabulary: data.vocabulary }, () => parameters, config);
    return { scorer, bestEpoch: (best?.epoch ?? -1) + 1, steps, seconds: (performance.now() - startMs) / 1000 };
  } finally {
    await rm(folder, { recursive: true });
  }
}

/** Steps of an epoch: shorter histories share rows, and take fewer steps. */
export function stepsOfEpoch(
  { trained }: NextActionData,
  source: NextActionSource,
  { model, rows, batch, seed }: NextActionTrainingConfig,
): number {
  const cut = rankingRows(source.sequences, source.pages, trained, {
    maxLength: model.encoder.maxLength,
    candidatesMax: rows.momentsMax,
  });
  return rankingBatches(cut, { candidatesPerBatch: batch.momentsPerBatch, rowsMax: batch.rowsMax, seed }, 0).length;
}

/** What a trained model answers. @param vectors others than its own */
export async function askArm(
  { scorer }: TrainedArm,
  config: NextActionTrainingConfig,
  source: NextActionSource,
  cases: EvaluationCases,
  candidates: AliveCandidates,
  vectors?: Float32Array,
): Promise<EvaluationResult> {
  return evaluateAlive(await askNextActions(scorer, { config: config.model }, source, cases, vectors), cases, candidates, {
    bootstrap: null,
  });
}

/** Those of the cases that are asked for. */
export function someCases(cases: EvaluationCases, split: string, keep: (index: number) => boolean): EvaluationCases {
  const kept = Int32Array.from(cases.targets.keys()).filter(keep);
  const pick = (values: Int32Array) => Int32Array.from(kept, (index) => values[index]!);
  return {
    split,
    sequences: cases.sequences,
    users: pick(cases.users),
    historyStarts: pick(cases.historyStarts),
    historyEnds: pick(cases.historyEnds),
    targets: pick(cases.targets),
    requestTimesMs: cases.requestTimesMs && Float64Array.from(kept, (index) => cases.requestTimesMs![index]!),
  };
}
