import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, restoreRandom, type Random } from './random.ts';

const draw = (random: Random, count: number) => Array.from({ length: count }, () => random.uint32());
const seed = fc.oneof(fc.integer(), fc.string());
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

describe('createRandom', () => {
  it('gives the same numbers on any machine', () => {
    const random = createRandom(7, 'dropout', 120);
    expect(draw(random, 4)).toEqual([2879296622, 3036204700, 4033881791, 1976851447]);
  });

  it('gives one seed and its labels one stream, and other labels another', () => {
    fc.assert(
      fc.property(seed, fc.string(), fc.string(), (value, label, other) => {
        const first = draw(createRandom(value, label), 4);
        expect(draw(createRandom(value, label), 4)).toEqual(first);
        if (label !== other) expect(draw(createRandom(value, other), 4)).not.toEqual(first);
      }),
    );
  });

  it('does not confuse labels by joining them', () => {
    expect(draw(createRandom(1, 'ab', 'c'), 2)).not.toEqual(draw(createRandom(1, 'a', 'bc'), 2));
    expect(draw(createRandom(1, 'a'), 2)).not.toEqual(draw(createRandom(1, 'a', ''), 2));
  });
});

describe('restoreRandom', () => {
  it('goes on where the saved stream stood, and leaves that one as it was', () => {
    fc.assert(
      fc.property(seed, fc.nat(50), (value, before) => {
        const random = createRandom(value);
        draw(random, before);
        const state = JSON.parse(JSON.stringify(random.state())) as number[];
        const rest = draw(random, 5);
        expect(draw(restoreRandom(state), 5)).toEqual(rest);
        expect(draw(restoreRandom(state), 5)).toEqual(rest);
      }),
    );
  });
});

describe('a stream', () => {
  it('keeps next in [0, 1) and integer in [0, bound)', () => {
    fc.assert(
      fc.property(seed, fc.oneof(fc.integer({ min: 1, max: 2 ** 31 }), fc.constant(2 ** 32)), (value, bound) => {
        const random = createRandom(value);
        for (let turn = 0; turn < 20; turn++) {
          const unit = random.next();
          expect(unit >= 0 && unit < 1).toBe(true);
          const integer = random.integer(bound);
          expect(Number.isInteger(integer) && integer >= 0 && integer < bound).toBe(true);
        }
      }),
    );
  });

  it('reaches every integer about as often', () => {
    const counts = new Int32Array(10);
    const random = createRandom('even');
    for (let turn = 0; turn < 50_000; turn++) counts[random.integer(10)]!++;
    // Five standard deviations of a binomial count.
    for (const count of counts) expect(Math.abs(count - 5_000)).toBeLessThan(5 * Math.sqrt(50_000 * 0.1 * 0.9));
  });

  it('draws standard normals', () => {
    const random = createRandom('normal');
    const values = Array.from({ length: 50_000 }, () => random.normal());
    expect(values.every(Number.isFinite)).toBe(true);
    expect(Math.abs(mean(values))).toBeLessThan(5 / Math.sqrt(50_000));
    expect(Math.abs(mean(values.map((value) => value ** 2)) - 1)).toBeLessThan(5 * Math.sqrt(2 / 50_000));
    expect(Math.abs(mean(values.map((value) => value ** 4)) - 3)).toBeLessThan(5 * Math.sqrt(96 / 50_000));
  });

  it('shuffles: the same elements, every order about as often', () => {
    fc.assert(
      fc.property(seed, fc.array(fc.integer()), (value, array) => {
        const shuffled = [...array];
        createRandom(value).shuffle(shuffled);
        expect(shuffled.toSorted((a, b) => a - b)).toEqual(array.toSorted((a, b) => a - b));
      }),
    );
    const counts = new Map<string, number>();
    const random = createRandom('orders');
    for (let turn = 0; turn < 24_000; turn++) {
      const order = Int32Array.of(0, 1, 2, 3);
      random.shuffle(order);
      counts.set(order.join(), (counts.get(order.join()) ?? 0) + 1);
    }
    expect(counts.size).toBe(24);
    for (const count of counts.values()) expect(Math.abs(count - 1_000)).toBeLessThan(5 * Math.sqrt(1_000));
  });
});
