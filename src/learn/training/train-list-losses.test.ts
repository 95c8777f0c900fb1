import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { manualClock } from '../../base/clock.ts';
import { createRandom } from '../../base/random.ts';
import { splitLeaveOneOut } from '../evaluation/leave-one-out.ts';
import type { InteractionSequences } from '../interaction-sequences.ts';
import { exportServedModel, openServedModel } from '../models/served-model.ts';
import { parameterView } from '../tensor/parameters.ts';
import { neuralRanker } from './neural-ranker.ts';
import { trainSequenceModel } from './train.ts';
import { trainingConfigSchema } from './training-config.ts';

/** Users who walk a ring of 20 items, mostly one step on. */
function ring(): InteractionSequences {
  const random = createRandom(5, 'ring');
  const [userCount, length, itemCount] = [60, 12, 20];
  const items = new Int32Array(userCount * length);
  for (let user = 0; user < userCount; user++) {
    let item = random.integer(itemCount);
    for (let at = 0; at < length; at++) {
      items[user * length + at] = item;
      item = random.next() < 0.9 ? (item + 1) % itemCount : random.integer(itemCount);
    }
  }
  return { userCount, itemCount, offsets: Int32Array.from({ length: userCount + 1 }, (_, user) => user * length), items, timesMs: null };
}

const split = splitLeaveOneOut(ring());
const configOf = (loss: object, epochs: number) =>
  trainingConfigSchema.parse({
    model: { kind: 'sasrec', maxLength: 8, dimension: 8, blocks: 1, heads: 2, dropout: 0.1, scoring: { kind: 'dot' } },
    loss: { kind: 'list', loss, negatives: 8 },
    optimizer: { kind: 'adam', learningRate: 0.03 },
    batchSize: 16,
    epochs,
    seed: 2,
    threads: 1,
  });

let home: string;
beforeAll(async () => void (home = await mkdtemp(join(tmpdir(), 'nisus-train-lists-'))));
afterAll(() => rm(home, { recursive: true }));

const train = (config: ReturnType<typeof configOf>, folder: string) =>
  trainSequenceModel({
    train: split.train,
    validation: split.validation,
    config,
    folder: join(home, folder),
    identity: {},
    resume: false,
    clock: manualClock(),
  });

describe('training by a list loss', () => {
  it.each([
    ['bce', {}],
    ['softmax', {}],
    ['list-mle', {}],
    ['p-list-mle', {}],
    ['list-net', {}],
    ['approx-ndcg', { temperature: 1 }],
    ['lambda-loss', {}],
    ['jrc', {}],
  ])('%s ranks next items', async (kind, options) => {
    const { best } = await train(configOf({ kind, ...options }, 30), kind);
    // By chance .23: ten of 20 places, the mean of 1 / log₂(1 + rank).
    expect(best!.metric).toBeGreaterThan(0.75);
  });

  it('leaves what only training has out of the served model', async () => {
    const { config, outcome } = await train(configOf({ kind: 'jrc' }, 2), 'served').then((outcome) => ({
      config: configOf({ kind: 'jrc' }, 2),
      outcome,
    }));
    expect(outcome.layout.slots.map(({ name }) => name)).toContain('notClicked.weight');
    expect(parameterView(outcome.layout, outcome.parameters, 'notClicked.weight')!.some((value) => value !== 0)).toBe(true);
    const folder = join(home, 'jrc-served');
    const itemCount = split.train.itemCount;
    const parameterValue = (name: string) => parameterView(outcome.layout, outcome.parameters, name);
    await exportServedModel(folder, { config: config.model, itemCount, parameterValue });
    const served = await openServedModel(folder, { threads: 1 });
    const trained = await neuralRanker(config.model, itemCount, () => outcome.parameters, { threads: 1, layout: outcome.layout });
    const batch = { histories: [Int32Array.of(1, 2, 3), Int32Array.of(9)], timesMs: null, requestTimesMs: null };
    const [actual, expected] = [await served.score(batch), await trained.score(batch)];
    await served.close();
    await trained.close();
    expected.forEach((value, at) => expect(actual[at]).toBeCloseTo(value, 4));
    expect(new Set(actual).size).toBeGreaterThan(itemCount);
  });

  it('checks its settings and fills in the defaults of the loss', () => {
    expect(configOf({ kind: 'lambda-loss' }, 1).loss).toEqual({
      kind: 'list',
      loss: { kind: 'lambda-loss', mu: 10, sigma: 1, truncation: null },
      negatives: 8,
    });
    expect(() => configOf({ kind: 'none' }, 1)).toThrow(/loss/);
    expect(() => trainingConfigSchema.parse({ ...configOf({ kind: 'bce' }, 1), loss: { kind: 'list', loss: { kind: 'bce' } } })).toThrow(
      /negatives/,
    );
  });
});
