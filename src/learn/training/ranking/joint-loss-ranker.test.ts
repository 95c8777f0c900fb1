import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { someContent, someRankingData, someVocabulary } from '../../actions/ranking-data.fixture.ts';
import { exportServedRanker, knownIdsOf } from '../../models/ranking/serving/export-served-ranker.ts';
import { openServedRanker } from '../../models/ranking/serving/open-served-ranker.ts';
import { userActions } from '../../models/ranking/serving/served-ranker.fixture.ts';
import { parameterView } from '../../tensor/parameters.ts';
import { rankerRuns } from './ranker-runs.fixture.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from './ranker-training-config.ts';
import { openRankingScorer } from './ranking-scorer.ts';
import { rankingFigures, trainRanker, type TrainRankerOptions } from './train-ranker.ts';

const [train, validation] = [1, 2].map((seed) => someRankingData({ seed, users: 250, pagesMax: 6 })) as [
  ReturnType<typeof someRankingData>,
  ReturnType<typeof someRankingData>,
];
const shared = { kind: 'ple', levels: [{ expertHidden: [8] }], taskExperts: 1, sharedExperts: 1, tower: [8] };
const click = { name: 'click', terms: [{ loss: { kind: 'jrc', calibration: 0.5 } }] };

const configOf = (tasks: object, loss: object, more: object = {}): RankerTrainingConfig =>
  rankerTrainingConfigSchema.parse({
    model: {
      dimension: 16,
      encoder: { kind: 'hstu', maxLength: 16, blocks: 1, heads: 1, dropout: 0.1, queryDimension: 16, valueDimension: 16 },
      tasks,
      content: someContent,
    },
    loss,
    optimizer: { kind: 'adam', learningRate: 0.02 },
    batch: { candidatesPerBatch: 512 },
    epochs: 12,
    validateEveryEpochs: 4,
    threads: 1,
    ...more,
  });

const { folderOf, optionsOf } = rankerRuns('joint-loss');

const examplesOf = ({ source, labels, all }: typeof train): TrainRankerOptions['train'] => ({ source, labels, lists: all });
const runOf = (folder: string, config: RankerTrainingConfig, examples = train) =>
  trainRanker(optionsOf(folder, config, { train: examplesOf(examples), validation: examplesOf(validation) }));

describe('a ranker trained by JRC', () => {
  it('ranks, says probabilities, and is served as its scorer scores', async () => {
    const config = configOf(shared, { tasks: [click, { name: 'buy' }] });
    const { parameters, layout, best } = await runOf('ple', config);
    const model = { config: config.model, vocabulary: someVocabulary, tasks: ['click', 'buy'] };
    const scorer = await openRankingScorer(model, () => parameters, { threads: 1, layout });
    const figures = await rankingFigures(scorer, examplesOf(validation), config.loss);
    expect(figures.meanAuc).toBeCloseTo(best!.metric, 6);
    expect(figures.tasks['click']!.auc).toBeGreaterThan(0.7);
    // A constant loses .61 nats: the rate of clicks is .3.
    expect(figures.tasks['click']!.logLoss).toBeLessThan(0.58);
    expect(parameterView(layout, parameters, 'tower.click.negative.weight')!.some((value) => value !== 0)).toBe(true);
    expect(parameterView(layout, parameters, 'tower.buy.negative.weight')).toBeNull();

    const { source, table } = validation;
    const folder = folderOf('served');
    await exportServedRanker(folder, {
      config: config.model,
      vocabulary: someVocabulary,
      names: source.sequences.vocabulary,
      tasks: model.tasks,
      parameterValue: (name) => parameterView(layout, parameters, name),
      fitted: source.fitted,
      known: knownIdsOf(table, source.subjects),
    });
    const ranker = await openServedRanker(folder, { threads: 1 });
    const rows = await ranker.subjects.put(table);
    const { pages, sequences } = source;
    const lists = validation.all.subarray(0, 30);
    const { probabilities } = await scorer.score({ ...source, fitted: ranker.manifest.fitted }, lists);
    const served: number[] = [];
    for (const list of lists) {
      const history = await ranker.history(userActions(sequences, rows, pages.users[list]!, 0, pages.visible[list]!));
      const asked = pages.subjects.slice(pages.offsets[list]!, pages.offsets[list + 1]!).map((subject) => rows[subject]!);
      const query = pages.queries[list]! < 0 ? null : sequences.queryTexts[pages.queries[list]!]!;
      const page = { timeMs: pages.timesMs[list]!, surface: pages.surfaces[list]!, query };
      served.push(...(await ranker.score(history, asked, page)).probabilities['click']!);
    }
    const scored = [...probabilities['click']!.subarray(0, served.length)];
    expect(Math.max(...scored) - Math.min(...scored)).toBeGreaterThan(0.2);
    served.forEach((value, place) => expect(value, `place ${place}`).toBeCloseTo(scored[place]!, 4));
    await ranker.close();
    await scorer.close();
    const formula = await readFile(join(folderOf('ple'), 'loss.md'), 'utf8');
    expect(formula).toContain('0.5\\,\\text{ListBCE}(\\text{click}) + 0.5\\,\\text{LabelSoftmax}(\\text{click})');
  });

  it.each<[string, object, object]>([
    ['networks that share nothing', { kind: 'single-task', hidden: [8] }, {}],
    ['ESMM', { kind: 'esmm', trunk: { kind: 'shared-bottom', hidden: [8] } }, {}],
    [
      'gradients that are negotiated, under a bound',
      shared,
      {
        conflict: { kind: 'pcgrad' },
        constraints: [{ name: 'low', task: 'buy', of: { kind: 'jrc' }, atMost: 2 }],
      },
    ],
  ])('learns in %s', async (name, tasks, loss) => {
    const buy = { name: 'buy', terms: [{ loss: { kind: 'jrc' } }] };
    const config = configOf(tasks, { tasks: [click, buy], ...loss }, { epochs: 1, validateEveryEpochs: 1 });
    const { parameters, layout } = await runOf(name, config, someRankingData({ users: 60 }));
    for (const task of ['click', 'buy'])
      expect(parameterView(layout, parameters, `tower.${task}.negative.weight`)!.some((value) => value !== 0)).toBe(true);
  });
});
