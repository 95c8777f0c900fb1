import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { anyExamples, drawExamples, golden, goldenExamples } from './calibration.fixture.ts';
import { applyCalibrator } from './calibrator.ts';
import { fitBeta } from './beta.ts';
import { logLoss } from './proper-scores.ts';

describe('fitBeta', () => {
  test.each(['abm', 'am', 'ab'] as const)('is what betacal finds, %s', (variant) => {
    const record = fitBeta(goldenExamples('probability', false), { variant });
    const found = applyCalibrator(record, Float64Array.from(golden.beta.scores));
    // betacal stops its search at a gradient of 1e-4.
    for (const [at, value] of found.entries()) expect(Math.abs(value - golden.beta[variant][at]!)).toBeLessThan(2e-4);
  });

  test('is the weighted, bounded optimum that SciPy finds', () => {
    const { a, b, c } = fitBeta(goldenExamples('probability', true));
    [a, b, c].forEach((value, at) => expect(value).toBeCloseTo(golden.beta.weighted[at]!, 4));
  });

  test('where the free best b is negative, the best with b = 0', () => {
    const { scores, labels, abc } = golden.beta.lopsided;
    const { a, b, c } = fitBeta({ scores: Float64Array.from(scores), input: 'probability', labels: Uint8Array.from(labels) });
    expect(b).toBe(0);
    [a, b, c].forEach((value, at) => expect(value).toBeCloseTo(abc[at]!, 4));
  });

  test('never falls, whatever the examples, and no constrained variant fits better than the free one', () => {
    fc.assert(
      fc.property(anyExamples('probability'), (examples) => {
        const grid = Float64Array.from({ length: 21 }, (_, at) => at / 20);
        const losses = (['abm', 'am', 'ab'] as const).map((variant) => {
          const record = fitBeta(examples, { variant });
          const values = applyCalibrator(record, grid);
          values.forEach((value, at) => expect(value).toBeGreaterThanOrEqual(at === 0 ? 0 : values[at - 1]! - 1e-12));
          return logLoss({ ...examples, scores: applyCalibrator(record, examples.scores) });
        });
        expect(losses[0]).toBeLessThanOrEqual(Math.min(losses[1]!, losses[2]!) + 1e-5);
      }),
    );
  });

  test('recovers its own family from logits', () => {
    const softplus = (x: number) => Math.log1p(Math.exp(x));
    const chance = (z: number) => 1 / (1 + Math.exp(-(0.5 * -softplus(-z) + 1.5 * softplus(z) - 0.4)));
    const { a, b, c } = fitBeta(drawExamples(40_000, 5, chance));
    expect(Math.abs(a - 0.5)).toBeLessThan(0.1);
    expect(Math.abs(b - 1.5)).toBeLessThan(0.1);
    expect(Math.abs(c + 0.4)).toBeLessThan(0.1);
  });

  test('refuses an unknown variant', () => {
    expect(() => fitBeta(goldenExamples('logit', false), { variant: 'xyz' as 'abm' })).toThrow(/variant is xyz: give one of abm, am, ab/);
  });
});
