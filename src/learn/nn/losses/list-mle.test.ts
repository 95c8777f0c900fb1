import fc from 'fast-check';
import { expect, it } from 'vitest';
import { openLoss, type PlainList } from './list-loss.fixture.ts';
import { listLossSchema } from './list-loss.ts';

const ones = [1, 1, 1, 1, 1];

/** Xia et al.'s loss of one order: the places from first to last. */
function ofOrder(scores: readonly number[], order: readonly number[]): number {
  return order.reduce((total, place, at) => {
    const rest = order.slice(at).reduce((sum, other) => sum + Math.exp(scores[other]!), 0);
    return total + Math.log(rest) - scores[place]!;
  }, 0);
}

function orders(places: readonly number[]): number[][] {
  if (places.length === 0) return [[]];
  return places.flatMap((first) => orders(places.filter((place) => place !== first)).map((rest) => [first, ...rest]));
}

it('is never below the loss of any order that the labels allow, and equals the one order where there are no ties', async () => {
  const loss = await openLoss(listLossSchema.parse({ kind: 'list-mle' }), 5);
  const lists = fc.record({
    scores: fc.array(
      fc.integer({ min: -12, max: 12 }).map((value) => value / 4),
      { minLength: 5, maxLength: 5 },
    ),
    labels: fc.oneof(fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 5 }), fc.array(fc.nat({ max: 2 }), { minLength: 5, maxLength: 5 })),
  });
  await fc.assert(
    fc.asyncProperty(lists, async ({ scores, labels }) => {
      fc.pre(labels.some((label) => label > 0));
      const allowed = orders([0, 1, 2, 3, 4])
        .filter((order) => order.every((place, at) => at === 0 || labels[order[at - 1]!]! >= labels[place]!))
        .map((order) => ofOrder(scores, order));
      const { losses } = await loss.run([{ scores, labels, mask: ones, weights: ones }]);
      expect(losses[0]!).toBeGreaterThanOrEqual(Math.max(...allowed) - 1e-4);
      if (allowed.length === 1) expect(losses[0]!).toBeCloseTo(allowed[0]!, 4);
    }),
    { numRuns: 40, seed: 20 },
  );
  await loss.close();
});

it.each(['list-mle', 'p-list-mle'])('%s makes up no order among equals: their gradients are alike', async (kind) => {
  const loss = await openLoss(listLossSchema.parse({ kind }), 5);
  const list: PlainList = { scores: [0.5, 0.5, 1, 0.5, -1], labels: [0, 0, 2, 0, 0], mask: ones, weights: ones };
  const [gradient] = (await loss.run([list])).gradients;
  expect(gradient![0]).toBeCloseTo(gradient![1]!, 6);
  expect(gradient![0]).toBeCloseTo(gradient![3]!, 6);
  expect(gradient![2]).toBeLessThan(0);
  await loss.close();
});

it("with one click, the paper's position weights come close to the softmax loss, and ListMLE does not", async () => {
  const list: PlainList = { scores: [0.5, -1, 1, 0, 2], labels: [0, 0, 0, 1, 0], mask: ones, weights: ones };
  const valueOf = async (kind: string) => {
    const loss = await openLoss(listLossSchema.parse({ kind }), 5);
    const { losses, gradients } = await loss.run([list]);
    await loss.close();
    return { value: losses[0]!, ofClick: gradients[0]![3]! };
  };
  const [softmax, weighted, plain] = [await valueOf('softmax'), await valueOf('p-list-mle'), await valueOf('list-mle')];
  // The click counts 1 in all three; what differs is what the places below it add.
  expect(weighted.ofClick).toBeCloseTo(softmax.ofClick, 5);
  expect(plain.ofClick).toBeCloseTo(softmax.ofClick, 5);
  expect(weighted.value - softmax.value).toBeLessThan((plain.value - softmax.value) / 4);
});
