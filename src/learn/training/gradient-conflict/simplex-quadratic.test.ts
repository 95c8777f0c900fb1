import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { minimizeOnSimplex } from './simplex-quadratic.ts';

const size = 5;
const rows = fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 3, maxLength: 3 }), { minLength: size, maxLength: size });
const quadraticOf = (vectors: readonly (readonly number[])[]) =>
  Float64Array.from(vectors.flatMap((a) => vectors.map((b) => a.reduce((total, value, at) => total + value * b[at]!, 0))));

function value(quadratic: Float64Array, linear: readonly number[], point: ArrayLike<number>): number {
  let total = 0;
  for (let i = 0; i < size; i++) {
    total += linear[i]! * point[i]!;
    for (let j = 0; j < size; j++) total += 0.5 * quadratic[i * size + j]! * point[i]! * point[j]!;
  }
  return total;
}

describe('the minimum of a quadratic over the simplex', () => {
  it('is feasible, and no corner lies downhill of it', () => {
    fc.assert(
      fc.property(rows, fc.array(fc.integer({ min: -20, max: 20 }), { minLength: size, maxLength: size }), (vectors, linear) => {
        const quadratic = quadraticOf(vectors);
        const { point } = minimizeOnSimplex(quadratic, Float64Array.from(linear), size);
        expect(point.every((share) => share >= 0)).toBe(true);
        expect(point.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        // Convex: a point from which no corner lies downhill is a minimum.
        const slope = linear.map((b, i) => point.reduce((total, share, j) => total + quadratic[i * size + j]! * share, b));
        const here = slope.reduce((total, part, i) => total + part * point[i]!, 0);
        for (const part of slope) expect(part).toBeGreaterThanOrEqual(here - 1e-9);
      }),
    );
  });

  it('is found from any start', () => {
    fc.assert(
      fc.property(rows, fc.integer({ min: 0, max: size - 1 }), (vectors, corner) => {
        const quadratic = quadraticOf(vectors);
        const linear = [3, -1, 4, 1, -5];
        const start = Float64Array.from({ length: size }, (_, at) => (at === corner ? 1 : 0));
        const [one, other] = [
          minimizeOnSimplex(quadratic, Float64Array.from(linear), size),
          minimizeOnSimplex(quadratic, Float64Array.from(linear), size, start),
        ];
        expect(value(quadratic, linear, one.point)).toBeCloseTo(value(quadratic, linear, other.point), 8);
      }),
    );
  });

  it('is found where long vectors nearly cancel beside a short one, which moves of pairs take too long for', () => {
    const vectors = [
      [0, 0, 0, 15],
      [1000, 0, 0, 0],
      [-1000, 0, 1e-3, 0],
    ];
    const dot = (a: readonly number[], b: readonly number[]) => a.reduce((total, part, at) => total + part * b[at]!, 0);
    const quadratic = Float64Array.from(vectors.flatMap((a) => vectors.map((b) => dot(a, b))));
    const { point, gap } = minimizeOnSimplex(quadratic, null, 3);
    // The short one's share is (1e-3 / 2)² / 15² of what is nearly nothing.
    expect(point[0]).toBeLessThan(1e-8);
    expect(point[1]).toBeCloseTo(0.5, 8);
    expect(gap).toBeLessThan(1e-6);
  });

  it('is found to rounding for vectors of all lengths, and for such as nearly cancel', () => {
    const exponents = fc.array(fc.integer({ min: -3, max: 3 }), { minLength: size, maxLength: size });
    fc.assert(
      fc.property(rows, exponents, fc.boolean(), (vectors, tens, cancels) => {
        const scaled = vectors.map((row, at) => row.map((part) => part * 10 ** tens[at]!));
        if (cancels) for (const at of [1, 3]) scaled[at] = scaled[at - 1]!.map((part, dimension) => 1e-3 * vectors[at]![dimension]! - part);
        const quadratic = quadraticOf(scaled);
        const { point, gap } = minimizeOnSimplex(quadratic, null, size);
        expect(point.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
        expect(gap).toBeLessThanOrEqual(1e-11 * Math.max(...quadratic));
      }),
    );
  });

  it('is a corner for a line, and the only point of a simplex of one', () => {
    expect([...minimizeOnSimplex(new Float64Array(9), Float64Array.of(2, 1, 3), 3).point]).toEqual([0, 1, 0]);
    expect([...minimizeOnSimplex(Float64Array.of(4), null, 1).point]).toEqual([1]);
  });
});
