import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { input } from '../../tensor/leaf.ts';
import { ShapeError } from '../../tensor/tensor.ts';
import type { ListBatch } from './list-batch.ts';
import { LOSSES, near, openLoss, plainList, reordered, type OpenLoss, type PlainList } from './list-loss.fixture.ts';
import { listLoss, listLossSchema, outputsPerPlace } from './list-loss.ts';

const places = 6;
const runs = { numRuns: 25, seed: 20 };

describe.each(Object.entries(LOSSES))('the contract of lists, held by %s', (_name, config) => {
  let opened: Promise<OpenLoss> | undefined;
  const loss = () => (opened ??= openLoss(config, places));
  afterAll(async () => (await opened)?.close());
  const width = outputsPerPlace(config);

  it('pays padding no heed, whatever stands there', async () => {
    const padding = fc.constantFrom(NaN, Infinity, -Infinity, 1e38, -1e38, 7, 0);
    const shortLists = fc.integer({ min: 0, max: places - 1 }).chain((length) =>
      fc.tuple(
        plainList(config, length),
        fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: length, maxLength: length }).map((at) => [...at].sort((a, b) => a - b)),
        fc.array(padding, { minLength: places * (width + 2), maxLength: places * (width + 2) }),
      ),
    );
    await fc.assert(
      fc.asyncProperty(shortLists, async ([list, at, junk]) => {
        const spread = (values: readonly number[], from: number, size = 1) => {
          const result = junk.slice(from, from + places * size);
          at.forEach((place, index) => {
            for (let part = 0; part < size; part++) result[place * size + part] = values[index * size + part]!;
          });
          return result;
        };
        const length = list.labels.length;
        const mask = Array.from({ length: places }, (_, place) => (at.includes(place) ? 1 : 0));
        const padded: PlainList = {
          scores: spread(list.scores, 0, width),
          labels: spread(list.labels, places * width),
          weights: spread(list.weights, places * (width + 1)),
          mask,
        };
        const zeros = (count: number) => Array.from({ length: count }, () => 0);
        const plain: PlainList = {
          scores: [...list.scores, ...zeros((places - length) * width)],
          labels: [...list.labels, ...zeros(places - length)],
          weights: [...list.weights, ...zeros(places - length)],
          mask: mask.map((_, place) => (place < length ? 1 : 0)),
        };
        const { losses, gradients } = await (await loss()).run([padded, plain]);
        expect(near(losses[0]!, losses[1]!)).toBe(true);
        gradients[0]!.forEach((value, index) => {
          const source = at.indexOf(Math.floor(index / width));
          if (source < 0) expect(value === 0).toBe(true);
          else expect(near(value, gradients[1]![source * width + (index % width)]!)).toBe(true);
        });
      }),
      runs,
    );
  });

  it('does not see the order of places: gradients move with them', async () => {
    const cases = fc.tuple(plainList(config, places), fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: places }));
    await fc.assert(
      fc.asyncProperty(cases, async ([list, order]) => {
        const { losses, gradients } = await (await loss()).run([list, reordered(list, order)]);
        expect(near(losses[0]!, losses[1]!)).toBe(true);
        order.forEach((from, to) => {
          for (let part = 0; part < width; part++)
            expect(near(gradients[0]![from * width + part]!, gradients[1]![to * width + part]!)).toBe(true);
        });
      }),
      runs,
    );
  });

  it('is linear in the weights of places and of lists', async () => {
    await fc.assert(
      fc.asyncProperty(plainList(config, places), plainList(config, places), async (list, { weights: others }) => {
        const weighted = (weights: readonly number[]) => ({ ...list, weights });
        const all = [list, weighted(others), weighted(list.weights.map((weight, at) => 2 * weight + others[at]!)), list];
        const { losses, gradients } = await (await loss()).run(all, [1, 1, 1, 2.5]);
        expect(near(losses[2]!, 2 * losses[0]! + losses[1]!)).toBe(true);
        expect(near(losses[3]!, 2.5 * losses[0]!)).toBe(true);
        gradients[2]!.forEach((value, at) => expect(near(value, 2 * gradients[0]![at]! + gradients[1]![at]!)).toBe(true));
      }),
      runs,
    );
  });

  it('gives 0 for a list with nothing to order, unless it speaks of probabilities', async () => {
    const full = (value: number) => Array.from({ length: places }, () => value);
    const scores = Array.from({ length: places * width }, (_, at) => Math.sin(at + 1));
    const list: PlainList = { scores, labels: full(0), mask: full(1), weights: full(1) };
    const alone = { ...list, labels: full(2), mask: [0, 0, 1, 0, 0, 0] };
    const { losses, gradients } = await (await loss()).run([list, alone, { ...list, labels: full(1), mask: full(0) }]);
    const probabilities = config.kind === 'bce' || config.kind === 'jrc';
    losses.forEach((value, at) => expect(value === 0).toBe(!probabilities || at === 2));
    gradients.forEach((gradient, at) => expect(gradient.every((value) => value === 0)).toBe(!probabilities || at === 2));
  });
});

describe('what does not fit', () => {
  const bce = listLossSchema.parse({ kind: 'bce' });
  const labels = input('labels', 'float32', ['lists', 5]);
  const scores = input('scores', 'float32', ['lists', 5]);
  it.each<[string, ListBatch, string]>([
    ['labels of one axis', { scores, labels: input('labels', 'float32', ['lists']) }, 'labels must be float32 [lists, places]'],
    ['labels of whole numbers', { scores, labels: input('labels', 'int32', ['lists', 5]) }, 'labels must be float32'],
    ['two scores a place', { scores: input('scores', 'float32', ['lists', 5, 2]), labels }, 'one score a place'],
    ['scores of other lists', { scores: input('scores', 'float32', ['rows', 5]), labels }, 'fit the labels'],
    ['a mask of whole numbers', { scores, labels, mask: input('mask', 'int32', ['lists', 5]) }, 'mask must be bool or float32'],
    ['weights of lists for places', { scores, labels, weights: input('weights', 'float32', ['lists']) }, 'weights must be float32'],
    ['weights of places for lists', { scores, labels, listWeights: input('w', 'float32', ['lists', 5]) }, 'list weights must be'],
  ])('%s', (_what, batch, message) => {
    expect(() => listLoss(bce, batch)).toThrow(ShapeError);
    expect(() => listLoss(bce, batch)).toThrow(message);
  });

  it('one logit a place for JRC, and places of no fixed number for a loss that sorts', () => {
    expect(() => listLoss(listLossSchema.parse({ kind: 'jrc' }), { scores, labels })).toThrow('2 scores a place');
    const open = { scores: input('scores', 'float32', ['lists', 'places']), labels: input('labels', 'float32', ['lists', 'places']) };
    for (const kind of ['list-mle', 'p-list-mle', 'approx-ndcg', 'lambda-loss'])
      expect(() => listLoss(listLossSchema.parse({ kind }), open)).toThrow('fixed number of places');
    for (const kind of ['bce', 'softmax', 'list-net']) expect(listLoss(listLossSchema.parse({ kind }), open).shape).toEqual(['lists']);
  });
});
