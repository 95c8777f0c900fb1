import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../../base/random.ts';
import { checkOperator, distinct, between, wholeBelow, type OperatorUse } from '../../tensor/gradient-check.fixture.ts';
import { input, parameter } from '../../tensor/leaf.ts';
import { mean } from '../../tensor/operators/reduce.ts';
import { adam } from '../../tensor/optimizers/adam.ts';
import { zeros } from '../../tensor/initializers.ts';
import { compileTrainingStep } from '../../tensor/training-step.ts';
import { LOSSES, near, openLoss, plainList, plainNdcg, type PlainList } from './list-loss.fixture.ts';
import { listLoss, listLossSchema, outputsPerPlace, rankingScore, type ListLossConfig } from './list-loss.ts';

const seed = 20;
const kinds = Object.entries(LOSSES);

it.each([
  ...kinds,
  ['approx-ndcg truncated', { kind: 'approx-ndcg', truncation: 3 }],
  ['lambda-loss truncated', { kind: 'lambda-loss', truncation: 2 }],
])('%s has the gradient of central differences', async (_name, settings) => {
  const config = listLossSchema.parse(settings);
  const uses = fc.record({ places: fc.integer({ min: 1, max: 7 }), bool: fc.boolean(), lists: fc.integer({ min: 1, max: 4 }) });
  await fc.assert(
    fc.asyncProperty(uses, fc.nat(), async ({ places, bool, lists }, valueSeed) => {
      const of = (...shape: number[]) => ['lists', ...shape];
      const use: OperatorUse = {
        sizes: [{ lists }, { lists: lists + 1 }],
        inputs: [
          { shape: outputsPerPlace(config) === 1 ? of(places) : of(places, 2), values: distinct() },
          { shape: of(places), values: wholeBelow(4), fixed: true },
          // Three of four places are kept.
          {
            shape: of(places),
            dtype: bool ? 'bool' : 'float32',
            fixed: true,
            values: (count, random) => wholeBelow(4)(count, random, {}).map((value) => Math.min(value, 1)),
          },
          { shape: of(places), values: between(0, 2), fixed: true },
          { shape: of(), values: between(0, 2), fixed: true },
        ],
        build: (scores, labels, mask, weights, listWeights) =>
          listLoss(config, { scores: scores!, labels: labels!, mask: mask!, weights: weights!, listWeights: listWeights! }),
      };
      await checkOperator(use, valueSeed);
    }),
    { numRuns: 6, seed },
  );
});

describe.each(kinds)('%s', (_name, config) => {
  const places = 6;
  const width = outputsPerPlace(config);

  it('is least in the order of the labels', async () => {
    // Pairs of JRC's logits apart by s, so that one number stands for the order. LambdaLoss weighs pairs by ranks, which
    // are those of the scores: with scores close together its value may be less in another order.
    const apart = config.kind === 'lambda-loss' ? 16 : 1;
    const loss = await openLoss(config, places);
    const cases = fc.tuple(
      plainList(listLossSchema.parse({ kind: 'bce' }), places),
      fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }),
    );
    await fc.assert(
      fc.asyncProperty(cases, async ([{ scores, labels, ...rest }, order]) => {
        const best = [...scores].sort((a, b) => b - a).map((value) => value * apart);
        const wide = (values: readonly number[]) => (width === 1 ? values : values.flatMap((value) => [-value / 2, value / 2]));
        const sorted = [...labels].sort((a, b) => b - a);
        const list = (values: readonly number[]): PlainList => ({ ...rest, weights: rest.mask, scores: wide(values), labels: sorted });
        const { losses } = await loss.run([list(best), list(order.map((from) => best[from]!))]);
        expect(losses[0]!).toBeLessThanOrEqual(losses[1]! + 1e-4);
      }),
      { numRuns: 30, seed },
    );
    await loss.close();
  });

  it('leads from any scores to the order of the labels', async () => {
    const grades = config.kind === 'bce' || config.kind === 'jrc' ? 2 : 4;
    const random = createRandom(3, 'start');
    const lists = Array.from({ length: 20 }, (): PlainList => {
      const labels = Array.from({ length: places }, () => random.integer(grades));
      return {
        scores: Array.from({ length: places * width }, () => random.normal()),
        labels,
        mask: [1, 1, 1, 1, 1, 1],
        weights: [1, 1, 1, 1, 1, 1],
      };
    }).filter(({ labels }) => labels.some((label) => label > 0));
    const loss = await openLoss(config, places);
    const scores = lists.map((list) => [...list.scores]);
    for (let step = 0; step < 250; step++) {
      const { gradients } = await loss.run(lists.map((list, at) => ({ ...list, scores: scores[at]! })));
      gradients.forEach((gradient, at) => gradient.forEach((value, place) => (scores[at]![place]! -= 0.5 * value)));
    }
    const ranked = scores.map((values) =>
      width === 1 ? values : values.filter((_, at) => at % 2 === 1).map((value, at) => value - values[at * 2]!),
    );
    const ndcg = lists.map(({ labels }, at) => plainNdcg(ranked[at]!, labels));
    // ApproxNDCG has other minima, where a place ranks low by a wide margin, and is flat near its best.
    if (config.kind === 'approx-ndcg') expect(ndcg.reduce((a, b) => a + b) / ndcg.length).toBeGreaterThan(0.95);
    else expect(Math.min(...ndcg)).toBeCloseTo(1, 6);
    await loss.close();
  });

  it('holds at scores of ±10,000 and lists of 1,000 places', async () => {
    const size = 1000;
    const random = createRandom(5, 'large');
    const loss = await openLoss(config, size);
    const list: PlainList = {
      scores: Array.from({ length: size * width }, () => Math.round((random.next() - 0.5) * 2e4 * 16) / 16),
      labels: Array.from({ length: size }, () => Math.max(0, random.integer(40) - 35)),
      mask: Array.from({ length: size }, (_, at) => (at < 900 ? 1 : 0)),
      weights: Array.from({ length: size }, () => 1),
    };
    const { losses, gradients } = await loss.run([list, { ...list, scores: list.scores.map((value) => value / 1e4) }]);
    for (const value of [...losses, ...gradients.flat()]) expect(Number.isFinite(value)).toBe(true);
    const expected = inDoubles(config, list);
    if (expected !== null) expect(near(losses[0]!, expected)).toBe(true);
    expect(gradients[1]!.some((value) => value !== 0)).toBe(true);
    await loss.close();
  });

  it('gives one result for one seed, byte for byte', async () => {
    const run = async () => {
      const size = 40;
      const scores = parameter('scores', width === 1 ? [64, size] : [64, size, 2], zeros);
      const batch = { scores, labels: input('labels', 'float32', [64, size]), mask: input('mask', 'float32', [64, size]) };
      const step = await compileTrainingStep({
        loss: mean(listLoss(config, batch)),
        optimizer: adam(),
        learningRate: () => 0.1,
        seed: 1,
        threads: 2,
      });
      const random = createRandom(9);
      const draw = (bound: number) => ({
        data: Float32Array.from({ length: 64 * size }, () => Math.min(2, random.integer(bound))),
        shape: [64, size],
      });
      for (let count = 0; count < 5; count++) await step.run({ labels: draw(3), mask: draw(4) });
      const { parameters } = step.state();
      await step.close();
      return Buffer.from(parameters.buffer, parameters.byteOffset, parameters.byteLength).toString('base64');
    };
    expect(await run()).toBe(await run());
  });
});

it.each(kinds.filter(([name]) => name !== 'bce' && name !== 'jrc'))(
  '%s does not see a number added to a whole list',
  async (_name, config) => {
    const loss = await openLoss(config, 5);
    await fc.assert(
      fc.asyncProperty(plainList(config, 5), fc.integer({ min: -40, max: 40 }), async (list, shift) => {
        const { losses, gradients } = await loss.run([list, { ...list, scores: list.scores.map((score) => score + shift) }]);
        expect(near(losses[0]!, losses[1]!)).toBe(true);
        gradients[0]!.forEach((value, at) => expect(near(value, gradients[1]![at]!)).toBe(true));
        expect(
          near(
            gradients[0]!.reduce((a, b) => a + b),
            0,
          ),
        ).toBe(true);
      }),
      { numRuns: 20, seed },
    );
    await loss.close();
  },
);

it('pointwise cross-entropy and the calibration part of JRC do, the ranking part of JRC does not, in either logit', async () => {
  const list: PlainList = { scores: [0, 1, -1], labels: [0, 1, 0], mask: [1, 1, 1], weights: [1, 1, 1] };
  const moved = async (kind: unknown, scores: readonly number[], shifted: readonly number[]) => {
    const loss = await openLoss(listLossSchema.parse(kind), 3);
    const { losses } = await loss.run([scores, shifted].map((each) => ({ ...list, scores: each })));
    await loss.close();
    return Math.abs(losses[0]! - losses[1]!);
  };
  expect(await moved({ kind: 'bce' }, [0, 1, -1], [2, 3, 1])).toBeGreaterThan(0.1);
  const logits = [0, 0.5, 1, -1, 0.25, 2];
  const [without, withClick] = [
    logits.map((value, at) => value + (at % 2 === 0 ? 3 : 0)),
    logits.map((value, at) => value + (at % 2 === 0 ? 0 : 3)),
  ];
  for (const shifted of [without, withClick]) {
    expect(await moved({ kind: 'jrc', calibration: 1 }, logits, shifted)).toBeGreaterThan(0.1);
    expect(await moved({ kind: 'jrc', calibration: 0 }, logits, shifted)).toBeLessThan(1e-5);
  }
});

it('a config is checked, and says what a model must give', () => {
  expect(listLossSchema.parse({ kind: 'lambda-loss' })).toEqual({ kind: 'lambda-loss', mu: 10, sigma: 1, truncation: null });
  for (const wrong of [
    { kind: 'hinge' },
    { kind: 'jrc', calibration: 1.5 },
    { kind: 'approx-ndcg', temperature: 0 },
    { kind: 'softmax', mu: 1 },
    { kind: 'lambda-loss', truncation: 0 },
  ])
    expect(listLossSchema.safeParse(wrong).success).toBe(false);
  const jrc = listLossSchema.parse({ kind: 'jrc' });
  expect(outputsPerPlace(jrc)).toBe(2);
  expect(rankingScore(jrc, input('logits', 'float32', ['lists', 7, 2])).shape).toEqual(['lists', 7]);
  const one = input('scores', 'float32', ['lists', 7]);
  expect(rankingScore(listLossSchema.parse({ kind: 'bce' }), one)).toBe(one);
  expect(() => rankingScore(jrc, one)).toThrow('two logits');
});

/** The loss of one list in double precision, weights of 1; null where no plain formula is short. */
function inDoubles(config: ListLossConfig, { scores, labels, mask }: PlainList): number | null {
  const at = labels.flatMap((_, place) => (mask[place] === 1 ? [place] : []));
  const logSum = (places: readonly number[], score: (place: number) => number) => {
    const top = Math.max(...places.map(score));
    return top + Math.log(places.reduce((total, place) => total + Math.exp(score(place) - top), 0));
  };
  const score = (place: number) => scores[place]!;
  const label = (place: number) => labels[place]!;
  const total = (value: (place: number) => number) => at.reduce((before, place) => before + value(place), 0);
  const share = (place: number) => score(place) - logSum(at, score);
  switch (config.kind) {
    case 'bce':
      return (
        total(
          (place) => Math.max(score(place), 0) + Math.log1p(Math.exp(-Math.abs(score(place)))) - Math.min(1, label(place)) * score(place),
        ) / at.length
      );
    case 'softmax':
      return -total((place) => label(place) * share(place)) / total(label);
    case 'list-net':
      return -total((place) => Math.exp(label(place) - logSum(at, label)) * share(place));
    case 'list-mle':
      return total(
        (place) =>
          logSum(
            at.filter((other) => label(other) <= label(place)),
            score,
          ) - score(place),
      );
    case 'approx-ndcg': {
      const gain = (place: number) => 2 ** label(place) - 1;
      const rank = (place: number) => 0.5 + total((other) => 1 / (1 + Math.exp((score(place) - score(other)) / config.temperature)));
      const ideal = at.map(gain).sort((a, b) => b - a);
      return (
        1 - total((place) => gain(place) / Math.log2(1 + rank(place))) / ideal.reduce((sum, value, k) => sum + value / Math.log2(k + 2), 0)
      );
    }
    case 'p-list-mle':
    case 'lambda-loss':
    case 'jrc':
      return null;
  }
}
