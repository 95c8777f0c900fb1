import { describe, expect, it } from 'vitest';
import { historySearch } from '../../actions/history-search.ts';
import { someContent, someRankingData, someVocabulary } from '../../actions/ranking-data.fixture.ts';
import { rankerRuns } from './ranker-runs.fixture.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from './ranker-training-config.ts';
import { openRankingScorer } from './ranking-scorer.ts';
import { SearchTaskError } from './search-loss.ts';
import { rankingFigures, trainRanker, type TrainRankerOptions } from './train-ranker.ts';

const unit = { activationHidden: [8], dropout: 0 };
const exact = { heads: 1, headDimension: 8, timeDimension: 4 };
const encoders = {
  din: { kind: 'din', maxLength: 16, ...unit },
  'sim-hard': { kind: 'sim', maxLength: 2, ...unit, ...exact, search: { kind: 'hard', categories: ['tag'], found: 4 } },
  'sim-soft': {
    kind: 'sim',
    maxLength: 2,
    ...unit,
    ...exact,
    search: { kind: 'soft', found: 4, searchDimension: 8, auxiliaryHidden: [8] },
  },
} as const;
type Name = keyof typeof encoders;

const configOf = (name: Name, more: Record<string, unknown> = {}): RankerTrainingConfig =>
  rankerTrainingConfigSchema.parse({
    model: {
      dimension: 16,
      encoder: encoders[name],
      tasks: { kind: 'shared-bottom', hidden: [16], tower: [8] },
      content: someContent,
    },
    loss: { tasks: [{ name: 'click' }, { name: 'buy' }] },
    optimizer: { kind: 'adam', learningRate: 0.01 },
    batch: { candidatesPerBatch: 512 },
    epochs: 15,
    validateEveryEpochs: 5,
    threads: 1,
    ...more,
  });

/** Examples with the search that a model needs. */
function examplesOf(seed: number, { model: { encoder } }: RankerTrainingConfig): TrainRankerOptions['train'] {
  const { source, labels, all } = someRankingData({ seed, users: 200, pagesMax: 6 });
  const search = encoder.kind === 'sim' ? historySearch(source.subjects, encoder.search) : null;
  return { source: { ...source, search }, labels, lists: all };
}

const runs = rankerRuns('target-attention');
const optionsOf = (folder: string, config: RankerTrainingConfig) =>
  runs.optionsOf(folder, config, { train: examplesOf(1, config), validation: examplesOf(2, config) });

describe.each(Object.keys(encoders) as Name[])('%s', (name) => {
  it('learns what users like, and scores pages one by one as it scores them all', async () => {
    const config = configOf(name);
    const options = optionsOf(name, config);
    const { parameters, best } = await trainRanker(options);
    const scorer = await openRankingScorer(
      { config: config.model, vocabulary: someVocabulary, tasks: ['click', 'buy'] },
      () => parameters,
      {
        threads: 1,
      },
    );
    const { validation } = options;
    const figures = await rankingFigures(scorer, validation, config.loss);
    expect(figures.meanAuc).toBeCloseTo(best!.metric, 6);
    expect(figures.tasks['click']!.auc).toBeGreaterThan(0.7);
    // Pages by themselves, the latest first: a user's index that knows more than a page may see must not show.
    const together = (await scorer.score(validation.source, validation.lists)).probabilities['click']!;
    const { offsets } = validation.source.pages;
    for (const list of [...validation.lists.subarray(0, 5)].reverse()) {
      const alone = (await scorer.score(validation.source, Int32Array.of(list))).probabilities['click']!;
      for (let place = offsets[list]!; place < offsets[list + 1]!; place++) expect(alone[place]).toBeCloseTo(together[place]!, 4);
    }
    await scorer.close();
  });
});

it('refuses a soft search that is to learn from a task which is not there', async () => {
  const config = configOf('sim-soft');
  const encoder = { ...encoders['sim-soft'], search: { ...encoders['sim-soft'].search, auxiliaryTask: 'share' } };
  const other = rankerTrainingConfigSchema.parse({ ...config, model: { ...config.model, encoder } });
  await expect(trainRanker(optionsOf('refused', other))).rejects.toThrow(SearchTaskError);
});
