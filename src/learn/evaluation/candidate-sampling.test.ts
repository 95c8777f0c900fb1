import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNegativeSampler } from './candidate-sampling.ts';

const unmarked = (items: number) => new Int32Array(items).fill(-1);

describe('createNegativeSampler', () => {
  test('draws different eligible items, as many as asked or as there are', () => {
    const scene = fc.record({
      weights: fc.array(fc.constantFrom(0, 0.001, 1, 50), { minLength: 1, maxLength: 30 }),
      barred: fc.array(fc.nat(29)),
      negatives: fc.integer({ min: 1, max: 40 }),
      seed: fc.nat(),
    });
    fc.assert(
      fc.property(scene, ({ weights, barred, negatives, seed }) => {
        const marks = unmarked(weights.length);
        for (const item of barred) marks[item] = 3;
        const eligible = weights.flatMap((weight, item) => (weight > 0 && !barred.includes(item) ? [item] : []));
        const drawn = createNegativeSampler(Float64Array.from(weights), negatives, seed).draw(0, marks, 3);
        expect(new Set(drawn).size).toBe(drawn.length);
        expect(drawn.length).toBe(Math.min(negatives, eligible.length));
        expect([...drawn].every((item) => eligible.includes(item))).toBe(true);
      }),
    );
  });

  test('a case has its own draw, whatever was drawn before', () => {
    const weights = new Float64Array(100).fill(1);
    const first = createNegativeSampler(weights, 10, 5);
    const all = [0, 1, 2].map((index) => [...first.draw(index, unmarked(100), 0)]);
    expect([...createNegativeSampler(weights, 10, 5).draw(2, unmarked(100), 0)]).toEqual(all[2]);
    expect(all[0]).not.toEqual(all[1]);
    expect([...createNegativeSampler(weights, 10, 6).draw(2, unmarked(100), 0)]).not.toEqual(all[2]);
  });

  test('the first draw is in proportion to the weights', () => {
    const sampler = createNegativeSampler(Float64Array.of(1, 2, 0, 7), 1, 1);
    const counts = [0, 0, 0, 0];
    for (let index = 0; index < 4000; index++) counts[sampler.draw(index, unmarked(4), 0)[0]!]!++;
    // Standard deviations are below 0.008.
    [0.1, 0.2, 0, 0.7].forEach((share, item) => expect(Math.abs(counts[item]! / 4000 - share)).toBeLessThan(0.03));
  });

  test('drawing without replacement from what is left keeps to the weights', () => {
    // Two of three: the pair without the light item has probability 2 · (10/21 · 10/11) = 200/231.
    const sampler = createNegativeSampler(Float64Array.of(1, 10, 10), 2, 1);
    let without = 0;
    for (let index = 0; index < 4000; index++) if (!sampler.draw(index, unmarked(3), 0).includes(0)) without++;
    expect(Math.abs(without / 4000 - 200 / 231)).toBeLessThan(0.03);
  });

  test('items too rare to be met by chance are drawn in proportion too', () => {
    const sampler = createNegativeSampler(Float64Array.of(1e-9, 3e-9, 1), 2, 1);
    let rarest = 0;
    for (let index = 0; index < 4000; index++) {
      const drawn = sampler.draw(index, unmarked(3), 0);
      expect(drawn[0]).toBe(2);
      if (drawn[1] === 0) rarest++;
    }
    expect(Math.abs(rarest / 4000 - 0.25)).toBeLessThan(0.03);
  });
});
