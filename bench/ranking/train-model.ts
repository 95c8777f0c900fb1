import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Clock } from '../../src/base/clock.ts';
import { scoredImpressions } from '../../src/app/ranking/scored-pages.ts';
import { fittingContent, rankingSource, rankingVocabulary } from '../../src/learn/actions/ranking-source.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from '../../src/learn/training/ranking/ranker-training-config.ts';
import { hasCheckpoint } from '../../src/learn/training/checkpoint.ts';
import { openRankingScorer } from '../../src/learn/training/ranking/ranking-scorer.ts';
import { trainRanker } from '../../src/learn/training/ranking/train-ranker.ts';
import type { ScoredImpressions } from '../../src/measure/impressions/scored-impressions.ts';
import type { RankingWorld } from './ranking-world.ts';

const clock: Clock = { nowMs: () => Date.now(), monotonicMs: () => performance.now() };

/** A trained model's answers. */
export interface TrainedModel {
  readonly validation: ScoredImpressions;
  readonly test: ScoredImpressions;
  readonly seconds: number;
  readonly bestEpoch: number;
  readonly bestValidation: number;
}

/**
 * Trains a ranking model on a world's pages and scores its validation and test pages.
 *
 * @param keptIn folder for what training writes; it goes on from what a killed run of the same config left there.
 *   @default one that is removed in the end
 */
export async function trainModel(world: RankingWorld, config: RankerTrainingConfig, name: string, keptIn?: string): Promise<TrainedModel> {
  const { data, cuts, split, labels, pages } = world;
  const content = fittingContent(config.model.content, data.subjects);
  const fitted = rankerTrainingConfigSchema.parse({ ...config, model: { ...config.model, content } });
  const source = rankingSource(data, fitted.model, cuts.trainUntilMs);
  const vocabulary = rankingVocabulary(data.sequences.vocabulary, data.subjects);
  const tasks = fitted.loss.tasks.map((task) => task.name);
  const folder = keptIn ?? (await mkdtemp(join(tmpdir(), 'nisus-bench-ranking-')));
  try {
    const startMs = performance.now();
    const outcome = await trainRanker({
      config: fitted,
      vocabulary,
      train: { source, lists: split.train.lists, labels },
      validation: { source, lists: split.validation.lists, labels },
      folder,
      identity: {},
      resume: await hasCheckpoint(folder),
      clock,
    });
    const seconds = (performance.now() - startMs) / 1000;
    const scorer = await openRankingScorer({ config: fitted.model, vocabulary, tasks }, () => outcome.parameters, {
      threads: fitted.threads,
      layout: outcome.layout,
    });
    try {
      const of = async (part: 'validation' | 'test') => {
        const { probabilities } = await scorer.score(source, split[part].lists);
        const from = { data: { name: 'world', fingerprint: 'world' }, part, model: { name, fingerprint: `${name} ${fitted.seed}` } };
        return scoredImpressions(pages[part], from, labels, probabilities);
      };
      const best = outcome.best!;
      return { validation: await of('validation'), test: await of('test'), seconds, bestEpoch: best.epoch, bestValidation: best.metric };
    } finally {
      await scorer.close();
    }
  } finally {
    if (keptIn === undefined) await rm(folder, { recursive: true });
  }
}
