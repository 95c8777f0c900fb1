import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { constantSchedule, cosineSchedule, linearSchedule, withWarmup } from './schedule.ts';

const rates = fc.double({ min: 1e-5, max: 1, noNaN: true });
const steps = fc.integer({ min: 2, max: 10_000 });

describe('learning-rate schedules', () => {
  it('have the values of their formulas', () => {
    expect([1, 50, 1e6].map(constantSchedule(0.3))).toEqual([0.3, 0.3, 0.3]);
    expect([1, 5, 10, 20].map(linearSchedule(1, 10))).toEqual([0.9, 0.5, 0, 0]);
    expect([5, 10].map(linearSchedule(1, 10, 0.2))).toEqual([0.6, 0.2].map((value) => expect.closeTo(value, 12)));
    expect([5, 10, 30].map(cosineSchedule(1, 10))).toEqual([0.5, 0, 0].map((value) => expect.closeTo(value, 12)));
    expect(cosineSchedule(1, 12)(4)).toBeCloseTo(0.75, 12); // ½(1 + cos π/3)
    expect(cosineSchedule(1, 12, 0.5)(4)).toBeCloseTo(0.875, 12);
    expect([1, 2, 4, 5].map(withWarmup(constantSchedule(2), 4))).toEqual([0.5, 1, 2, 2]);
    expect(withWarmup(constantSchedule(2), 0)(1)).toBe(2);
  });

  it('fall from the rate to the final rate without ever rising', () => {
    fc.assert(
      fc.property(
        rates,
        steps,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.constantFrom(linearSchedule, cosineSchedule),
        (rate, count, share, make) => {
          const schedule = make(rate, count, rate * share);
          const values = Array.from({ length: 50 }, (_, at) => schedule(Math.ceil(((at + 1) * count) / 40)));
          values.forEach((value, at) => expect(value).toBeLessThanOrEqual((at === 0 ? rate : values[at - 1]!) + 1e-12));
          expect(values.at(-1)).toBeCloseTo(rate * share, 12);
        },
      ),
    );
  });

  it('warm up linearly into whatever follows', () => {
    fc.assert(
      fc.property(rates, steps, steps, (rate, warmup, step) => {
        const after = cosineSchedule(rate, 20_000);
        expect(withWarmup(after, warmup)(step)).toBeCloseTo(step >= warmup ? after(step) : (after(step) * step) / warmup, 12);
      }),
    );
  });
});
