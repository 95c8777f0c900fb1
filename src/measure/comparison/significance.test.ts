import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../../base/random.ts';
import { beyondToleranceP, detectableDifference, deviationOf, holmAdjusted, twoSidedP } from './significance.ts';
import { createUserDraws } from './user-draws.ts';

const normals = (count: number, mean: number, seed: string) => {
  const random = createRandom(seed);
  return Float64Array.from({ length: count }, () => mean + random.normal());
};

describe('twoSidedP', () => {
  it('is the share of resamples beyond 0, twice, where enough lie there', () => {
    const replicates = Float64Array.from([...new Array<number>(20).fill(-1), ...new Array<number>(80).fill(1)]);
    expect(twoSidedP(replicates, 0.6)).toBeCloseTo((2 * 21) / 101, 12);
    expect(
      twoSidedP(
        replicates.map((each) => -each),
        -0.6,
      ),
    ).toBeCloseTo((2 * 21) / 101, 12);
  });

  it('is the tail of the normal where few or none lie there: 5 deviations are no 1 in 500', () => {
    const p = twoSidedP(normals(999, 5, 'far'), 5);
    expect(p).toBeLessThan(1e-5);
    expect(p).toBeGreaterThan(1e-8);
  });

  it('is 1 where nothing differs', () => {
    expect(twoSidedP(new Float64Array(100), 0)).toBe(1);
  });
});

it('a difference within the tolerance is nothing, one beyond it by two standard errors is', () => {
  expect(beyondToleranceP(0.01, 0.001, 0.01)).toBeCloseTo(1, 12);
  expect(beyondToleranceP(-0.012, 0.001, 0.01)).toBeCloseTo(0.0455, 4);
  expect(beyondToleranceP(0, 0, 0)).toBe(1);
  expect(beyondToleranceP(0.02, 0, 0.01)).toBe(0);
});

it('the smallest detectable difference is 2.80 standard errors for one test at .05 with 80 % power, more for many', () => {
  expect(detectableDifference(1, 0.05, 0.8, 1)).toBeCloseTo(2.8016, 4);
  expect(detectableDifference(1, 0.05, 0.8, 10)).toBeCloseTo(2.807034 + 0.841621, 4);
  expect(deviationOf(Float64Array.of(1, 3))).toBeCloseTo(Math.SQRT2, 12);
});

it("Holm's adjustment rejects what his step-down procedure rejects, at any level", () => {
  expect(holmAdjusted([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02].map((value) => expect.closeTo(value, 12)));
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 8 }),
      fc.double({ min: 0.001, max: 0.5, noNaN: true }),
      (pValues, alpha) => {
        const adjusted = holmAdjusted(pValues);
        const order = pValues.map((_, at) => at).sort((one, other) => pValues[one]! - pValues[other]!);
        let isOpen = true;
        for (const [place, at] of order.entries()) {
          const scaled = pValues[at]! * (pValues.length - place);
          fc.pre(Math.abs(scaled - alpha) > 1e-9);
          isOpen &&= scaled <= alpha;
          expect(adjusted[at]! <= alpha).toBe(isOpen);
        }
      },
    ),
  );
});

it('draws the same resamples whether they are kept or drawn anew', async () => {
  const seen = async (keptMax: number) => {
    const rows: number[][] = [];
    let pauses = 0;
    await createUserDraws(7, 40, 3, keptMax).forEach(
      (draws) => rows.push([...draws]),
      async () => {
        pauses++;
      },
    );
    expect(pauses).toBeGreaterThan(0);
    return rows;
  };
  const kept = await seen(1000);
  expect(kept).toHaveLength(40);
  expect(kept.every((draws) => draws.reduce((sum, times) => sum + times, 0) === 7)).toBe(true);
  expect(await seen(10)).toEqual(kept);
});
