import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { manualClock } from '../../src/base/clock.ts';
import { historySearch } from '../../src/learn/actions/history-search.ts';
import type { CandidateEncoderConfig } from '../../src/learn/models/ranking/ranker-config.ts';
import { buildMultiTask } from '../../src/learn/models/multi-task/build-multi-task.ts';
import { rankingStates, type RankingVocabulary } from '../../src/learn/models/ranking/ranking-states.ts';
import { initialParameters, parameterLayout } from '../../src/learn/tensor/parameters.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from '../../src/learn/training/ranking/ranker-training-config.ts';
import { openRankingScorer } from '../../src/learn/training/ranking/ranking-scorer.ts';
import { trainRanker } from '../../src/learn/training/ranking/train-ranker.ts';
import { CONTENT, type ClickData } from './click-data.ts';

/** Sizes of the models and of their training. */
export interface ClickSettings {
  readonly dimension: number;
  readonly window: number;
  readonly found: number;
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
}

/** A SIM whose search reaches back `reach` actions, over a DIN of the window; or that DIN alone (`reach` null). */
export function clickConfig(settings: ClickSettings, reach: number | null): RankerTrainingConfig {
  const { dimension, window, found } = settings;
  const unit = { maxLength: window, activationHidden: [8], pooling: 'sum' as const, dropout: 0.1 };
  const search = {
    kind: 'hard' as const,
    categories: ['first-tag' as const, 'author' as const, 'mention' as const],
    found,
    reach: reach ?? 1,
  };
  const encoder: CandidateEncoderConfig =
    reach === null ? { kind: 'din', ...unit } : { kind: 'sim', ...unit, search, heads: 2, headDimension: 16, timeDimension: 16 };
  return rankerTrainingConfigSchema.parse({
    model: { dimension, encoder, tasks: { kind: 'single-task', hidden: [32], tower: [], dropout: 0.1 }, content: CONTENT, idDropout: 0.2 },
    loss: { tasks: [{ name: 'click' }] },
    optimizer: { kind: 'adam', learningRate: settings.rate, schedule: 'cosine', warmupSteps: 50, clipNorm: 5 },
    rows: { candidatesMax: 96 },
    batch: { candidatesPerBatch: 2048, rowsMax: 64 },
    epochs: settings.epochs,
    checkpointEverySteps: 100_000,
    seed: settings.seed,
  });
}

/** Parameters as they are before training: enough to time a model. */
export function untrained({ model }: RankerTrainingConfig, vocabulary: RankingVocabulary): Float32Array {
  const { logits } = buildMultiTask(model.tasks, () => rankingStates(model, vocabulary, 'serving'), ['click'], 'serving');
  return initialParameters(parameterLayout(Object.values(logits)), 1);
}

/** What a trained model says of the test pages. */
export interface ClickOutcome {
  /** `[places]`, NaN off the test pages. */
  readonly probabilities: Float32Array;
  readonly validationAuc: number;
  readonly config: RankerTrainingConfig;
  readonly parameters: Float32Array;
}

/** Trains one model and scores the test pages. */
export async function trainClicks(data: ClickData, settings: ClickSettings, reach: number | null): Promise<ClickOutcome> {
  const config = clickConfig(settings, reach);
  const { encoder } = config.model;
  const source = {
    ...data.source,
    search: encoder.kind === 'sim' ? historySearch(data.source.subjects, encoder.search) : null,
  };
  const folder = mkdtempSync(path.join(tmpdir(), 'nisus-long-history-'));
  try {
    const { parameters, best } = await trainRanker({
      config,
      vocabulary: data.vocabulary,
      train: { source, lists: data.train, labels: data.labels },
      validation: { source, lists: data.validation, labels: data.labels },
      folder,
      identity: {},
      resume: false,
      clock: manualClock(),
      observer: {
        onValidation: ({ epoch, trainingLoss, tasks, seconds }) =>
          console.log(
            `    epoch ${epoch} loss ${trainingLoss.toFixed(4)} validation AUC ${tasks['click']!.auc.toFixed(4)} (${seconds.toFixed(1)} s)`,
          ),
      },
    });
    const scorer = await openRankingScorer({ config: config.model, vocabulary: data.vocabulary, tasks: ['click'] }, () => parameters);
    const { probabilities } = await scorer.score(source, data.test);
    await scorer.close();
    return { probabilities: probabilities['click']!, validationAuc: best!.metric, config, parameters };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
