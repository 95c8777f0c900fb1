import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../../base/clock.ts';
import { someContent, someRankingData, someVocabulary } from '../../actions/ranking-data.fixture.ts';
import { latestCheckpointPath } from '../checkpoint.ts';
import { rankerTrainingConfigSchema, type RankerTrainingConfig } from './ranker-training-config.ts';
import { openRankingScorer } from './ranking-scorer.ts';
import { rankingFigures, trainRanker, type TrainRankerOptions } from './train-ranker.ts';

const [train, validation] = [1, 2].map((seed) => {
  const { source, labels, all } = someRankingData({ seed, users: 250, pagesMax: 6 });
  return { source, labels, lists: all };
}) as [TrainRankerOptions['train'], TrainRankerOptions['train']];
const attention = { maxLength: 16, blocks: 1, heads: 1, dropout: 0.1 };
const encoders = {
  hstu: { kind: 'hstu', ...attention, queryDimension: 16, valueDimension: 16 },
  transformer: { kind: 'transformer', ...attention, feedForward: 16 },
  sasrec: { kind: 'sasrec', ...attention },
} as const;
const configOf = (encoder: keyof typeof encoders, more: Record<string, unknown> = {}): RankerTrainingConfig =>
  rankerTrainingConfigSchema.parse({
    model: {
      dimension: 16,
      encoder: encoders[encoder],
      tasks: { kind: 'ple', levels: [{ expertHidden: [8] }], taskExperts: 1, sharedExperts: 1, tower: [8] },
      content: someContent,
    },
    loss: { tasks: [{ name: 'click' }, { name: 'buy' }] },
    optimizer: { kind: 'adam', learningRate: 0.02 },
    batch: { candidatesPerBatch: 512 },
    epochs: 12,
    validateEveryEpochs: 4,
    checkpointEverySteps: 5,
    threads: 1,
    ...more,
  });

let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-ranker-'))));
afterAll(() => rm(home, { recursive: true }));

const options = (folder: string, config: RankerTrainingConfig, more: Partial<TrainRankerOptions> = {}): TrainRankerOptions => ({
  train,
  validation,
  vocabulary: someVocabulary,
  config,
  folder: join(home, folder),
  identity: { dataFingerprint: 'liked tags' },
  resume: false,
  clock: manualClock(),
  ...more,
});

describe('training of a ranker', () => {
  it.each(['hstu', 'transformer', 'sasrec'] as const)('finds what users like from what they did: %s', async (encoder) => {
    // Softmax attention has no product of candidate and history in it: it takes longer to find that they must match.
    const config = configOf(encoder, encoder === 'transformer' ? { epochs: 40 } : {});
    const { parameters, best } = await trainRanker(options(encoder, config));
    expect(best!.metric).toBeGreaterThan(0.66);
    const model = { config: config.model, vocabulary: someVocabulary, tasks: ['click', 'buy'] };
    const scorer = await openRankingScorer(model, () => parameters, { threads: 1 });
    const figures = await rankingFigures(scorer, validation, config.loss);
    expect(figures.meanAuc).toBeCloseTo(best!.metric, 6);
    // Without a history, every tag is liked as often: .5.
    expect(figures.tasks['click']!.auc).toBeGreaterThan(0.7);
    const some = validation.lists.filter((list) => list % 3 === 0);
    const { probabilities } = await scorer.score(validation.source, some);
    const { offsets } = validation.source.pages;
    const asked = new Set(
      [...some].flatMap((list) => Array.from({ length: offsets[list + 1]! - offsets[list]! }, (_, at) => offsets[list]! + at)),
    );
    probabilities['click']!.forEach((probability, place) => expect(Number.isNaN(probability)).toBe(!asked.has(place)));
    await scorer.close();
  });

  it('is judged by the tasks that happened on some validation places and not on others, and refused before it begins where none did', async () => {
    const never = validation.labels['buy']!.map((label) => (Number.isNaN(label) ? NaN : 0));
    const config = configOf('hstu', { epochs: 1, validateEveryEpochs: 1 });
    const without = (labels: TrainRankerOptions['train']['labels']) => ({ validation: { ...validation, labels } });
    const noBuys = await trainRanker(options('no-buys', config, without({ ...validation.labels, buy: never })));
    const whole = await trainRanker(options('buys', config));
    const figures = async (folder: string) =>
      JSON.parse((await readFile(join(home, folder, 'metrics.jsonl'), 'utf8')).trim().split('\n').at(-1)!) as {
        meanAuc: number;
        tasks: Record<string, { auc: number }>;
      };
    const [some, all] = [await figures('no-buys'), await figures('buys')];
    expect(Object.keys(some.tasks)).toEqual(['click']);
    expect(some.meanAuc).toBe(all.tasks['click']!.auc);
    expect(noBuys.parameters).toEqual(whole.parameters);
    const refused = trainRanker(options('refused', config, without({ click: never, buy: never })));
    await expect(refused).rejects.toThrow('none of the tasks click, buy both happened and did not happen');
    await expect(readFile(join(home, 'refused', 'metrics.jsonl'))).rejects.toThrow('ENOENT');
  });

  it('goes on after a stop to the very same end', async () => {
    const config = configOf('hstu', { epochs: 3, validateEveryEpochs: 1 });
    const whole = await trainRanker(options('whole', config));
    const controller = new AbortController();
    let steps = 0;
    const stop = { onStep: () => void (++steps === 13 && controller.abort()) };
    const first = await trainRanker(options('parts', config, { observer: stop, signal: controller.signal }));
    expect(first.ended).toBe('interrupted');
    const second = await trainRanker(options('parts', config, { resume: true }));
    expect(second.parameters).toEqual(whole.parameters);
    expect(await readFile(latestCheckpointPath(join(home, 'parts')))).toEqual(await readFile(latestCheckpointPath(join(home, 'whole'))));
  });
});
