import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openLoss, plainList, plainNdcg } from './list-loss.fixture.ts';
import { listLossSchema } from './list-loss.ts';

const bce = listLossSchema.parse({ kind: 'bce' });

it('becomes 1 − NDCG as the temperature falls', async () => {
  const temperatures = [1, 0.2, 0.01];
  const losses = await Promise.all(
    temperatures.map((temperature) => openLoss(listLossSchema.parse({ kind: 'approx-ndcg', temperature }), 6)),
  );
  const distance = temperatures.map(() => 0);
  await fc.assert(
    fc.asyncProperty(plainList(bce, 6), async (given) => {
      fc.pre(given.labels.some((label) => label > 0));
      const list = { ...given, weights: given.mask };
      const exact = 1 - plainNdcg(list.scores, list.labels);
      for (const [at, loss] of losses.entries()) {
        const value = (await loss.run([list])).losses[0]!;
        expect(value).toBeGreaterThan(-1e-5);
        expect(value).toBeLessThan(1);
        distance[at]! += Math.abs(value - exact);
      }
    }),
    { numRuns: 40, seed: 20 },
  );
  expect(distance[2]!).toBeLessThan(40e-5);
  expect(distance[1]!).toBeGreaterThan(distance[2]!);
  expect(distance[0]!).toBeGreaterThan(distance[1]!);
  await Promise.all(losses.map((loss) => loss.close()));
});

it('is not changed by a truncation that no list has more positives than, and ranks only the highest labels beyond', async () => {
  const of = (truncation: number | null) => openLoss(listLossSchema.parse({ kind: 'approx-ndcg', temperature: 0.5, truncation }), 6);
  const [all, three, one] = [await of(null), await of(3), await of(1)];
  const few = { scores: [0, 1, 0.5, -1, 2, 0.25], labels: [0, 2, 0, 1, 0, 3], mask: [1, 1, 1, 1, 1, 1], weights: [1, 2, 1, 1, 1, 1] };
  const [a, b, c] = [await all.run([few]), await three.run([few]), await one.run([few])];
  expect(b.losses[0]!).toBeCloseTo(a.losses[0]!, 6);
  b.gradients[0]!.forEach((value, at) => expect(value).toBeCloseTo(a.gradients[0]![at]!, 6));
  // Alone, the best place stands against all others alike: rank 1 + Σ σ((sⱼ − s)/T).
  const rank = 1 + few.scores.slice(0, 5).reduce((sum, score) => sum + 1 / (1 + Math.exp((0.25 - score) / 0.5)), 0);
  expect(c.losses[0]!).toBeCloseTo(1 - 1 / Math.log2(1 + rank), 5);
  await Promise.all([all, three, one].map((loss) => loss.close()));
});
