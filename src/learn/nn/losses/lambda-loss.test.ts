import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openLoss, plainList, plainNdcg } from './list-loss.fixture.ts';
import { listLossSchema } from './list-loss.ts';

const places = 7;
const lists = plainList(listLossSchema.parse({ kind: 'bce' }), places);

it.each([
  { mu: 0, sigma: 1 },
  { mu: 10, sigma: 1 },
  { mu: 2.5, sigma: 0.2 },
  { mu: 10, sigma: 30 },
])('bounds (1 + μ)(1 − NDCG) from above, %o', async (settings) => {
  const loss = await openLoss(listLossSchema.parse({ kind: 'lambda-loss', ...settings }), places);
  await fc.assert(
    fc.asyncProperty(lists, async (list) => {
      fc.pre(list.labels.some((label) => label > 0));
      const { losses } = await loss.run([{ ...list, weights: list.mask }]);
      expect(losses[0]!).toBeGreaterThanOrEqual((1 + settings.mu) * (1 - plainNdcg(list.scores, list.labels)) - 1e-4);
    }),
    { numRuns: 60, seed: 20 },
  );
  await loss.close();
});

it('is a bound that moves with the ranks: of scores with no margin, the better order has the greater value', async () => {
  const loss = await openLoss(listLossSchema.parse({ kind: 'lambda-loss', mu: 0 }), 4);
  const list = { scores: [3e-4, 2e-4, 1e-4, 0], labels: [1, 0, 0, 0], mask: [1, 1, 1, 1], weights: [1, 1, 1, 1] };
  const { losses, gradients } = await loss.run([list, { ...list, labels: [0, 1, 0, 0] }]);
  expect(losses[0]!).toBeGreaterThan(losses[1]! + 0.1);
  // Both gradients lead up all the same, at the weights of pairs that the ranks give.
  const discount = [1, 1 / Math.log2(3), 0.5, 1 / Math.log2(5)];
  const slope = (place: number) => discount.reduce((sum, other) => sum + Math.abs(discount[place]! - other), 0) / 2 / Math.LN2;
  expect(gradients[0]![0]).toBeCloseTo(-slope(0), 3);
  expect(gradients[1]![1]).toBeCloseTo(-slope(1), 3);
  await loss.close();
});

it.each([1, 2, 5])('truncated at %i, bounds 1 − NDCG there', async (truncation) => {
  const loss = await openLoss(listLossSchema.parse({ kind: 'lambda-loss', mu: 0, truncation }), places);
  await fc.assert(
    fc.asyncProperty(lists, async (list) => {
      fc.pre(list.labels.some((label) => label > 0));
      const { losses, gradients } = await loss.run([{ ...list, weights: list.mask }]);
      expect(losses[0]!).toBeGreaterThanOrEqual(1 - plainNdcg(list.scores, list.labels, truncation) - 1e-5);
      // A place of the highest label below the cut is pulled up, if any place above it has less.
      const order = list.scores.map((_, place) => place).sort((a, b) => list.scores[b]! - list.scores[a]!);
      const best = Math.max(...list.labels);
      const missed = order.findIndex((place, rank) => rank >= truncation && list.labels[place] === best);
      if (missed >= 0 && order.slice(0, truncation).some((place) => list.labels[place]! < best))
        expect(gradients[0]![order[missed]!]!).toBeLessThan(0);
    }),
    { numRuns: 60, seed: 20 },
  );
  await loss.close();
});
